// Whose poll is next. Polls keep within a budget of calls a second, of the process and of each user, and give way to whoever waits
// for an answer; where that is not enough for all, users take turns, so that paces stretch alike and nobody starves.

import { LRUCache } from 'lru-cache';
import { createPace, type Pace } from '../tokenapi/pace';

/** Users whose pace is remembered. One who is forgotten begins anew, within the budget of all. */
const USERS_LIMIT = 10_000;
/** Of the process, the budget holds so much of a second: polls go out evenly, since others come between them. A user's holds a second. */
const BURST = 1 / 20;
/** Polls that give way are tried again after so long. */
const GIVE_WAY_MS = 20;
/** So large a part of their pace they keep in any case. */
const GIVE_WAY_PART = 1 / 10;
/** A poll that waited longer for its turn is late: it is counted, and somebody is woken. */
export const POLL_LATE_MS = 10_000;
/** All users whom the platform has not accepted yet: one of them is as good as another, so they take turns as one. */
const STRANGERS = '';

/** `EVENT`: an event waits for it, or a user who has just confirmed; `FIRST`: somebody has been told nothing yet. */
export const TurnRank = { EVENT: 0, FIRST: 1, AGAIN: 2 } as const;
export type TurnRank = (typeof TurnRank)[keyof typeof TurnRank];

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
  /**
   * Runs it when its turn has come.
   *
   * @param rank the user's of a lower rank come first
   * @returns takes it back
   */
  wait(owner: string, run: () => Promise<unknown>, rank: TurnRank): () => void;
  /** Polls that wait for their turn. */
  waiting(): number;
}

/** What one user waits for. */
class Line {
  readonly ofRank: readonly Set<() => Promise<unknown>>[] = Object.values(TurnRank).map(() => new Set());

  isEmpty(): boolean {
    return this.ofRank.every(({ size }) => size === 0);
  }

  take(): () => Promise<unknown> {
    const line = this.ofRank.find(({ size }) => size > 0) as Set<() => Promise<unknown>>;
    const [run] = line as unknown as [() => Promise<unknown>];
    line.delete(run);
    return run;
  }
}

export function createPollPace(options: PollPaceOptions): PollPace {
  const { perSecond, perSecondPerUser, places, knows, isCrowded, onLate } = options;
  const all = createPace(perSecond, Math.max(1, perSecond * BURST));
  const paces = new LRUCache<string, Pace>({ max: USERS_LIMIT });
  /** Of those who wait: by their turns, and the strangers among them by theirs. */
  const lines = new Map<string, Line>();
  const turns = new Set<string>();
  const strangers = new Set<string>();
  const underWay = new Map<string, number>();
  let timer: NodeJS.Timeout | undefined;
  let lastAt = 0;
  let count = 0;

  function paceOf(owner: string): Pace {
    let pace = paces.get(owner);
    if (!pace) {
      pace = createPace(perSecondPerUser);
      paces.set(owner, pace);
    }
    return pace;
  }

  const isFull = (whose: string, most: number) => (underWay.get(whose) ?? 0) >= most;
  const begin = (whose: string) => underWay.set(whose, (underWay.get(whose) ?? 0) + 1);
  function end(whose: string): void {
    const left = (underWay.get(whose) ?? 1) - 1;
    if (left > 0) underWay.set(whose, left);
    else underWay.delete(whose);
  }

  /** Milliseconds until polls may be made at all. */
  function waitMs(): number {
    if (isFull('all', places.all)) return Number.POSITIVE_INFINITY;
    const mayPass = performance.now() - lastAt >= 1000 / (perSecond * GIVE_WAY_PART);
    return isCrowded() && !mayPass ? GIVE_WAY_MS : all.waitMs();
  }

  /** The first user in turn who may poll now, or how long until one may. */
  function next(whose: Iterable<string>): string | number {
    let soonest = Number.POSITIVE_INFINITY;
    for (const owner of whose) {
      if (owner === STRANGERS && isFull(STRANGERS, places.strangers)) continue;
      if (owner !== STRANGERS && isFull(owner, places.user)) continue;
      const found = owner === STRANGERS ? next(strangers) : paceOf(owner).waitMs();
      if (found === 0) return owner;
      if (typeof found === 'string') return found;
      soonest = Math.min(soonest, found);
    }
    return soonest;
  }

  function serve(): void {
    clearTimeout(timer);
    while (count > 0) {
      const ms = waitMs();
      const owner = ms > 0 ? ms : next(turns);
      if (typeof owner === 'number') {
        // What waits for a place is served when one is free.
        if (Number.isFinite(owner)) timer = setTimeout(serve, owner);
        return;
      }
      serveOne(owner);
    }
  }

  function serveOne(owner: string): void {
    const line = lines.get(owner) as Line;
    const group = strangers.has(owner) ? STRANGERS : owner;
    const run = line.take();
    leave(owner, line);
    const counted = ['all', owner, ...(group === STRANGERS ? [STRANGERS] : [])];
    for (const whose of counted) begin(whose);
    all.take();
    paceOf(owner).take();
    lastAt = performance.now();
    // Later, so that whoever waits has been given its way back by then.
    void Promise.resolve()
      .then(run)
      .finally(() => {
        for (const whose of counted) end(whose);
        serve();
      });
  }

  /** After a turn, others have theirs before this user's next one. */
  function leave(owner: string, line: Line): void {
    count--;
    const isStranger = strangers.delete(owner);
    turns.delete(isStranger ? STRANGERS : owner);
    if (line.isEmpty()) lines.delete(owner);
    else enter(owner);
    if (strangers.size > 0) turns.add(STRANGERS);
  }

  function enter(owner: string): void {
    const isWaiting = turns.has(owner) || strangers.has(owner);
    if (isWaiting) return;
    if (!knows(owner)) strangers.add(owner);
    turns.add(knows(owner) ? owner : STRANGERS);
  }

  return {
    wait(owner, run, rank) {
      const line = lines.get(owner) ?? new Line();
      lines.set(owner, line);
      const askedAt = performance.now();
      // Two of the same function would be one.
      const turn = () => {
        if (performance.now() - askedAt > POLL_LATE_MS) onLate();
        return run();
      };
      line.ofRank[rank]?.add(turn);
      count++;
      enter(owner);
      serve();
      return () => {
        if (!line.ofRank[rank]?.delete(turn)) return;
        count--;
        if (!line.isEmpty()) return;
        lines.delete(owner);
        strangers.delete(owner);
        turns.delete(owner);
        if (strangers.size === 0) turns.delete(STRANGERS);
      };
    },
    waiting: () => count,
  };
}
