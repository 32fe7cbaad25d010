// Idempotency keys: under the same key, a confirm that may have started something is answered again and not sent again. A key is
// claimed before the send, so that of two replicas only one can have it.

import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { Device } from '../graph/device';
import { InvalidArgument, NoAnswer, NotSent } from '../tokenapi/errors';
import type { ConfirmAnswer } from './answers';
import { formerKeyName, keyName } from './names';
import { answerText, claimText, type Understood, understood, understoodFormer } from './records';
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
  if (header !== undefined && key !== header)
    throw new InvalidArgument('The Idempotency-Key header and the argument idempotencyKey are expected to agree.');
  // Stryker disable next-line ConditionalExpression: as a text, `undefined` would do for a key.
  if (key !== undefined && !KEY.test(key))
    throw new InvalidArgument('An idempotency key is expected to have 1 to 255 visible ASCII characters.');
  return key;
}

/** Whose key it is, and for which device. */
export interface Keyed {
  readonly owner: string;
  readonly token: string;
  readonly device: Device;
  readonly key: string;
  /** When the press's time began, by `performance.now()`: waiting for another's answer takes of it. */
  readonly startedAt: number;
}

export type KeyClaim =
  | { kind: 'ours'; keep(answer: ConfirmAnswer): void; free(): void }
  | { kind: 'answered'; answer: ConfirmAnswer };

export interface IdempotencyKeys {
  /**
   * Claims a key, or waits for the answer of whoever has.
   *
   * @throws NotSent if the key cannot be claimed now
   * @throws NoAnswer if it was claimed and its end never written, or written in a way that is not understood
   */
  claim(keyed: Keyed): Promise<KeyClaim>;
}

export interface KeysOptions {
  store: Store;
  timeoutMs: number;
  /** True if releases before this one may have written into the store. */
  hasFormerRecords: boolean;
  /** Called when something of a key could not be written: a repeat will get an unknown outcome. */
  onLost: (what: 'answer' | 'release') => void;
}

export function createIdempotencyKeys({ store, timeoutMs, hasFormerRecords, onLost }: KeysOptions): IdempotencyKeys {
  const formerOf = async ({ token, key, device }: Keyed): Promise<Understood | undefined> => {
    const text = hasFormerRecords ? await store.get(formerKeyName(token, key)) : undefined;
    return text === undefined ? undefined : understoodFormer(text, device);
  };

  function ours(name: string, claimed: string): KeyClaim {
    return {
      kind: 'ours',
      keep: (answer) =>
        void store.replace(name, claimed, answerText(answer), IDEMPOTENCY_KEY_TTL_MS).then(
          (isKept) => isKept || onLost('answer'),
          () => onLost('answer'),
        ),
      free: () => void store.remove(name, claimed).catch(() => onLost('release')),
    };
  }

  /** Claims the name, unless it or its former one is taken: then what is found there. */
  async function claimOrFind(name: string, claimed: string, keyed: Keyed): Promise<Understood | undefined> {
    // Both are asked at once, so that a former record costs no second round trip.
    const [found, former] = await Promise.all([
      store.putIfAbsent(name, claimed, IDEMPOTENCY_KEY_TTL_MS),
      formerOf(keyed),
    ]);
    if (found !== undefined) return understood(found, keyed.device);
    if (former) await store.remove(name, claimed);
    return former;
  }

  return {
    async claim(keyed) {
      const name = keyName(keyed.owner, keyed.key, keyed.device.id);
      const deadline = keyed.startedAt + timeoutMs;
      for (let isFirst = true; ; isFirst = false) {
        const claimed = claimText({ claim: randomUUID(), claimedAt: Date.now() });
        let found: Understood | undefined;
        try {
          found = await claimOrFind(name, claimed, keyed);
        } catch (cause) {
          // Stryker disable next-line ConditionalExpression: no store throws anything else today.
          if (!(cause instanceof StoreUnavailable)) throw cause;
          // It may have been put although the store's answer is missing: nobody may take it for a confirm that was begun.
          store.remove(name, claimed).catch(() => undefined);
          if (!isFirst) throw endUnknown();
          throw new NotSent('The idempotency key cannot be kept now.', undefined, { retryAfterMs: 1000, cause });
        }
        if (!found) return ours(name, claimed);
        if (found.state === 'answered') return { kind: 'answered', answer: found.answer };
        // Stryker disable next-line EqualityOperator: no test can hit the millisecond.
        if (found.state === 'unknown' || Date.now() - found.claimedAt > timeoutMs || performance.now() > deadline)
          throw endUnknown();
        await pause(LOOK_EVERY_MS);
      }
    },
  };
}

const endUnknown = () =>
  new NoAnswer('A confirm with this idempotency key was begun, and its end is not known here.', randomUUID());
