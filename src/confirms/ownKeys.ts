// What this process knows of its own keys, beside a Redis that may lose its data.

import { createMemory } from './store/memory';
import type { SharedStore } from './store/store';

export const IDEMPOTENCY_KEY_TTL_MS = 24 * 60 * 60 * 1000;
/** Keys that this process remembers at once. Alone, it refuses new ones when it is full; beside Redis, it forgets the oldest. */
export const IDEMPOTENCY_KEYS_LIMIT = 50_000;

/** Records that are put back together: a Redis that writes each to its disk writes them at once. */
const AT_ONCE = 200;

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

  /** Names whose records are still to be put back. */
  let lost: string[] = [];

  /**
   * Another replica that is asked for one of them waits for a moment, so that it finds it again. What it has put there before it
   * noticed the loss is a claim under which it sends nothing.
   */
  async function putBack(): Promise<void> {
    while (lost.length > 0) {
      const names = lost.splice(0, AT_ONCE);
      const failed = await Promise.all(names.map(async (name) => ((await putBackOne(name)) ? undefined : name)));
      lost.push(...failed.filter((name) => name !== undefined));
      // The store is away again: it says when it is back.
      if (failed.some((name) => name !== undefined)) return;
    }
  }

  /** Its record as it stands now: what is written after it comes after it. */
  async function putBackOne(name: string): Promise<boolean> {
    const [text, ttlMs] = [own.get(name), Math.ceil(own.remainingMs(name))];
    if (text === undefined || ttlMs <= 0) return true;
    return (
      shared?.put({ name, text, ttlMs }).then(
        () => true,
        () => false,
      ) ?? true
    );
  }

  let isRestoring = false;
  async function restore(): Promise<void> {
    if (isRestoring) return;
    isRestoring = true;
    await putBack();
    isRestoring = false;
  }
  shared.onDataLost(() => {
    lost = [...own.entries()].map(([name]) => name);
    void restore();
  });
  shared.onUp(() => void restore());
  return {
    get: own.get,
    put: (name, record) => own.put(name, record, IDEMPOTENCY_KEY_TTL_MS),
    remove: own.remove,
  };
}
