// What must be written into a store in the end, however long the store is away: an answer, or that a name is free again. It is
// tried again whenever the store works, until it is written or would have ended anyway.

import type { Entry, Quota, SharedStore, Store } from './store';

/** Endings that wait to be written. Beyond them one is lost: whoever asks later gets an unknown outcome. */
export const ENDINGS_LIMIT = 10_000;

const TRY_AGAIN_MS = 1000;

export interface Ending {
  readonly name: string;
  /** The texts under which the name is ours. */
  readonly expected: readonly string[];
  /** What takes their place. Without it, the name becomes free. */
  readonly entry?: Entry | undefined;
  readonly quota?: Quota | undefined;
  /** What it is, for the report that it was given up. Without it, there is none: the entry ends soon anyway. */
  readonly what?: 'answer' | 'release' | undefined;
  /** When trying ends, by `performance.now()`. */
  readonly until: number;
}

export interface Endings {
  write(ending: Ending): void;
  /** The ending that waits to be written under a name. */
  pending(name: string): Ending | undefined;
  /** It has become needless, since the name was taken over. */
  drop(ending: Ending): void;
  /** Tries all that waits once more, and gives up what cannot be written. Never throws. */
  close(): Promise<void>;
}

/** @param onLost called when an ending was given up */
export function createEndings(store: Store | SharedStore, onLost: (what: 'answer' | 'release') => void): Endings {
  const waiting = new Map<string, Ending>();
  let isFlushing = false;

  const drop = (ending: Ending): void => {
    if (waiting.get(ending.name) === ending) waiting.delete(ending.name);
  };

  const report = ({ what }: Ending): void => {
    if (what) onLost(what);
  };

  async function tryOne(ending: Ending): Promise<void> {
    const { name, expected, entry, quota, until } = ending;
    const remainingMs = until - performance.now();
    try {
      if (entry && remainingMs > 0) {
        const ttlMs = Math.ceil(Math.min(entry.ttlMs, remainingMs));
        if (!(await store.replace({ ...entry, ttlMs }, expected))) report(ending);
      } else await store.remove(name, expected, quota);
      drop(ending);
    } catch {
      const isHopeless = remainingMs <= 0 || (waiting.size >= ENDINGS_LIMIT && !waiting.has(name));
      if (!isHopeless) return wait(ending);
      drop(ending);
      report(ending);
    }
  }

  function wait(ending: Ending): void {
    if (waiting.size === 0) setTimeout(flush, TRY_AGAIN_MS).unref();
    waiting.set(ending.name, ending);
  }

  async function flush(): Promise<void> {
    if (isFlushing) return;
    isFlushing = true;
    await Promise.all([...waiting.values()].map((ending) => waiting.get(ending.name) === ending && tryOne(ending)));
    isFlushing = false;
    if (waiting.size > 0) setTimeout(flush, TRY_AGAIN_MS).unref();
  }
  if ('onUp' in store) store.onUp(flush);

  return {
    write: (ending) => void tryOne(ending),
    pending: (name) => waiting.get(name),
    drop,
    async close() {
      await flush();
      for (const ending of waiting.values()) report(ending);
      waiting.clear();
    },
  };
}
