// Writes that count only once Redis' own replicas have them: a failover loses what the primary alone had. `WAIT` holds up whatever
// follows it on its connection, so these have a connection of their own, and all that wait at a time share one `WAIT`.

import type { Redis } from 'ioredis';
import { NO_ANSWER, NOREPLICAS } from './redisCodes';

/** So long replicas may take to have what was written. */
export const REDIS_REPLICAS_WAIT_MS = 250;

export interface Script {
  readonly text: string;
  readonly keys: readonly string[];
  readonly args: readonly (string | number)[];
}

export interface Write {
  readonly script: Script;
  /** What is read after it, on the same connection. */
  readonly mark: string;
  /** When nobody waits for it any more, by `performance.now()`. */
  readonly until: number;
}

export type Written = [answer: unknown, mark: string | null];

interface Waiting extends Write {
  resolve(written: Written): void;
  reject(cause: unknown): void;
}

export interface ReplicatedWrites {
  /**
   * @param isTrial whether it is tried although the last write had too few replicas
   * @throws Error with the code NOREPLICAS: it may be written, and too few have it
   */
  write(redis: Redis, write: Write, isTrial: boolean): Promise<Written>;
}

/** @param replicas so many must have it */
export function createReplicatedWrites(replicas: number): ReplicatedWrites {
  const queues = new WeakMap<Redis, Waiting[]>();
  /** Where the last write had too few. */
  const lacking = new WeakSet<Redis>();

  async function send(redis: Redis, batch: readonly Waiting[]): Promise<void> {
    const pipeline = redis.pipeline();
    for (const { script, mark } of batch)
      pipeline.eval(script.text, script.keys.length, ...script.keys, ...script.args).get(mark);
    pipeline.wait(replicas, REDIS_REPLICAS_WAIT_MS);
    const results = await pipeline.exec().catch((cause: Error): [Error, unknown][] => [[cause, undefined]]);
    const [failed, count] = results?.at(-1) ?? [];
    const isEnough = !failed && Number(count) >= replicas;
    if (isEnough) lacking.delete(redis);
    else if (!failed) lacking.add(redis);
    for (const [i, { resolve, reject }] of batch.entries()) {
      const [[cause, answer], [markCause, mark]] = [results?.[2 * i] ?? [], results?.[2 * i + 1] ?? []];
      const fault = cause ?? markCause ?? failed ?? (isEnough ? undefined : faultOf(NOREPLICAS));
      if (fault) reject(fault);
      else resolve([answer, mark as string | null]);
    }
  }

  async function sendAll(redis: Redis, queue: Waiting[]): Promise<void> {
    while (queue.length > 0) {
      const batch = queue.splice(0);
      const isLate = ({ until }: Waiting) => until <= performance.now();
      // A claim that took effect now would block a key although nothing was sent.
      for (const { reject } of batch.filter(isLate)) reject(faultOf(NO_ANSWER));
      const inTime = batch.filter((each) => !isLate(each));
      if (inTime.length > 0) await send(redis, inTime);
    }
    queues.delete(redis);
  }

  return {
    write(redis, write, isTrial) {
      if (lacking.has(redis) && !isTrial) return Promise.reject(faultOf(NOREPLICAS));
      return new Promise((resolve, reject) => {
        const waiting = { ...write, resolve, reject };
        const queue = queues.get(redis);
        if (queue) return void queue.push(waiting);
        const own = [waiting];
        queues.set(redis, own);
        // What is written in the same moment goes together.
        queueMicrotask(() => void sendAll(redis, own));
      });
    },
  };
}

const faultOf = (code: string): Error => Object.assign(new Error(`Redis is of no use: ${code}.`), { code });
