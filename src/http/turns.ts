// Whose request is worked on next. What a request costs before its first call runs in one go, so requests of one client could keep
// the process from all others: once a turn of the event loop has taken its time, the rest wait, and users take turns.

/** Of one turn of the event loop, requests may begin for so long. */
export const TURN_MS = 10;
/** Requests that begin in one turn after others have waited, at most. */
const MOST_AT_ONCE = 64;

export interface Turns {
  /**
   * @param user whose request it is
   * @param isKnown whether the platform is known to know the user: users whom it may not know are as many as somebody likes to make up
   * @returns undefined if it may begin at once
   */
  enter(user: string, isKnown: () => boolean): Promise<void> | undefined;
}

export function createTurns(): Turns {
  const [known, others] = [new Line(), new Line()];
  let turnBeganAt: number | undefined;
  /** Whose turn it is: known users and others take turns, and where one line is empty, the other goes on. */
  let turn = 0;
  /** So many begin together as have fitted into a turn before. */
  let atOnce = 1;

  function begin(): void {
    turnBeganAt = performance.now();
    setImmediate(end);
  }

  async function end(): Promise<void> {
    const ms = performance.now() - (turnBeganAt ?? 0);
    turnBeganAt = undefined;
    if (ms > TURN_MS) atOnce = 1;
    else if (ms < TURN_MS / 2) atOnce = Math.min(MOST_AT_ONCE, atOnce * 2);
    for (let i = 0; i < atOnce; i++) {
      turn++;
      const next = turn % 2 === 0 ? (known.next() ?? others.next()) : (others.next() ?? known.next());
      if (!next) break;
      if (i === 0) begin();
      next();
      // What it does at once is done by then.
      await undefined;
      if (performance.now() - (turnBeganAt ?? 0) > TURN_MS) break;
    }
  }

  return {
    enter(user, isKnown) {
      const isFree = known.isEmpty() && others.isEmpty();
      if (isFree && turnBeganAt === undefined) begin();
      if (isFree && performance.now() - (turnBeganAt ?? 0) <= TURN_MS) return undefined;
      if (turnBeganAt === undefined) begin();
      return new Promise((resolve) => (isKnown() ? known : others).add(user, resolve));
    },
  };
}

/** Those who wait, by user: each has one of its requests begun before any has a second one. */
class Line {
  private readonly users = new Map<string, (() => void)[]>();

  isEmpty(): boolean {
    return this.users.size === 0;
  }

  add(user: string, begin: () => void): void {
    const waiting = this.users.get(user);
    if (waiting) waiting.push(begin);
    else this.users.set(user, [begin]);
  }

  next(): (() => void) | undefined {
    for (const [user, waiting] of this.users) {
      this.users.delete(user);
      const begin = waiting.shift();
      if (waiting.length > 0) this.users.set(user, waiting);
      return begin;
    }
    return undefined;
  }
}
