// Idempotency keys: under the same key, a confirm that may have started something is answered again and not sent again. A key is
// claimed before the send, so that of two replicas only one can have it; and this process keeps what it knows of keys, whatever
// becomes of the store.

import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { Device } from '../graph/device';
import { NoAnswer, NotSent, OverShare } from '../tokenapi/errors';
import type { ConfirmAnswer } from './answers';
import { type Claim, ClaimLost, type Claims, isClaim } from './claims';
import { formerKeyName, keyCountName, keyName } from './names';
import { createOwnKeys, IDEMPOTENCY_KEY_TTL_MS } from './ownKeys';
import { answerText, claimText, type Understood, understood, understoodFormer } from './records';
import { QuotaUsedUp, type SharedStore, type Stored, StoreLostData, StoreUnavailable } from './store/store';
import { LAST_LOOK_MS, LOOK_EVERY_MS } from './waiting';

/** Keys of one user in 24 hours. */
export const IDEMPOTENCY_KEYS_PER_USER = 1000;
/** A claim of somebody who cannot be waited for any more is that much older than a confirm can take. */
const CLAIM_GRACE_MS = 1000;

/** So long at most a press with a key waits for a store that does not answer. */
const STORE_MS = 450;

/** Whose key it is, and for which device. */
export interface Keyed {
  readonly owner: string;
  readonly token: string;
  readonly device: Device;
  readonly key: string;
  /** So long, by `performance.now()`, another's answer is waited for. */
  readonly deadline: number;
  /** Whether the confirm could be sent now: then one command to the store is enough. */
  readonly isReady: () => boolean;
}

export type KeyClaim =
  | {
      kind: 'ours';
      /**
       * To be awaited before anything is sent under the key. Undefined if nothing is to be waited for.
       *
       * @throws NotSent, ClaimLost: then nothing may be sent
       */
      aboutToSend(): Promise<void> | undefined;
      keep(answer: ConfirmAnswer): void;
      free(): void;
    }
  | { kind: 'answered'; answer: ConfirmAnswer };

export interface IdempotencyKeys {
  /**
   * Claims a key, or waits for the answer of whoever has.
   *
   * @throws NotSent if the key cannot be claimed now
   * @throws OverShare if the user has too many
   * @throws NoAnswer if it was claimed and its end never written, or written in a way that is not understood
   */
  claim(keyed: Keyed): Promise<KeyClaim>;
}

/** What was found in a claim's place, and how old it is. */
type Found = Understood & { readonly ageMs: number };

export interface KeysOptions {
  claims: Claims;
  /** What replicas share. Without it, nothing but the claims' own store remembers. */
  shared: SharedStore | undefined;
  timeoutMs: number;
}

export function createIdempotencyKeys({ claims, shared, timeoutMs }: KeysOptions): IdempotencyKeys {
  const own = createOwnKeys(shared);

  const formerOf = async ({ token, key, device }: Keyed): Promise<Found | undefined> => {
    const former = await shared?.get(formerKeyName(token, key), STORE_MS);
    const found = former && understoodFormer(former.text, device);
    return found && { ...found, ageMs: ageOf(former) };
  };

  function ours(name: string, claim: Claim, isReady: boolean): KeyClaim {
    const noteSending = () => own.put(name, claimText('about-to-send', claim.id));
    if (isReady) noteSending();
    return {
      kind: 'ours',
      aboutToSend() {
        noteSending();
        return claim.aboutToSend(STORE_MS)?.then(
          (isOurs) => {
            if (!isOurs) throw new ClaimLost('key');
          },
          (cause) => {
            throw cannotBeKept(cause);
          },
        );
      },
      keep(answer) {
        own.put(name, answerText(claim.id, answer));
        claim.end(answer, IDEMPOTENCY_KEY_TTL_MS);
      },
      free() {
        own.remove(name);
        claim.free();
      },
    };
  }

  /** One try: a claim of ours, or what stands in its way. @throws StoreUnavailable, QuotaUsedUp */
  async function tryToClaim(name: string, keyed: Keyed): Promise<KeyClaim | Found> {
    const known = own.get(name);
    const knownAs = known === undefined ? undefined : understood(known, keyed.device);
    if (knownAs?.state === 'answered') return { ...knownAs, ageMs: 0 };
    await shared?.whole();
    const isReady = keyed.isReady();
    const quota = {
      name: keyCountName(keyed.owner),
      limit: IDEMPOTENCY_KEYS_PER_USER,
      periodMs: IDEMPOTENCY_KEY_TTL_MS,
    };
    // Both are asked at once, so that a former record costs no second round trip.
    const formerly = formerOf(keyed);
    formerly.catch(() => undefined);
    const taken = await claims.take({
      name,
      isReady,
      sendingTtlMs: IDEMPOTENCY_KEY_TTL_MS,
      quota,
      limitMs: STORE_MS,
      keepsAnswers: true,
    });
    // A loss that was noticed while the claim was on its way: others have still to put back what they know.
    if (isClaim(taken) && shared?.whole()) {
      taken.free();
      throw new StoreLostData('Redis has lost its data.');
    }
    if (!isClaim(taken)) {
      own.found(name, taken);
      return { ...understood(taken.text, keyed.device), ageMs: ageOf(taken) };
    }
    const former = await formerly.catch((cause) => {
      taken.free();
      throw cause;
    });
    if (!former) return ours(name, taken, isReady);
    taken.free();
    return former;
  }

  return {
    async claim(keyed) {
      const name = keyName(keyed.owner, keyed.key, keyed.device.id);
      let wasSeen = false;
      for (;;) {
        try {
          const found = await tryToClaim(name, keyed);
          if ('kind' in found) return found;
          if (found.state === 'answered') return { kind: 'answered', answer: found.answer };
          const isDead = found.state === 'about-to-send' && found.ageMs > timeoutMs + CLAIM_GRACE_MS;
          if (found.state === 'unknown' || isDead) throw endUnknown();
          wasSeen = true;
        } catch (cause) {
          if (cause instanceof QuotaUsedUp)
            throw new OverShare(`This user has used ${IDEMPOTENCY_KEYS_PER_USER} idempotency keys in 24 hours.`);
          if (!(cause instanceof StoreUnavailable)) throw cause;
          if (!(wasSeen || cause instanceof StoreLostData)) throw cannotBeKept(cause);
        }
        if (performance.now() > keyed.deadline + (wasSeen ? LAST_LOOK_MS : 0))
          throw wasSeen ? endUnknown() : cannotBeKept();
        await pause(LOOK_EVERY_MS);
      }
    },
  };
}

const ageOf = ({ remainingMs }: Stored): number => IDEMPOTENCY_KEY_TTL_MS - remainingMs;

const cannotBeKept = (cause?: unknown) =>
  new NotSent('The idempotency key cannot be kept now.', undefined, { retryAfterMs: 1000, cause });

const endUnknown = () =>
  new NoAnswer('A confirm with this idempotency key was begun, and its end is not known here.', randomUUID());
