// A claim on a name, in two states: who has claimed it may find out in peace whether it can send at all, and frees it by itself if
// its process dies; who is about to send has said so before, and never frees it but by saying how it ended.

import { randomUUID } from 'node:crypto';
import { NotSent } from '../tokenapi/errors';
import type { ConfirmAnswer } from './answers';
import { answerText, type ClaimState, claimText } from './records';
import type { Ending, Endings } from './store/endings';
import { type Quota, type Store, type Stored, StoreUnavailable } from './store/store';

/** So long nobody else gets a name that is claimed and of which nothing has been sent. */
export const CLAIM_TTL_MS = 3000;

/** The name went to somebody else, who may be sending: under this claim nothing may be sent, and nothing was. */
export class ClaimLost extends NotSent {
  constructor(readonly of: 'key' | 'device') {
    super(`Another confirm has taken over the ${of}.`, undefined, { retryAfterMs: 1000 });
  }
}

export interface Claim {
  readonly id: string;
  /**
   * Says that from now on a call may be under way: undefined if that is said already.
   *
   * @returns whether the name is still ours; if not, nothing may be sent
   * @throws StoreUnavailable: then nothing may be sent either
   */
  aboutToSend(limitMs: number): Promise<boolean> | undefined;
  /** Puts the answer in the claim's place, however long the store is away. */
  end(answer: ConfirmAnswer, ttlMs: number): void;
  /** Frees the name, however long the store is away. */
  free(): void;
}

export interface ClaimOptions {
  name: string;
  /** Whether the send needs nothing but this claim: then one command is enough. */
  isReady: boolean;
  /** How long a claim that is about to send lives. */
  sendingTtlMs: number;
  quota?: Quota | undefined;
  limitMs: number;
  /** Whether an answer under this name is for whoever comes later as well: then it is reported if it cannot be written. */
  keepsAnswers: boolean;
}

export interface Claims {
  /**
   * Claims a name, or finds what is there.
   *
   * @throws StoreUnavailable: then the name has not been claimed, or is freed in time
   * @throws QuotaUsedUp
   */
  take(options: ClaimOptions): Promise<Claim | Stored>;
  /** Claims a name in place of what was found there. @returns undefined if that is there no more */
  takeOver(options: ClaimOptions, found: Stored): Promise<Claim | undefined>;
}

export const isClaim = (taken: Claim | Stored): taken is Claim => 'id' in taken;

export function createClaims(store: Store, endings: Endings): Claims {
  class OwnClaim implements Claim {
    readonly id = randomUUID();
    private state: ClaimState;

    constructor(private readonly options: ClaimOptions) {
      this.state = options.isReady ? 'about-to-send' : 'claimed';
    }

    get entry() {
      const { name, sendingTtlMs, keepsAnswers } = this.options;
      const isSending = this.state === 'about-to-send';
      const ttlMs = isSending ? sendingTtlMs : CLAIM_TTL_MS;
      return { name, text: claimText(this.state, this.id), ttlMs, mustLast: isSending && keepsAnswers };
    }

    aboutToSend(limitMs: number): Promise<boolean> | undefined {
      if (this.state === 'about-to-send') return undefined;
      this.state = 'about-to-send';
      return store.replace(this.entry, [claimText('claimed', this.id)], limitMs);
    }

    end(answer: ConfirmAnswer, ttlMs: number): void {
      this.write({ name: this.options.name, text: answerText(this.id, answer), ttlMs }, 'answer');
    }

    free(): void {
      this.write(undefined, 'release');
    }

    private write(entry: Ending['entry'], what: 'answer' | 'release'): void {
      const { name, quota, keepsAnswers, sendingTtlMs } = this.options;
      // What was written last is not known if the store did not answer.
      const expected = [claimText('claimed', this.id), claimText('about-to-send', this.id)];
      endings.write({
        name,
        expected,
        entry,
        quota,
        what: keepsAnswers ? what : undefined,
        until: performance.now() + sendingTtlMs,
      });
    }
  }

  async function takeOver(options: ClaimOptions, found: Stored): Promise<Claim | undefined> {
    const claim = new OwnClaim(options);
    try {
      return (await store.replace(claim.entry, [found.text], options.limitMs)) ? claim : undefined;
    } catch (cause) {
      if (cause instanceof StoreUnavailable && cause.mayHaveWorked) claim.free();
      throw cause;
    }
  }

  return {
    takeOver,
    async take(options) {
      const claim = new OwnClaim(options);
      let found: Stored | undefined;
      try {
        found = await store.putIfAbsent(claim.entry, options.quota, options.limitMs);
      } catch (cause) {
        // It may have been put although the store's answer is missing: nobody may take it for a confirm that was begun.
        if (cause instanceof StoreUnavailable && cause.mayHaveWorked) claim.free();
        throw cause;
      }
      if (!found) return claim;
      const ending = endings.pending(options.name);
      if (!ending?.expected.includes(found.text)) return found;
      // It is a claim of this process whose end could not be written yet.
      if (ending.entry && options.keepsAnswers)
        return { text: ending.entry.text, remainingMs: ending.until - performance.now() };
      const own = await takeOver(options, found);
      if (own) endings.drop(ending);
      return own ?? found;
    },
  };
}
