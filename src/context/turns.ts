// Turns of one operation's calls: so many at once, the others one after another.

export interface Turns {
  /** Runs it when its turn has come. */
  take<Value>(run: () => Promise<Value>): Promise<Value>;
}

/** @param atOnce asked anew whenever one has ended */
export function createTurns(atOnce: () => number): Turns {
  const waiting: (() => void)[] = [];
  let underWay = 0;
  function begin(): void {
    while (underWay < atOnce()) {
      const next = waiting.shift();
      if (!next) return;
      underWay++;
      next();
    }
  }
  return {
    async take(run) {
      if (underWay < atOnce()) underWay++;
      else await new Promise<void>((resolve) => waiting.push(resolve));
      try {
        return await run();
      } finally {
        underWay--;
        begin();
      }
    },
  };
}
