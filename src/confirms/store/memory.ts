// A store in this process alone, bounded.

import { LRUCache } from 'lru-cache';
import { type Entry, QuotaUsedUp, type Store, StoreUnavailable } from './store';

export interface MemoryOptions {
  /** Entries at most. */
  limit: number;
  /** `refuse`: no entry is given up before its end. `forget`: the least recently used goes, since losing one does no harm. */
  whenFull: 'refuse' | 'forget';
}

/** A map whose entries end. Times are of the monotonic clock, so that setting the wall clock ends none early. */
export interface Memory<Value> {
  get(name: string): Value | undefined;
  remainingMs(name: string): number;
  /** @throws StoreUnavailable if it is full, and gives none up */
  put(name: string, value: Value, ttlMs: number): void;
  remove(name: string): void;
  entries(): Iterable<[name: string, value: Value]>;
}

export function createMemory<Value extends NonNullable<unknown>>({ limit, whenFull }: MemoryOptions): Memory<Value> {
  // Resolution 0: the clock is read each time, which costs less than the timer by which a reading would be shared.
  // Not `max`, for which the cache would take the memory of all its entries at the start.
  const entries = new LRUCache<string, Value>({ maxSize: limit, sizeCalculation: () => 1, ttlResolution: 0 });
  return {
    get: (name) => entries.get(name),
    remainingMs: (name) => entries.getRemainingTTL(name),
    put(name, value, ttlMs) {
      // Stryker disable next-line ConditionalExpression: to look for ended entries before it is full takes time alone.
      if (whenFull === 'refuse' && entries.size >= limit && !entries.has(name)) {
        entries.purgeStale();
        if (entries.size >= limit) throw new StoreUnavailable('The store is full.');
      }
      entries.set(name, value, { ttl: ttlMs });
    },
    remove: (name) => void entries.delete(name),
    entries: () => entries.entries(),
  };
}

export function createMemoryStore(options: MemoryOptions): Store {
  const memory = createMemory<string>(options);
  // A count that is forgotten lets its user begin anew: the bound of all entries stays.
  const counts = createMemory<number>({ limit: options.limit, whenFull: 'forget' });
  const put = ({ name, text, ttlMs }: Entry) => memory.put(name, text, ttlMs);
  const found = (name: string) => {
    const text = memory.get(name);
    return text === undefined ? undefined : { text, remainingMs: memory.remainingMs(name) };
  };
  return {
    async putIfAbsent(entry, quota) {
      const there = found(entry.name);
      if (there) return there;
      const count = quota && (counts.get(quota.name) ?? 0);
      if (quota && count !== undefined && count >= quota.limit) throw new QuotaUsedUp();
      put(entry);
      if (quota && count !== undefined)
        counts.put(quota.name, count + 1, count > 0 ? counts.remainingMs(quota.name) : quota.periodMs);
      return undefined;
    },
    put: async (entry) => put(entry),
    get: async (name) => found(name),
    async replace(entry, expected) {
      const text = memory.get(entry.name);
      const isOurs = text === undefined || expected.includes(text);
      if (isOurs) put(entry);
      return isOurs;
    },
    async remove(name, expected, quota) {
      const text = memory.get(name);
      if (text === undefined || !expected.includes(text)) return;
      memory.remove(name);
      const count = quota && counts.get(quota.name);
      if (quota && count === 1) counts.remove(quota.name);
      else if (quota && count) counts.put(quota.name, count - 1, counts.remainingMs(quota.name));
    },
  };
}
