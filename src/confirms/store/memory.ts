// A store in this process alone, bounded.

import { type Store, StoreUnavailable } from './store';

export interface MemoryOptions {
  /** Keys at most. */
  limit: number;
  /** `refuse`: no entry is given up before its end. `forget-oldest`: the newest entries matter most, and losing one does no harm. */
  whenFull: 'refuse' | 'forget-oldest';
}

/** A map whose entries end. Times are of the monotonic clock, so that setting the wall clock ends none early. */
export interface Memory<Value> {
  get(key: string): Value | undefined;
  /** @throws StoreUnavailable if it is full of live keys, and gives none up */
  put(key: string, value: Value, ttlMs: number): void;
  remove(key: string): void;
}

/** Ended entries are looked for no more often than this, unless their place is needed. */
const SWEEP_EVERY_MS = 1000;

export function createMemory<Value>({ limit, whenFull }: MemoryOptions): Memory<Value> {
  // A Map keeps its entries in the order in which they were put.
  const entries = new Map<string, { value: Value; until: number }>();
  let nextSweepAt = 0;
  /** No entry ends before. */
  let firstEnd = Number.POSITIVE_INFINITY;

  function sweep(now: number): void {
    firstEnd = Number.POSITIVE_INFINITY;
    for (const [key, { until }] of entries)
      if (until <= now) entries.delete(key);
      else if (until < firstEnd) firstEnd = until;
    nextSweepAt = now + SWEEP_EVERY_MS;
  }

  /** A tenth at once: a Map keeps the slots of deleted keys for a while, and finding its first key walks over all of them. */
  function forgetOldest(): void {
    let left = Math.ceil(limit / 10);
    for (const key of entries.keys()) {
      entries.delete(key);
      if (--left === 0) return;
    }
  }

  return {
    get(key) {
      const entry = entries.get(key);
      return entry && entry.until > performance.now() ? entry.value : undefined;
    },
    put(key, value, ttlMs) {
      const now = performance.now();
      const until = now + ttlMs;
      if (until < firstEnd) firstEnd = until;
      const own = entries.get(key);
      if (own) {
        own.value = value;
        own.until = until;
        return;
      }
      if (firstEnd <= now && (now >= nextSweepAt || entries.size >= limit)) sweep(now);
      if (entries.size >= limit && whenFull === 'forget-oldest') forgetOldest();
      if (entries.size >= limit) throw new StoreUnavailable('The store is full.');
      entries.set(key, { value, until });
    },
    remove: (key) => void entries.delete(key),
  };
}

export function createMemoryStore(options: MemoryOptions): Store {
  const memory = createMemory<string>(options);
  return {
    async putIfAbsent(key, value, ttlMs) {
      const found = memory.get(key);
      if (found === undefined) memory.put(key, value, ttlMs);
      return found;
    },
    put: async (key, value, ttlMs) => memory.put(key, value, ttlMs),
    get: async (key) => memory.get(key),
    async replace(key, expected, value, ttlMs) {
      const isOurs = [undefined, expected].includes(memory.get(key));
      if (isOurs) memory.put(key, value, ttlMs);
      return isOurs;
    },
    async remove(key, expected) {
      if (memory.get(key) === expected) memory.remove(key);
    },
  };
}
