// Whose poll is next. Polls keep within a budget of calls a second, of the process and of each user, and give way to whoever waits for
// an answer; where that is not enough for all, users take turns, so that paces stretch alike and nobody starves.

import { LRUCache } from 'lru-cache';
import { createPace, type Pace } from '../tokenapi/pace';

/** Users whose pace is remembered. One who is forgotten begins anew, within the budget of all. */
const USERS_LIMIT = 10_000;
/** Polls that give way are tried again after so long, and made after so long in any case. */
const GIVE_WAY_MS = 20;
const GIVE_WAY_LIMIT_MS = 2000;
/** A poll that waited longer for its turn is late: it is counted, and somebody is woken. */
export const POLL_LATE_MS = 10_000;

export interface PollPaceOptions {
  perSecond: number;
  perSecondPerUser: number;
  /** Whether others wait for the platform, who come first. */
  isBusy: () => boolean;
  onLate(): void;
}

export interface PollPace {
  /** Runs it when its turn has come. @returns takes it back */
  wait(owner: string, run: () => void): () => void;
  /** Polls that wait for their turn. */
  waiting(): number;
}

export function createPollPace({ perSecond, perSecondPerUser, isBusy, onLate }: PollPaceOptions): PollPace {
  const all = createPace(perSecond);
  const paces = new LRUCache<string, Pace>({ max: USERS_LIMIT });
  /** In the order of their turns. */
  const lines = new Map<string, Set<() => void>>();
  let timer: NodeJS.Timeout | undefined;
  let gaveWaySince: number | undefined;
  let count = 0;

  function paceOf(owner: string): Pace {
    let pace = paces.get(owner);
    if (!pace) {
      pace = createPace(perSecondPerUser);
      paces.set(owner, pace);
    }
    return pace;
  }

  /** Whether polls give way now. */
  function givesWay(): boolean {
    if (!isBusy()) gaveWaySince = undefined;
    else gaveWaySince ??= performance.now();
    return gaveWaySince !== undefined && performance.now() - gaveWaySince < GIVE_WAY_LIMIT_MS;
  }

  /** The first user in turn whose own pace allows a poll, or how long until one may be made. */
  function next(): string | number {
    if (givesWay()) return GIVE_WAY_MS;
    let waitMs = all.waitMs();
    if (waitMs > 0) return waitMs;
    waitMs = Number.POSITIVE_INFINITY;
    for (const owner of lines.keys()) {
      const ownMs = paceOf(owner).waitMs();
      if (ownMs === 0) return owner;
      waitMs = Math.min(waitMs, ownMs);
    }
    return waitMs;
  }

  function serve(): void {
    while (lines.size > 0) {
      const owner = next();
      if (typeof owner === 'number') {
        clearTimeout(timer);
        timer = setTimeout(serve, owner);
        return;
      }
      const line = lines.get(owner) ?? new Set();
      const [run] = line;
      // Others have their turn before this user's next one.
      lines.delete(owner);
      if (!run) continue;
      line.delete(run);
      count--;
      if (line.size > 0) lines.set(owner, line);
      if (gaveWaySince !== undefined) gaveWaySince = performance.now();
      all.take();
      paceOf(owner).take();
      run();
    }
  }

  return {
    wait(owner, run) {
      const line = lines.get(owner) ?? new Set();
      const askedAt = performance.now();
      // Two of the same function would be one.
      const turn = () => {
        if (performance.now() - askedAt > POLL_LATE_MS) onLate();
        run();
      };
      line.add(turn);
      count++;
      lines.set(owner, line);
      serve();
      return () => {
        if (!line.delete(turn)) return;
        count--;
        if (line.size === 0 && lines.get(owner) === line) lines.delete(owner);
      };
    },
    waiting: () => count,
  };
}
