// Who polls next: users take turns, and each has an order of what is more urgent. Knows no clock.

/** `EVENT`: an event waits for it, or a user who has just confirmed; `FIRST`: somebody has been told nothing yet. */
export const TurnRank = { EVENT: 0, FIRST: 1, AGAIN: 2 } as const;
export type TurnRank = (typeof TurnRank)[keyof typeof TurnRank];

export type Run = () => Promise<unknown>;

/** All users whom the platform has not accepted yet: tokens are free to make up, so they take one turn between them. */
export const STRANGERS = '';

/** What one user waits for. */
class Line {
  private wasFirst = false;
  /** Since when each has waited. */
  readonly ofRank: readonly Map<Run, number>[] = Object.values(TurnRank).map(() => new Map());

  isEmpty(): boolean {
    return this.ofRank.every(({ size }) => size === 0);
  }

  /** Those who come again and again would have others wait for ever: after somebody new comes one who has waited since then, if there is one. */
  take(overdueSince: number): Run {
    const { EVENT, FIRST, AGAIN } = TurnRank;
    const [since = overdueSince] = this.ofRank[AGAIN]?.values() ?? [];
    const isOverdue = this.wasFirst && since < overdueSince && this.ofRank[EVENT]?.size === 0;
    const runs = (isOverdue ? this.ofRank[AGAIN] : this.ofRank.find(({ size }) => size > 0)) as Map<Run, number>;
    if (runs !== this.ofRank[EVENT]) this.wasFirst = runs === this.ofRank[FIRST];
    const [run] = runs.keys() as unknown as [Run];
    runs.delete(run);
    return run;
  }
}

export class Lines {
  /** Those who wait, in all. */
  count = 0;
  private readonly lines = new Map<string, Line>();
  /** In the order of their turns: users and, as one of them, the strangers, who have an order of their own. */
  private readonly turns = new Set<string>();
  private readonly strangers = new Set<string>();

  constructor(private readonly knows: (owner: string) => boolean) {}

  /** @returns takes it back */
  add(owner: string, run: Run, rank: TurnRank, now: number): () => void {
    const line = this.lines.get(owner) ?? new Line();
    this.lines.set(owner, line);
    line.ofRank[rank]?.set(run, now);
    this.count++;
    if (!this.turns.has(owner) && !this.strangers.has(owner)) this.enter(owner);
    return () => {
      if (!line.ofRank[rank]?.delete(run)) return;
      this.count--;
      if (line.isEmpty()) this.leave(owner);
    };
  }

  /**
   * The first in turn whom nothing keeps, or the shortest time for which somebody is kept.
   *
   * @param keptMs of a user, or of all strangers together; Infinity if it does not end with time
   */
  next(keptMs: (owner: string) => number, whose: Iterable<string> = this.turns): string | number {
    let soonest = Number.POSITIVE_INFINITY;
    for (const owner of whose) {
      const ms = keptMs(owner);
      const found = ms === 0 && owner === STRANGERS ? this.next(keptMs, this.strangers) : ms;
      if (found === 0) return owner;
      if (typeof found === 'string') return found;
      soonest = Math.min(soonest, found);
    }
    return soonest;
  }

  isStranger(owner: string): boolean {
    return this.strangers.has(owner);
  }

  /** Takes out what this user waits for most. Others have their turns before the user's next one. */
  take(owner: string, overdueSince: number): Run {
    const line = this.lines.get(owner) as Line;
    const run = line.take(overdueSince);
    this.count--;
    const wasStranger = this.strangers.has(owner);
    this.leave(owner);
    if (!line.isEmpty()) {
      this.lines.set(owner, line);
      this.enter(owner);
    }
    if (wasStranger && this.strangers.size > 0) {
      this.turns.delete(STRANGERS);
      this.turns.add(STRANGERS);
    }
    return run;
  }

  private enter(owner: string): void {
    const isKnown = this.knows(owner);
    if (!isKnown) this.strangers.add(owner);
    this.turns.add(isKnown ? owner : STRANGERS);
  }

  private leave(owner: string): void {
    this.lines.delete(owner);
    this.turns.delete(owner);
    this.strangers.delete(owner);
    if (this.strangers.size === 0) this.turns.delete(STRANGERS);
  }
}
