// Idempotency keys: a confirm that may have started something is told again, and not sent again, under the same key. A key is
// claimed before the send, so that of two replicas only one can have it.

import { createHash, randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { InvalidArgument, NoAnswer, NotSent } from '../tokenapi/errors';
import { type Store, StoreUnavailable } from './store/store';

export const IDEMPOTENCY_KEY_TTL_MS = 24 * 60 * 60 * 1000;
/** Keys that are remembered at once in this process. Full, it refuses new ones; it gives none up. */
export const IDEMPOTENCY_KEYS_LIMIT = 50_000;
/** How often an answer is looked for that another replica is about to write. */
const LOOK_EVERY_MS = 50;

/** 1 to 255 visible ASCII characters. */
const KEY = /^[\x21-\x7e]{1,255}$/;

/**
 * The key of a request, from its header or its argument.
 *
 * @throws InvalidArgument if it cannot be one, or if the two disagree
 */
export function idempotencyKeyFrom(
  header: string | undefined,
  argument: string | null | undefined,
): string | undefined {
  const key = argument ?? header;
  if (key === undefined) return undefined;
  if (header !== undefined && key !== header)
    throw new InvalidArgument('The Idempotency-Key header and the argument idempotencyKey are expected to agree.');
  if (!KEY.test(key))
    throw new InvalidArgument('An idempotency key is expected to have 1 to 255 visible ASCII characters.');
  return key;
}

/** What is stored under a key: a claim, and once its end is known and may have started something, the answer. */
interface Entry {
  deviceId: string;
  claim: string;
  claimedAt: number;
  answer?: unknown;
}

export interface Keyed {
  owner: string;
  deviceId: string;
  key: string;
}

export type Claimed<Record> =
  | { kind: 'ours'; keep(answer: Record): void; free(): void }
  | { kind: 'answered'; answer: Record };

export interface IdempotencyKeys<Record> {
  /**
   * Claims a key, or waits for the answer of whoever has.
   *
   * @throws InvalidArgument if the key was used for another device
   * @throws NotSent if the key cannot be claimed now
   * @throws NoAnswer if it was claimed and its end never written
   */
  claim(keyed: Keyed): Promise<Claimed<Record>>;
}

export function createIdempotencyKeys<Record>(
  store: Store,
  timeoutMs: number,
  onLost: (what: string) => void,
): IdempotencyKeys<Record> {
  return {
    async claim({ owner, deviceId, key: ownKey }) {
      // A key is the client's text: whatever it holds, it is not for the store to show.
      const key = `key:${createHash('sha256').update(`${owner} ${ownKey}`).digest('base64url')}`;
      const startedAt = Date.now();
      let seen = false;
      for (;;) {
        const entry: Entry = { deviceId, claim: randomUUID(), claimedAt: Date.now() };
        const value = JSON.stringify(entry);
        let found: string | undefined;
        try {
          found = await store.putIfAbsent(key, value, IDEMPOTENCY_KEY_TTL_MS);
        } catch (cause) {
          if (!(cause instanceof StoreUnavailable)) throw cause;
          if (seen) throw lost();
          // It may have been put all the same, only told too late: nobody may take it for a confirm that was begun.
          store.remove(key, value).catch(() => undefined);
          throw new NotSent('The idempotency key cannot be kept now.', undefined, { retryAfterMs: 1000, cause });
        }
        if (found === undefined)
          return {
            kind: 'ours',
            keep: (answer) => {
              const kept = JSON.stringify({ ...entry, answer });
              store.replace(key, value, kept, IDEMPOTENCY_KEY_TTL_MS).then(
                (isKept) => isKept || onLost('answer'),
                () => onLost('answer'),
              );
            },
            free: () => void store.remove(key, value).catch(() => onLost('release')),
          };
        const other = JSON.parse(found) as Entry;
        if (other.deviceId !== deviceId) throw new InvalidArgument('The idempotency key was used for another device.');
        if (other.answer !== undefined) return { kind: 'answered', answer: other.answer as Record };
        seen = true;
        const now = Date.now();
        if (now - other.claimedAt > timeoutMs || now - startedAt > timeoutMs) throw lost();
        await pause(LOOK_EVERY_MS);
      }
    },
  };
}

const lost = () =>
  new NoAnswer('A confirm with this idempotency key was begun, and its end was never written.', randomUUID());
