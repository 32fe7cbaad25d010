// The life of the process: whether GraphQL is served, whether the process is about to stop, and whether anything is still under way.

export interface Lifecycle {
  isReady(): boolean;
  /** True from the signal on: every answer then says `Connection: close`. */
  isLeaving(): boolean;
  /** True once operations are refused. */
  isClosed(): boolean;
  begin(): void;
  end(): void;
  started(): void;
  leave(): void;
  /** Refuses operations from here on; resolves when none is under way, or after `limitMs`. */
  drained(limitMs: number): Promise<void>;
}

export function createLifecycle(): Lifecycle {
  let phase: 'starting' | 'serving' | 'leaving' | 'closed' = 'starting';
  let underWay = 0;
  let onIdle: (() => void) | undefined;
  return {
    isReady: () => phase === 'serving',
    isLeaving: () => phase === 'leaving' || phase === 'closed',
    isClosed: () => phase === 'closed',
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
    drained(limitMs) {
      phase = 'closed';
      if (underWay === 0) return Promise.resolve();
      return new Promise((resolve) => {
        const timer = setTimeout(resolve, limitMs);
        onIdle = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    },
  };
}
