// Which confirms are so recent that the platform may still show what was before them. Remembers that we sent, never an answer of
// the upstream's; losing it re-opens an ambiguity and never invents an end.

/** From a confirm's answer on. A judgement: no source says how long the platform shows the previous upgrade's end. */
export const SETTLING_MS = 15_000;
const CONFIRMS_LIMIT = 50_000;

/** A confirm that may have started something. */
export interface Mark {
  until: number;
  /** When its answer was known; undefined while it is under way. */
  answeredAt: number | undefined;
}

export interface Settling {
  /** Before the send: from here on, what is read may be from before it. */
  begin(key: string): Promise<void> | undefined;
  /** After the answer. `mayHaveStarted` false: nothing was, so there is nothing to wait for. */
  end(key: string, mayHaveStarted: boolean): Promise<void> | undefined;
  /**
   * Whether what was read may be from before a confirm.
   *
   * @param looksOld the read shows what may be from before: an end, a waiting for the user, nothing
   * @param isMoving the read shows an upgrade that moves, which ends the settling
   * @param readAt when the read began
   */
  covers(key: string, read: { looksOld: boolean; isMoving: boolean; readAt: number }): Promise<boolean> | boolean;
}

/** In this process alone, and bounded: the oldest confirm is forgotten first. */
export function createSettling(timeoutMs: number): Settling {
  const marks = new Map<string, Mark>();
  return {
    begin(key) {
      marks.delete(key);
      for (const [oldest, { until }] of marks) {
        if (marks.size < CONFIRMS_LIMIT && until > Date.now()) break;
        marks.delete(oldest);
      }
      marks.set(key, { until: Date.now() + timeoutMs + SETTLING_MS, answeredAt: undefined });
      return undefined;
    },
    end(key, mayHaveStarted) {
      if (mayHaveStarted) marks.set(key, { until: Date.now() + SETTLING_MS, answeredAt: Date.now() });
      else marks.delete(key);
      return undefined;
    },
    covers(key, { looksOld, isMoving, readAt }) {
      const mark = marks.get(key);
      if (!mark || mark.until <= Date.now()) return false;
      // Only a read that began after the answer can have seen what the confirm started.
      if (isMoving && mark.answeredAt !== undefined && mark.answeredAt <= readAt) marks.delete(key);
      return looksOld;
    },
  };
}
