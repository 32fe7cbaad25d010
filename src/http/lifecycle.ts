// The life of the process: whether GraphQL is served, whether the process is about to stop, and whether anything is still under way.

export interface Lifecycle {
  isReady(): boolean;
  /** True from the signal on: every answer then says `Connection: close`. */
  isLeaving(): boolean;
  /** True once operations are refused. */
  isClosed(): boolean;
  /** True once what is still under way is to end at once, and nothing more is to be sent. */
  isCut(): boolean;
  /** An operation is under way, until `end`. */
  begin(): void;
  end(): void;
  started(): void;
  leave(): void;
  /** Refuses operations from here on. @returns how many are still under way, once none is or after `limitMs` */
  drained(limitMs: number): Promise<number>;
  cut(): void;
}

export function createLifecycle(): Lifecycle {
  let phase: 'starting' | 'serving' | 'leaving' | 'closed' | 'cut' = 'starting';
  let underWay = 0;
  let onIdle: (() => void) | undefined;
  return {
    isReady: () => phase === 'serving',
    isLeaving: () => phase !== 'starting' && phase !== 'serving',
    isClosed: () => phase === 'closed' || phase === 'cut',
    isCut: () => phase === 'cut',
    begin() {
      underWay++;
    },
    end() {
      underWay--;
      if (underWay === 0) onIdle?.();
    },
    started() {
      phase = 'serving';
    },
    leave() {
      phase = 'leaving';
    },
    async drained(limitMs) {
      if (phase !== 'cut') phase = 'closed';
      if (underWay > 0)
        await endsWithin(
          limitMs,
          new Promise<void>((resolve) => {
            onIdle = resolve;
          }),
        );
      return underWay;
    },
    cut() {
      phase = 'cut';
    },
  };
}

/** Waits for a promise, at most so long. @returns whether it was fulfilled by then */
export async function endsWithin(limitMs: number, promise: Promise<unknown>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(resolve, limitMs, false);
  });
  try {
    return await Promise.race([promise.then(() => true), late]);
  } finally {
    clearTimeout(timer);
  }
}
