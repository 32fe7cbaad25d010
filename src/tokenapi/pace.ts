// How many calls a second are sent at most: a bucket that fills evenly, and holds what one second brings unless it is smaller.

export interface Pace {
  /** Milliseconds until a call may be sent; 0 if one may be sent now. */
  waitMs(): number;
  /** To be called for each call that is sent. */
  take(): void;
  /** Runs it once a call may be sent. Asked again before that, it waits for the same moment. */
  whenReady(run: () => void): void;
}

/** @param burst calls that it holds */
export function createPace(perSecond: number, burst = perSecond): Pace {
  let calls = burst;
  let filledAt = performance.now();
  let timer: NodeJS.Timeout | undefined;

  function waitMs(): number {
    const now = performance.now();
    calls = Math.min(burst, calls + ((now - filledAt) / 1000) * perSecond);
    filledAt = now;
    return calls >= 1 ? 0 : ((1 - calls) / perSecond) * 1000;
  }

  return {
    waitMs,
    take() {
      calls--;
    },
    whenReady(run) {
      if (timer) return;
      timer = setTimeout(() => {
        timer = undefined;
        run();
      }, waitMs());
    },
  };
}
