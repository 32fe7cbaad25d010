// What stands between the press of a button and the one call that it may cause. Knows answers only by whether they may have
// started something.

import { createSettling, type Settling } from './settling';

/** Who confirms what. */
export interface Press {
  /** A hash of the user's token. */
  readonly owner: string;
  readonly deviceId: string;
}

export interface Confirms {
  /** Sends, and remembers for some seconds that it may have started something. */
  once<Answer extends object>(
    press: Press,
    send: () => Promise<Answer>,
    mayHaveStarted: (answer: Answer) => boolean,
  ): Promise<Answer>;
  readonly settling: Settling;
}

export const keyOf = ({ owner, deviceId }: Press): string => `${owner} ${deviceId}`;

export function createConfirms({ timeoutMs }: { timeoutMs: number }): Confirms {
  const settling = createSettling(timeoutMs);
  return {
    settling,
    async once(press, send, mayHaveStarted) {
      const key = keyOf(press);
      await settling.begin(key);
      const answer = await send();
      await settling.end(key, mayHaveStarted(answer));
      return answer;
    },
  };
}
