// How many calls may be under way at once, and who waits for a place. Keeps undici's own queue empty, since what waits
// there cannot be taken back in time.

/** There is no place, or there was none in time. */
export class NoPlace extends Error {}

interface Waiter {
  resolve(): void;
  reject(cause: NoPlace): void;
  abandoned: () => boolean;
  timer: NodeJS.Timeout;
}

export interface Admission {
  /**
   * A place, at once (undefined) or when one is free. Whoever got one gives it back by `leave`.
   *
   * @param limitMs the call's remaining time
   * @param abandoned asked when the place is there: is nobody waiting for this call any more?
   * @throws NoPlace
   */
  enter(limitMs: number, abandoned: () => boolean): Promise<void> | undefined;
  leave(): void;
  /** True if neither a place nor one in the queue is left. */
  isFull(): boolean;
  inFlight(): number;
  queued(): number;
}

/**
 * @param places calls under way at once
 * @param queuePlaces calls that may wait
 * @param waitShare of a call's remaining time, so much may be spent waiting
 */
export function createAdmission(places: number, queuePlaces: number, waitShare: number): Admission {
  const waiters = new Set<Waiter>();
  let inFlight = 0;

  function enter(limitMs: number, abandoned: () => boolean): Promise<void> | undefined {
    if (inFlight < places) {
      inFlight++;
      return undefined;
    }
    if (waiters.size >= queuePlaces) throw new NoPlace('Too many calls are under way.');
    return new Promise<void>((resolve, reject) => {
      const expire = () => {
        waiters.delete(waiter);
        reject(new NoPlace('No call ended in time to make place.'));
      };
      const waiter: Waiter = { resolve, reject, abandoned, timer: setTimeout(expire, limitMs * waitShare) };
      waiters.add(waiter);
    });
  }

  function leave(): void {
    for (const waiter of waiters) {
      waiters.delete(waiter);
      clearTimeout(waiter.timer);
      if (!waiter.abandoned()) {
        waiter.resolve();
        return;
      }
      waiter.reject(new NoPlace('The client left before its turn.'));
    }
    inFlight--;
  }

  return {
    enter,
    leave,
    isFull: () => inFlight >= places && waiters.size >= queuePlaces,
    inFlight: () => inFlight,
    queued: () => waiters.size,
  };
}
