// What this process knows of keys, beside a Redis that may lose its data: what it wrote itself, and what it found there of others.

import { stateOf } from './records';
import { createMemory } from './store/memory';
import type { Entry, SharedStore, Stored } from './store/store';

export const IDEMPOTENCY_KEY_TTL_MS = 24 * 60 * 60 * 1000;
/** Keys that this process remembers at once. Alone, it refuses new ones when it is full; beside Redis, it forgets the oldest. */
export const IDEMPOTENCY_KEYS_LIMIT = 50_000;

/** Records that are put back together: a Redis that writes each to its disk writes them at once. */
const AT_ONCE = 200;

export interface OwnKeys {
  /** The record that this process wrote last, or else found last. */
  get(name: string): string | undefined;
  put(name: string, record: string): void;
  remove(name: string): void;
  /** Another's record that was found under the name: whoever was told of it once is told the same again. */
  found(name: string, stored: Stored): void;
}

/** @param shared without it, the process has a store of its own, which loses nothing: then there is nothing to know beside it */
export function createOwnKeys(shared: SharedStore | undefined): OwnKeys {
  const nothing = () => undefined;
  if (!shared) return { get: nothing, put: nothing, remove: nothing, found: nothing };
  const store: SharedStore = shared;
  // Stryker disable next-line StringLiteral: any word but `refuse` means the same.
  const own = createMemory<string>({ limit: IDEMPOTENCY_KEYS_LIMIT, whenFull: 'forget' });
  // Stryker disable next-line StringLiteral: any word but `refuse` means the same.
  const others = createMemory<string>({ limit: IDEMPOTENCY_KEYS_LIMIT, whenFull: 'forget' });

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

  /** Its record as it stands now: what is written after it comes after it. @returns false if the store is away */
  async function putBackOne(name: string): Promise<boolean> {
    const memory = own.get(name) === undefined ? others : own;
    const [text, ttlMs] = [memory.get(name), Math.ceil(memory.remainingMs(name))];
    if (text === undefined || ttlMs <= 0) return true;
    try {
      await (memory === own ? store.put({ name, text, ttlMs }) : putBackOfOther({ name, text, ttlMs }));
      return true;
    } catch {
      return false;
    }
  }

  /** Who wrote it may have put back a later one. What stands there of a new claim gives way, as it does to a record of ours. */
  async function putBackOfOther(entry: Entry): Promise<void> {
    const there = await store.putIfAbsent(entry);
    if (there && stateOf(there.text) !== 'answered') await store.replace(entry, [there.text]);
  }

  let isRestoring = false;
  async function restore(): Promise<void> {
    if (isRestoring) return;
    isRestoring = true;
    await putBack();
    isRestoring = false;
  }
  store.onDataLost(() => {
    lost = [...new Set([...own.entries(), ...others.entries()].map(([name]) => name))];
    void restore();
  });
  store.onUp(() => void restore());
  return {
    get: (name) => own.get(name) ?? others.get(name),
    put(name, record) {
      others.remove(name);
      own.put(name, record, IDEMPOTENCY_KEY_TTL_MS);
    },
    remove: own.remove,
    found(name, { text, remainingMs }) {
      // A claim under which nothing was sent yet is nobody's answer.
      if (own.get(name) !== undefined || stateOf(text) === 'claimed') return;
      others.put(name, text, Math.min(remainingMs, IDEMPOTENCY_KEY_TTL_MS));
    },
  };
}
