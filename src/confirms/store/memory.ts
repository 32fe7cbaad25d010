// A store in this process alone, bounded.

import { LRUCache } from 'lru-cache';
import { type Store, StoreUnavailable } from './store';

export interface MemoryOptions {
  /** Entries at most. */
  limit: number;
  /** `refuse`: no entry is given up before its end. `forget`: the least recently used goes, since losing one does no harm. */
  whenFull: 'refuse' | 'forget';
}

/** A map whose entries end. Times are of the monotonic clock, so that setting the wall clock ends none early. */
export interface Memory<Value> {
  get(key: string): Value | undefined;
  /** @throws StoreUnavailable if it is full, and gives none up */
  put(key: string, value: Value, ttlMs: number): void;
  remove(key: string): void;
}

export function createMemory<Value extends string | number>({ limit, whenFull }: MemoryOptions): Memory<Value> {
  // Resolution 0: the clock is read each time, which costs less than the timer by which a reading would be shared.
  const entries = new LRUCache<string, Value>({ max: limit, ttlResolution: 0 });
  return {
    get: (key) => entries.get(key),
    put(key, value, ttlMs) {
      // Stryker disable next-line ConditionalExpression: to look for ended entries before it is full takes time alone.
      if (whenFull === 'refuse' && entries.size >= limit && !entries.has(key)) {
        entries.purgeStale();
        if (entries.size >= limit) throw new StoreUnavailable('The store is full.');
      }
      entries.set(key, value, { ttl: ttlMs });
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
