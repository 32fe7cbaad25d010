// Which confirms are so recent that the platform may still show what was before them. Remembers that we sent, never an answer of
// the upstream's; losing it re-opens an ambiguity and never invents an end.

import { createMemoryStore } from './store/memory';
import type { Store } from './store/store';

/** From a confirm's answer on. A judgement: no source says how long the platform shows the previous upgrade's end. */
export const SETTLING_MS = 15_000;
/** Confirms that are remembered at once in this process. The oldest is forgotten first. */
export const SETTLING_LIMIT = 50_000;

/** What is remembered while a confirm is under way; afterwards, when its answer was known. */
const UNDER_WAY = 'under way';

export interface Settling {
  /** Before the send: from here on, what is read may be from before it. */
  begin(key: string): void;
  /** After the answer. `mayHaveStarted` false: nothing was, so there is nothing to wait for. */
  end(key: string, mayHaveStarted: boolean): void;
  /**
   * Whether what was read may be from before a confirm.
   *
   * @param looksOld the read shows what may be from before: an end, a waiting for the user, nothing
   * @param isMoving the read shows an upgrade that moves, which ends the settling
   * @param readAt when the read began, in milliseconds since 1970
   */
  covers(key: string, read: { looksOld: boolean; isMoving: boolean; readAt: number }): Promise<boolean>;
}

/** @param shared what replicas share; where there is none or it does not answer, this process's own memory serves */
export function createSettling(timeoutMs: number, shared?: Store): Settling {
  const own = createMemoryStore({ limit: SETTLING_LIMIT, whenFull: 'forget-oldest' });
  const stores = shared ? [own, shared] : [own];

  // Nobody waits for these: a command is on its way to Redis before the confirm is to the platform, and the store tells the log
  // itself when it is gone.
  const inAll = (act: (store: Store) => Promise<void>) => {
    for (const store of stores) act(store).catch(() => undefined);
  };

  return {
    begin: (key) => inAll((store) => store.put(key, UNDER_WAY, timeoutMs + SETTLING_MS)),
    end(key, mayHaveStarted) {
      const answeredAt = String(Date.now());
      inAll((store) => (mayHaveStarted ? store.put(key, answeredAt, SETTLING_MS) : store.remove(key, UNDER_WAY)));
    },
    async covers(key, { looksOld, isMoving, readAt }) {
      const mark = shared ? await shared.get(key).catch(() => own.get(key)) : await own.get(key);
      if (mark === undefined) return false;
      // Only a read that began after the answer can have seen what the confirm started.
      if (isMoving && mark !== UNDER_WAY && Number(mark) <= readAt) inAll((store) => store.remove(key, mark));
      return looksOld;
    },
  };
}
