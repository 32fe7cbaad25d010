// Which confirms are so recent that the platform may still show what was before them. Remembers that we sent, never an answer of
// the platform's; losing it re-opens an ambiguity and never invents an end.

import { z } from 'zod';
import { flat } from '../tokenapi/flat';
import { settlingName } from './names';
import { createMemory } from './store/memory';
import type { Store } from './store/store';

/** From a confirm's answer on. A judgement: no source says how long the platform shows the previous upgrade's end. */
export const SETTLING_MS = 15_000;
/** Confirms that are remembered at once in this process. The least recently used is forgotten first. */
export const SETTLING_LIMIT = 50_000;

/** When a confirm's answer was known, in milliseconds since 1970. Of a confirm under way it is later than any time. */
type AnsweredAt = number;
const UNDER_WAY: AnsweredAt = Number.POSITIVE_INFINITY;

/** What a read of an upgrade's status shows. */
export interface StatusRead {
  /** It may be from before a confirm: an end, a waiting for the user, nothing. */
  readonly mayBeOld: boolean;
  /** It shows an upgrade that moves, which ends the settling. */
  readonly isMoving: boolean;
  /** When the read began, in milliseconds since 1970. */
  readonly readAt: number;
}

export interface Settling {
  /** Before the send: from here on, what is read may be from before it. */
  begin(owner: string, deviceId: string): void;
  /** After the answer. `mayHaveStarted` false: nothing was, so there is nothing to wait for. */
  end(owner: string, deviceId: string, mayHaveStarted: boolean): void;
  /** Whether what was read is to be answered as SETTLING, since it may be from before a confirm. */
  isSettling(owner: string, deviceId: string, read: StatusRead): Promise<boolean>;
}

/** @param shared what replicas share; where there is none or it does not answer, this process's own memory serves */
export function createSettling(timeoutMs: number, shared?: Store): Settling {
  // Stryker disable next-line StringLiteral: any word but `refuse` means the same.
  const own = createMemory<AnsweredAt>({ limit: SETTLING_LIMIT, whenFull: 'forget' });
  const ownKey = (owner: string, deviceId: string) => flat(`${owner} ${deviceId}`);

  const put = (owner: string, deviceId: string, answeredAt: AnsweredAt, ttlMs: number) => {
    own.put(ownKey(owner, deviceId), answeredAt, ttlMs);
    if (shared) unawaited(shared.put(settlingName(owner, deviceId), recordText(answeredAt), ttlMs));
  };
  const remove = (owner: string, deviceId: string, answeredAt: AnsweredAt) => {
    const key = ownKey(owner, deviceId);
    // Stryker disable next-line ConditionalExpression: the two differ only where another replica has confirmed since.
    if (own.get(key) === answeredAt) own.remove(key);
    if (shared) unawaited(shared.remove(settlingName(owner, deviceId), recordText(answeredAt)));
  };
  const sharedAnsweredAt = async (owner: string, deviceId: string, { get }: Store): Promise<AnsweredAt | undefined> => {
    const text = await get(settlingName(owner, deviceId));
    return text === undefined ? undefined : answeredAtFrom(text);
  };

  return {
    begin: (owner, deviceId) => put(owner, deviceId, UNDER_WAY, timeoutMs + SETTLING_MS),
    end(owner, deviceId, mayHaveStarted) {
      if (mayHaveStarted) put(owner, deviceId, Date.now(), SETTLING_MS);
      else remove(owner, deviceId, UNDER_WAY);
    },
    async isSettling(owner, deviceId, { mayBeOld, isMoving, readAt }) {
      const ownAnsweredAt = own.get(ownKey(owner, deviceId));
      const answeredAt = shared
        ? await sharedAnsweredAt(owner, deviceId, shared).catch(() => ownAnsweredAt)
        : ownAnsweredAt;
      if (answeredAt === undefined) return false;
      // Only a read that began after the answer can have seen what the confirm started.
      if (isMoving && answeredAt <= readAt) remove(owner, deviceId, answeredAt);
      return mayBeOld;
    },
  };
}

const VERSION = 1;
/** `answeredAt` null: the confirm is under way. JSON writes `UNDER_WAY`, which is infinite, as null. */
const record = z.object({ v: z.literal(VERSION), answeredAt: z.number().nullable() });

const recordText = (answeredAt: AnsweredAt): string => JSON.stringify({ v: VERSION, answeredAt });

/** What another release wrote and this one does not understand still says that a confirm was sent: it counts as one under way. */
function answeredAtFrom(text: string): AnsweredAt {
  try {
    return record.parse(JSON.parse(text)).answeredAt ?? UNDER_WAY;
  } catch {
    return UNDER_WAY;
  }
}

/**
 * Nobody waits for it: a command is on its way to Redis before the confirm is to the platform, and the store itself reports when
 * Redis is gone.
 */
const unawaited = (command: Promise<unknown>) => void command.catch(() => undefined);
