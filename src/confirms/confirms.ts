// What stands between the press of a button and the one call that it may cause: a double press shares one call, a key is answered
// again rather than sent again, and what was sent is remembered for some seconds. Knows answers only by the codec it is given.

import { flat } from '../tokenapi/flat';
import { createIdempotencyKeys, IDEMPOTENCY_KEYS_LIMIT } from './idempotency';
import { createSettling, type Settling } from './settling';
import { createMemoryStore } from './store/memory';
import type { Store } from './store/store';

/** Who confirms what. */
export interface Press {
  /** A hash of the user's token. */
  readonly owner: string;
  readonly deviceId: string;
  readonly idempotencyKey: string | undefined;
  /** True once nobody waits for the answer. */
  readonly abandoned: () => boolean;
  /** When its time began, by `performance.now()`: waiting for another replica's answer takes of it. */
  readonly startedAt: number;
}

/** How answers are kept, and which must be. */
export interface Codec<Answer, Record> {
  mayHaveStarted(answer: Answer): boolean;
  recordFrom(answer: Answer): Record;
  answerFrom(record: Record, deviceId: string): Answer;
}

export interface Confirmed<Answer> {
  answer: Answer;
  /** How it was come by: by a call of its own, by one that was under way, or from what is remembered of its key. */
  by: 'sent' | 'shared' | 'replayed';
}

export interface Confirms {
  /**
   * The answer to a press, by at most one call.
   *
   * @param send makes the call; it is given the question whether anybody still waits, and never throws
   * @throws InvalidArgument, NotSent, NoAnswer about the idempotency key
   */
  once<Answer extends object, Record>(
    press: Press,
    send: (abandoned: () => boolean) => Promise<Answer>,
    codec: Codec<Answer, Record>,
  ): Promise<Confirmed<Answer>>;
  readonly settling: Settling;
}

export interface ConfirmsOptions {
  timeoutMs: number;
  /** What replicas share. Without it, keys are remembered in this process. */
  shared?: Store | undefined;
  /** Told when something of a key could not be written: a repeat will be told that its outcome is unknown. */
  onLost: (what: string) => void;
}

export const settlingKeyOf = (owner: string, deviceId: string): string => flat(`settling:${owner} ${deviceId}`);

/** Who came while an answer was under way, and waits for the same. */
interface Follower {
  abandoned: () => boolean;
  resolve(confirmed: Confirmed<object>): void;
  reject(cause: unknown): void;
}

export function createConfirms({ timeoutMs, shared, onLost }: ConfirmsOptions): Confirms {
  const settling = createSettling(timeoutMs, shared);
  const keyStore = shared ?? createMemoryStore({ limit: IDEMPOTENCY_KEYS_LIMIT, whenFull: 'refuse' });
  const keys = createIdempotencyKeys<unknown>(keyStore, timeoutMs, onLost);
  /**
   * Those who wait, by what is under way. Nothing of the first press is in it: a map leaves its outgrown tables to the garbage
   * collector, and what they hold is carried into the old generation with them, every request whole.
   */
  const followers = new Map<string, Follower[]>();

  /** Who comes while an answer under this name is under way gets that one. */
  function share<Answer extends object>(
    name: string,
    abandoned: () => boolean,
    start: (abandoned: () => boolean) => Promise<Confirmed<Answer>>,
  ): Promise<Confirmed<Answer>> {
    const waiting = followers.get(name);
    if (waiting)
      return new Promise((resolve, reject) => waiting.push({ abandoned, resolve: resolve as never, reject }));
    const own: Follower[] = [];
    const started = start(() => abandoned() && own.every((follower) => follower.abandoned()));
    followers.set(name, own);
    return started.then(
      (confirmed) => {
        followers.delete(name);
        for (const { resolve } of own) resolve({ answer: confirmed.answer, by: 'shared' });
        return confirmed;
      },
      (cause) => {
        followers.delete(name);
        for (const { reject } of own) reject(cause);
        throw cause;
      },
    );
  }

  return {
    settling,
    once(press, send, codec) {
      const { owner, deviceId, idempotencyKey } = press;
      const settlingKey = settlingKeyOf(owner, deviceId);

      const sendOnce = (abandonedByPress: () => boolean) =>
        share(settlingKey, abandonedByPress, (abandoned) => {
          settling.begin(settlingKey);
          return send(abandoned).then((answer) => {
            settling.end(settlingKey, codec.mayHaveStarted(answer));
            return { answer, by: 'sent' };
          });
        });
      if (idempotencyKey === undefined) return sendOnce(press.abandoned);

      return share(`${settlingKey} ${idempotencyKey}`, press.abandoned, async (abandoned) => {
        const claimed = await keys.claim({ owner, deviceId, key: idempotencyKey });
        if (claimed.kind === 'answered')
          return { answer: codec.answerFrom(claimed.answer as never, deviceId), by: 'replayed' };
        const confirmed = await sendOnce(abandoned);
        if (codec.mayHaveStarted(confirmed.answer)) claimed.keep(codec.recordFrom(confirmed.answer));
        else claimed.free();
        return confirmed;
      });
    },
  };
}
