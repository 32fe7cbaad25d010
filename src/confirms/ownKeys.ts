// What this process knows of its own keys, beside a Redis that may lose its data.

import { createMemory } from './store/memory';
import type { SharedStore } from './store/store';

export const IDEMPOTENCY_KEY_TTL_MS = 24 * 60 * 60 * 1000;
/** Keys that this process remembers at once. Alone, it refuses new ones when it is full; beside Redis, it forgets the oldest. */
export const IDEMPOTENCY_KEYS_LIMIT = 50_000;

export interface OwnKeys {
  /** The record that this process wrote last. */
  get(name: string): string | undefined;
  put(name: string, record: string): void;
  remove(name: string): void;
}

/** @param shared without it, the process has a store of its own, which loses nothing: then there is nothing to know beside it */
export function createOwnKeys(shared: SharedStore | undefined): OwnKeys {
  if (!shared) return { get: () => undefined, put: () => undefined, remove: () => undefined };
  // Stryker disable next-line StringLiteral: any word but `refuse` means the same.
  const own = createMemory<string>({ limit: IDEMPOTENCY_KEYS_LIMIT, whenFull: 'forget' });

  shared.onDataLost(async () => {
    // Another replica that is asked for one of them waits for a moment, so that it finds it again.
    for (const [name, text] of [...own.entries()]) {
      const entry = { name, text, ttlMs: Math.ceil(own.remainingMs(name)) };
      if (entry.ttlMs > 0) await shared.putIfAbsent(entry).catch(() => undefined);
    }
  });
  return {
    get: own.get,
    put: (name, record) => own.put(name, record, IDEMPOTENCY_KEY_TTL_MS),
    remove: own.remove,
  };
}
