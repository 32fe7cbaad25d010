// Which confirms are so recent that the platform may still show what was before them. Remembers that we sent, never an answer of
// the upstream's; losing it re-opens an ambiguity and never invents an end.

import { createMemory } from './store/memory';
import type { Store } from './store/store';

/** From a confirm's answer on. A judgement: no source says how long the platform shows the previous upgrade's end. */
export const SETTLING_MS = 15_000;
/** Confirms that are remembered at once in this process. The oldest tenth is forgotten first. */
export const SETTLING_LIMIT = 50_000;

/** What is remembered afterwards is when the answer was known; of a confirm under way, that it never was. */
const UNDER_WAY = Number.POSITIVE_INFINITY;

export interface Settling {
  /** Before the send: from here on, what is read may be from before it. */
  begin(key: string): void;
  /** After the answer. `mayHaveStarted` false: nothing was, so there is nothing to wait for. */
  end(key: string, mayHaveStarted: boolean): void;
  /**
   * Whether what was read may be from before a confirm.
   *
   * @param looksOld the read shows what may be from before: an end, a waiting for the user, nothing
   * @param isMoving the read shows an upgrade that moves, which ends the settling
   * @param readAt when the read began, in milliseconds since 1970
   */
  covers(key: string, read: { looksOld: boolean; isMoving: boolean; readAt: number }): Promise<boolean>;
}

/** @param shared what replicas share; where there is none or it does not answer, this process's own memory serves */
export function createSettling(timeoutMs: number, shared?: Store): Settling {
  const own = createMemory<number>({ limit: SETTLING_LIMIT, whenFull: 'forget-oldest' });

  const put = (key: string, mark: number, ttlMs: number) => {
    own.put(key, mark, ttlMs);
    if (shared) unawaited(shared.put(key, String(mark), ttlMs));
  };
  const remove = (key: string, mark: number) => {
    if (own.get(key) === mark) own.remove(key);
    if (shared) unawaited(shared.remove(key, String(mark)));
  };
  const sharedMark = async (key: string, { get }: Store): Promise<number | undefined> => {
    const text = await get(key);
    return text === undefined ? undefined : Number(text);
  };

  return {
    begin: (key) => put(key, UNDER_WAY, timeoutMs + SETTLING_MS),
    end(key, mayHaveStarted) {
      if (mayHaveStarted) put(key, Date.now(), SETTLING_MS);
      else remove(key, UNDER_WAY);
    },
    async covers(key, { looksOld, isMoving, readAt }) {
      const mark = shared ? await sharedMark(key, shared).catch(() => own.get(key)) : own.get(key);
      if (mark === undefined) return false;
      // Only a read that began after the answer can have seen what the confirm started.
      if (isMoving && mark <= readAt) remove(key, mark);
      return looksOld;
    },
  };
}

/**
 * Nobody waits for it: a command is on its way to Redis before the confirm is to the platform, and the store tells the log itself
 * when it is gone.
 */
const unawaited = (command: Promise<unknown>) => void command.catch(() => undefined);
