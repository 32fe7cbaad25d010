// When the next poll is made. Polls keep within a budget of calls a second, of the process and of each user, and give way to whoever
// waits for an answer; where that is not enough for all, users take turns, so that paces stretch alike and nobody starves.

import { LRUCache } from 'lru-cache';
import { createPace, type Pace } from '../tokenapi/pace';
import { Lines, type Run, STRANGERS, type TurnRank } from './lines';

/** Users whose pace is remembered. One who is forgotten begins anew, within the budget of all. */
const USERS_LIMIT = 10_000;
/** Of the process, the budget holds so much of a second: polls go out evenly, since others come between them. A user's holds a second. */
const BURST = 1 / 20;
/** Polls that give way are tried again after so long. */
const GIVE_WAY_MS = 20;
/** So large a part of their pace they keep in any case. */
const GIVE_WAY_PART = 1 / 10;
/** Polls for those who have been told nothing come first, until others of their user have waited so long; from then on they alternate. */
const OVERDUE_MS = 5000;
/** A poll that waited longer for its turn is late: it is counted, and somebody is woken. */
export const POLL_LATE_MS = 10_000;

const ALL = 'all';

export interface PollPaceOptions {
  perSecond: number;
  perSecondPerUser: number;
  /** Polls under way at once, of all, of one user and of the strangers together. */
  places: Readonly<Record<'all' | 'user' | 'strangers', number>>;
  knows: (owner: string) => boolean;
  /** Whether others would have to wait for the platform, who come first. */
  isCrowded: () => boolean;
  onLate(): void;
}

export interface PollPace {
  /** Runs it when its turn has come. It never rejects. @returns takes it back */
  wait(owner: string, run: Run, rank: TurnRank): () => void;
  /** A call was made beyond those that had a turn: later ones wait for longer. */
  spend(owner: string): void;
  /** Polls that wait for their turn. */
  waiting(): number;
}

export function createPollPace(options: PollPaceOptions): PollPace {
  const { perSecond, perSecondPerUser, places, knows, isCrowded, onLate } = options;
  const all = createPace(perSecond, Math.max(1, perSecond * BURST));
  const paces = new LRUCache<string, Pace>({ max: USERS_LIMIT });
  const lines = new Lines(knows);
  /** Polls under way, of each user, of the strangers and of all. */
  const underWay = new Map<string, number>();
  let timer: NodeJS.Timeout | undefined;
  let lastAt = 0;

  function paceOf(owner: string): Pace {
    let pace = paces.get(owner);
    if (!pace) {
      pace = createPace(perSecondPerUser);
      paces.set(owner, pace);
    }
    return pace;
  }

  const isFull = (whose: string, most: number) => (underWay.get(whose) ?? 0) >= most;
  function count(whose: readonly string[], by: number): void {
    for (const each of whose) {
      const now = (underWay.get(each) ?? 0) + by;
      if (now > 0) underWay.set(each, now);
      else underWay.delete(each);
    }
  }

  /** What waits for a place is served when one is free, and not after some time. */
  function keptMs(owner: string): number {
    if (owner === STRANGERS) return isFull(STRANGERS, places.strangers) ? Number.POSITIVE_INFINITY : 0;
    // Of one whom the platform has not accepted yet, one call at a time is sent: others would wait, and then go out at once.
    return isFull(owner, knows(owner) ? places.user : 1) ? Number.POSITIVE_INFINITY : paceOf(owner).waitMs();
  }

  /** The user whose turn it is, or how long until there is one. */
  function next(): string | number {
    if (isFull(ALL, places.all)) return Number.POSITIVE_INFINITY;
    const mayPass = performance.now() - lastAt >= 1000 / (perSecond * GIVE_WAY_PART);
    if (isCrowded() && !mayPass) return GIVE_WAY_MS;
    return all.waitMs() || lines.next(keptMs);
  }

  function serve(): void {
    clearTimeout(timer);
    while (lines.count > 0) {
      const owner = next();
      if (typeof owner === 'number') {
        if (Number.isFinite(owner)) timer = setTimeout(serve, owner);
        return;
      }
      begin(owner);
    }
  }

  function spend(owner: string): void {
    all.take();
    paceOf(owner).take();
  }

  function begin(owner: string): void {
    const counted = lines.isStranger(owner) ? [ALL, STRANGERS, owner] : [ALL, owner];
    const run = lines.take(owner, performance.now() - OVERDUE_MS);
    count(counted, 1);
    spend(owner);
    lastAt = performance.now();
    // Later, so that whoever waits has been given its way back by then.
    void Promise.resolve()
      .then(run)
      .finally(() => {
        count(counted, -1);
        serve();
      });
  }

  return {
    wait(owner, run, rank) {
      const askedAt = performance.now();
      const turn = () => {
        if (performance.now() - askedAt > POLL_LATE_MS) onLate();
        return run();
      };
      const takeBack = lines.add(owner, turn, rank, askedAt);
      serve();
      return takeBack;
    },
    spend,
    waiting: () => lines.count,
  };
}
