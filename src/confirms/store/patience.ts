// A store that does not answer for a moment is tried again: what is about to be told waits rather than to be wrong. One that has been
// away for longer is waited for no more, until a command works.

import { setTimeout as pause } from 'node:timers/promises';
import { type SharedStore, type Store, type Stored, StoreUnavailable } from './store';

/** So long commands wait for a store that has been of no use. */
export const PATIENCE_MS = 2000;
const TRY_AGAIN_MS = 20;
/** Others may have waited, too: from its return on, they have so long to write what they could not write. */
const OTHERS_FIRST_MS = 100;

export interface PatientStore extends Pick<Store, 'get' | 'put' | 'replace'> {
  /** The same, and not before others could write what they had to wait with. */
  getAfterOthers(name: string): Promise<Stored | undefined>;
}

export function createPatientStore(store: SharedStore): PatientStore {
  /** When a command first failed, and when it was first found not to be up: by `performance.now()`. */
  let awaySince: number | undefined;
  let downSince: number | undefined;
  let upAt = Number.NEGATIVE_INFINITY;
  store.onUp(() => {
    downSince = undefined;
    upAt = performance.now();
  });

  async function patiently<Answer>(command: () => Promise<Answer>): Promise<Answer> {
    for (;;) {
      try {
        const answer = await command();
        awaySince = undefined;
        return answer;
      } catch (cause) {
        if (!(cause instanceof StoreUnavailable)) throw cause;
        awaySince ??= performance.now();
        if (performance.now() - awaySince >= PATIENCE_MS) throw cause;
      }
      await pause(TRY_AGAIN_MS);
    }
  }

  async function up(): Promise<void> {
    while (!store.isUp()) {
      downSince ??= performance.now();
      if (performance.now() - downSince >= PATIENCE_MS) return;
      await pause(TRY_AGAIN_MS);
    }
  }

  const get = (name: string, limitMs?: number) => patiently(() => store.get(name, limitMs));
  return {
    get,
    async getAfterOthers(name) {
      const startedAt = performance.now();
      const found = await get(name);
      const now = performance.now();
      const isSteady = store.isUp() && now - upAt >= OTHERS_FIRST_MS;
      if (isSteady && now - startedAt < TRY_AGAIN_MS) return found;
      await up();
      await pause(OTHERS_FIRST_MS);
      return get(name);
    },
    put: (entry) => patiently(() => store.put(entry)),
    replace: (entry, expected, limitMs) => patiently(() => store.replace(entry, expected, limitMs)),
  };
}
