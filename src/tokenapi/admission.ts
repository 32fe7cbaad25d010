// How many calls may be upstream at once, and who waits for a place. Keeps undici's own queue empty, since what waits there
// cannot be taken back in time.

/** Of the calls in flight, so many more may wait. */
const QUEUE_SHARE = 0.25;
/** Of a call's time, so much may be spent waiting: one let in late would be sent only to miss its deadline. */
const WAIT_SHARE = 0.25;

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

export function createAdmission(places: number): Admission {
  const queuePlaces = Math.max(1, Math.ceil(places * QUEUE_SHARE));
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
      const waiter: Waiter = { resolve, reject, abandoned, timer: setTimeout(expire, limitMs * WAIT_SHARE) };
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
