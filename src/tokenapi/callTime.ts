// The time of one call: how long it may wait for its place, and how much is left to send it in.

import { NoPlace } from './admission';

/** Of a confirm's time, so much may be spent waiting: one let in late would be sent only to miss its deadline. */
const WAIT_SHARE = 0.25;
/** And so much at most: what a confirm has claimed meanwhile frees itself soon after. */
const CONFIRM_WAIT_MS = 2500;
/** A fair answer takes so long at most, and so large a part of a call's time: with less time left, a call is not sent. */
const FAIR_MS = 2000;
const FAIR_SHARE = 0.25;
/** A process that finds the end so much later was stalled, and learnt nothing of the platform. */
const STALL_MS = 250;

/** Times are by `performance.now()`. */
export interface CallTime {
  /** So long it may wait for a place. */
  toWaitMs(): number;
  /**
   * It has its place: so much time is left.
   *
   * @throws NoPlace if that is less than a fair answer takes
   */
  begin(): number;
  /** Whether enough is left for another attempt after so long. */
  sufficesAfter(ms: number): boolean;
  /** Asked when it is over: was it all that a call is given? */
  wasWhole(): boolean;
}

/** With less than this left, a call is not sent. */
export const leastMsOf = (timeoutMs: number): number => Math.min(FAIR_MS, timeoutMs * FAIR_SHARE);

/** A confirm's begins with the press: whoever presses is told its end in time, and within the operation. */
class ConfirmTime implements CallTime {
  private givenMs = 0;

  constructor(
    private readonly timeoutMs: number,
    private readonly deadline: number,
  ) {}

  toWaitMs(): number {
    return Math.min(CONFIRM_WAIT_MS, (this.deadline - performance.now()) * WAIT_SHARE);
  }

  begin(): number {
    this.givenMs = leftMs(this.deadline, this.timeoutMs);
    return this.givenMs;
  }

  sufficesAfter(ms: number): boolean {
    return this.deadline - performance.now() > ms + leastMsOf(this.timeoutMs);
  }

  wasWhole(): boolean {
    return this.givenMs > this.timeoutMs * (1 - 2 * WAIT_SHARE) && performance.now() - this.deadline < STALL_MS;
  }
}

export const confirmTime = (timeoutMs: number, startedAt: number, operationEndsAt: number): CallTime =>
  new ConfirmTime(timeoutMs, Math.min(startedAt + timeoutMs, operationEndsAt));

/** A read's begins when it gets its place, and ends with its operation at the latest. */
export function readTime(timeoutMs: number, operationEndsAt: number): CallTime {
  let deadline: number | undefined;
  return {
    toWaitMs: () => (deadline ?? operationEndsAt) - leastMsOf(timeoutMs) - performance.now(),
    begin() {
      deadline ??= Math.min(performance.now() + timeoutMs, operationEndsAt);
      return leftMs(deadline, timeoutMs);
    },
    sufficesAfter: (ms) => (deadline ?? operationEndsAt) - performance.now() > ms + leastMsOf(timeoutMs),
    wasWhole: () => deadline !== operationEndsAt && performance.now() - (deadline as number) < STALL_MS,
  };
}

/** @throws NoPlace */
function leftMs(deadline: number, timeoutMs: number): number {
  const left = deadline - performance.now();
  if (left < leastMsOf(timeoutMs)) throw new NoPlace('Too little time was left to send the call.');
  return left;
}
