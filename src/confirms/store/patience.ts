// A store that does not answer for a moment is tried again: what is about to be told waits rather than to be wrong. One that has been
// away for longer is waited for no more, until a command of the same kind works.

import { setTimeout as pause } from 'node:timers/promises';
import { type SharedStore, type Store, type Stored, StoreUnavailable } from './store';

/** So long commands wait for a store that has been of no use. */
export const PATIENCE_MS = 2000;
const TRY_AGAIN_MS = 20;
/** Others may have waited, too: from the store's return on, they have so long to write what they could not write. */
const OTHERS_FIRST_MS = 100;

export interface PatientStore extends Pick<Store, 'get' | 'put' | 'replace'> {
  /** The same, and not before others could write what they had to wait with. */
  getAfterOthers(name: string): Promise<Stored | undefined>;
}

export function createPatientStore(store: SharedStore): PatientStore {
  /** Since when it has been of no use, by `performance.now()`: one that takes no writes may still be read. */
  const awaySince: { read?: number; write?: number; work?: number } = {};
  let upAt = Number.NEGATIVE_INFINITY;
  store.onUp(() => {
    delete awaySince.work;
    upAt = performance.now();
  });

  /** No command waits for longer, also where those of other names work meanwhile. */
  function isPatient(of: keyof typeof awaySince, startedAt: number): boolean {
    awaySince[of] ??= startedAt;
    return performance.now() - Math.min(awaySince[of], startedAt) < PATIENCE_MS;
  }

  async function patiently<Answer>(of: 'read' | 'write', command: () => Promise<Answer>): Promise<Answer> {
    const startedAt = performance.now();
    for (;;) {
      try {
        const answer = await command();
        delete awaySince[of];
        return answer;
      } catch (cause) {
        if (!(cause instanceof StoreUnavailable && isPatient(of, startedAt))) {
          // One that cannot be read is not waited for once more to write what was not found.
          if (of === 'read') awaySince.write ??= startedAt - PATIENCE_MS;
          throw cause;
        }
      }
      await pause(TRY_AGAIN_MS);
    }
  }

  const get = (name: string) => patiently('read', () => store.get(name));
  return {
    get,
    async getAfterOthers(name) {
      const startedAt = performance.now();
      const found = await get(name);
      const now = performance.now();
      const isSteady = store.works() && now - upAt >= OTHERS_FIRST_MS;
      if (isSteady && now - startedAt < OTHERS_FIRST_MS) return found;
      while (!store.works() && isPatient('work', startedAt)) await pause(TRY_AGAIN_MS);
      await pause(OTHERS_FIRST_MS);
      return get(name);
    },
    put: (entry) => patiently('write', () => store.put(entry)),
    replace: (entry, expected) => patiently('write', () => store.replace(entry, expected)),
  };
}
