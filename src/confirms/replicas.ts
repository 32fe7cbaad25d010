// Presses of one button that reach several replicas: whoever claims the device sends, and the others wait for that answer. Redis only
// joins what would otherwise go apart, so a press without a key never depends on it.

import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { Device } from '../graph/device';
import { NoAnswer } from '../tokenapi/errors';
import { type ConfirmAnswer, wasSent } from './answers';
import { type Claim, ClaimLost, type ClaimOptions, type Claims, isClaim } from './claims';
import { deviceName } from './names';
import { understood } from './records';
import type { SharedStore, Stored } from './store/store';
import { LAST_LOOK_MS, LOOK_EVERY_MS } from './waiting';

/** So long an answer is there for those who waited for it. */
const ANSWER_TTL_MS = 2000;
/** So long, in all, a press waits for a store that does not answer; then it goes by itself. It asks for a claim and, perhaps, a send. */
const STORE_MS = 250;
/** A claim lives longer than any confirm, so that it is never free while one is under way. */
const CLAIM_GRACE_MS = 5000;

export type DeviceClaim =
  /** `undefined` in place of a claim: there is no store, or it does not answer. */
  | {
      kind: 'ours';
      claim: Claim | undefined;
      /** To be awaited before the send. @throws ClaimLost */
      aboutToSend(): Promise<void> | undefined;
    }
  | { kind: 'answered'; answer: ConfirmAnswer };

export interface Replicas {
  /** There is no store: nothing is to be claimed. */
  readonly isAlone: boolean;
  /**
   * Claims a device for one confirm, or waits for the answer of the replica that has.
   *
   * @param deadline by `performance.now()`
   * @param onWait called before another's answer is waited for
   * @param isLate whether a claim of this press was lost: then an answer that is found was sent since the press
   * @param isOurs whether an answer that was sent for another press is this one's, too
   * @throws NoAnswer if that answer does not come
   */
  claim(
    owner: string,
    device: Device,
    deadline: number,
    isReady: () => boolean,
    onWait: () => Promise<void> | undefined,
    isLate: boolean,
    isOurs: (answer: ConfirmAnswer) => boolean,
  ): Promise<DeviceClaim>;
  /** Puts the answer where those who wait look for it. */
  end(claim: Claim, answer: ConfirmAnswer): void;
}

/** The claim of a replica that knows of no others. */
export const ALONE = { kind: 'ours', claim: undefined, aboutToSend: () => undefined } satisfies DeviceClaim;

export function createReplicas(claims: Claims, store: SharedStore | undefined, timeoutMs: number): Replicas {
  return {
    isAlone: store === undefined,
    async claim(owner, device, deadline, isReady, onWait, isLate, isOurs) {
      if (!store) return ALONE;
      const name = deviceName(owner, device.id);
      const sendingTtlMs = timeoutMs + CLAIM_GRACE_MS;
      const options = (): ClaimOptions => ({
        name,
        isReady: isReady(),
        sendingTtlMs,
        limitMs: STORE_MS / 2,
        keepsAnswers: false,
      });
      const ours = (claim: Claim): DeviceClaim => ({
        kind: 'ours',
        claim,
        aboutToSend: () =>
          claim.aboutToSend(STORE_MS / 2)?.then(
            (isOurs) => {
              if (!isOurs) throw new ClaimLost('device');
            },
            // A claim that cannot be written holds nobody else off, and so must not hold this press off either.
            () => undefined,
          ),
      });

      for (;;) {
        let found: Stored;
        try {
          const taken = await claims.take(options());
          if (isClaim(taken)) return ours(taken);
          found = taken;
          // What was answered before this press came is not its answer.
          const record = understood(found.text, device);
          if (record.state === 'answered') {
            if (isLate && wasSent(record.answer) && isOurs(record.answer))
              return { kind: 'answered', answer: record.answer };
            const claim = await claims.takeOver(options(), found);
            if (claim) return ours(claim);
            continue;
          }
        } catch {
          return ALONE;
        }
        await onWait();
        const answer = await answerOfOther(store, name, found, device, deadline);
        if (answer && wasSent(answer) && isOurs(answer)) return { kind: 'answered', answer };
        // The other has sent nothing, nor will it; or it was refused for its token alone.
      }
    },
    end: (claim, answer) => claim.end(answer, ANSWER_TTL_MS),
  };
}

/**
 * The answer of whoever holds the claim that was found.
 *
 * @returns undefined if the claim is gone, and nothing was sent under it
 * @throws NoAnswer
 */
async function answerOfOther(
  store: SharedStore,
  name: string,
  found: Stored,
  device: Device,
  deadline: number,
): Promise<ConfirmAnswer | undefined> {
  let seen = understood(found.text, device);
  let seenAt = performance.now();
  for (;;) {
    if (performance.now() > deadline + LAST_LOOK_MS) throw endUnknown();
    await pause(LOOK_EVERY_MS);
    let stored: Stored | undefined;
    try {
      stored = await store.get(name, STORE_MS);
    } catch {
      // It was seen that another is to send: without the store, nobody knows how that ends.
      continue;
    }
    // An answer is there for so long that one in between would have been seen.
    const isGapless = performance.now() - seenAt < ANSWER_TTL_MS;
    if (!stored && seen.state === 'claimed' && isGapless) return undefined;
    if (!stored) throw endUnknown();
    seenAt = performance.now();
    seen = understood(stored.text, device);
    // Whatever was answered since this press waits was sent for it, too.
    if (seen.state === 'answered') return seen.answer;
  }
}

const endUnknown = () =>
  new NoAnswer('The same confirm was begun elsewhere, and its end is not known here.', randomUUID());
