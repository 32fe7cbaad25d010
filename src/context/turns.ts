// Turns of one operation's calls: so many at once, the others one after another.

export interface Turns {
  /** Runs it when its turn has come. */
  take<Value>(run: () => Promise<Value>): Promise<Value>;
}

export function createTurns(atOnce: number): Turns {
  const waiting: (() => void)[] = [];
  let underWay = 0;
  return {
    async take(run) {
      if (underWay < atOnce) underWay++;
      else await new Promise<void>((resolve) => waiting.push(resolve));
      try {
        return await run();
      } finally {
        const next = waiting.shift();
        if (next) next();
        else underWay--;
      }
    },
  };
}
