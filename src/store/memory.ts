// A store in this process alone, bounded.

import { type Store, StoreUnavailable } from './store';

export interface MemoryOptions {
  /** Keys at most. */
  limit: number;
  /** `refuse`: no live key is ever given up. `forget-oldest`: the store is only a help, and new keys matter more. */
  whenFull: 'refuse' | 'forget-oldest';
}

interface Entry {
  value: string;
  until: number;
}

export function createMemoryStore({ limit, whenFull }: MemoryOptions): Store {
  // In the order in which they were put.
  const entries = new Map<string, Entry>();

  const liveValue = (key: string): string | undefined => {
    const entry = entries.get(key);
    return entry && entry.until > Date.now() ? entry.value : undefined;
  };

  function put(key: string, value: string, ttlMs: number): void {
    const now = Date.now();
    const own = entries.get(key);
    if (own) {
      own.value = value;
      own.until = now + ttlMs;
      return;
    }
    for (const [oldest, { until }] of entries) {
      if (until > now && !(entries.size >= limit && whenFull === 'forget-oldest')) break;
      entries.delete(oldest);
    }
    // The oldest may be live while younger ones have ended: look at all of them before refusing.
    if (entries.size >= limit) for (const [other, { until }] of entries) if (until <= now) entries.delete(other);
    if (entries.size >= limit) throw new StoreUnavailable('The store is full.');
    entries.set(key, { value, until: now + ttlMs });
  }

  return {
    async putIfAbsent(key, value, ttlMs) {
      const found = liveValue(key);
      if (found === undefined) put(key, value, ttlMs);
      return found;
    },
    put: async (key, value, ttlMs) => put(key, value, ttlMs),
    get: async (key) => liveValue(key),
    async replace(key, expected, value, ttlMs) {
      const isOurs = [undefined, expected].includes(liveValue(key));
      if (isOurs) put(key, value, ttlMs);
      return isOurs;
    },
    async remove(key, expected) {
      if (liveValue(key) === expected) entries.delete(key);
    },
  };
}
