// Whether Redis keeps what it is given. It is asked at every moment, so that a failure shows although nobody confirms; and by a
// mark of its own, its generation, it shows whether it still has what it had.

import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { NOT_CONNECTED, type RedisConnection } from './redisConnection';

/** How often Redis is asked for its generation. */
export const REDIS_BEAT_MS = 100;
/** Of so many questions, one is a write, since reads may go on working where writes do not. */
const WRITE_EVERY_BEATS = 10;
/** The same while it does not work. */
const WRITE_EVERY_BEATS_DOWN = 5;
/** After a loss of data, replicas have so long to notice it and to put back what they know. */
export const REDIS_RESTORE_MS = 600;
/** So long a reason is waited for, where a connection has ended. */
const REASON_WAIT_MS = 300;

/** Where the generation stands: a random id that a Redis without one is given. */
export const GENERATION = 'generation';
/** Writes the generation, a new one if there is none. */
const WRITE_GENERATION = `local found = redis.call('get', KEYS[1]) or ARGV[1]
redis.call('set', KEYS[1], found)
return found`;

export interface RedisReporter {
  /** @param code why it is of no use, in a word: undefined if it is up */
  redisChanged(isUp: boolean, code: string | undefined): void;
  redisDataLost(): void;
}

export interface RedisHealth {
  /** A write has worked. */
  worked(): void;
  failed(code: string): void;
  /** Looks at once rather than at the next beat. Never throws. */
  look(): Promise<void>;
  /** True if the last write worked and Redis forgets nothing that it is to keep. */
  isUp(): boolean;
  /** Whether Redis has shown another generation than the one that is known here. */
  isOther(generation: string | null): boolean;
  whole(): Promise<void> | undefined;
  onUp(listener: () => void): void;
  onDataLost(listener: () => void): void;
  stop(): void;
}

export function createRedisHealth(connection: () => RedisConnection, reporter: RedisReporter): RedisHealth {
  let works = false;
  let isUp: boolean | undefined;
  /** That it is down is still to be said. */
  let unsaid: NodeJS.Timeout | undefined;
  /** What Redis does with entries when it is full, if it is anything but to refuse new ones. */
  let eviction: string | undefined;
  let generation: string | undefined;
  let restored: Promise<void> | undefined;
  let looking: Promise<void> | undefined;
  let beats = 0;
  const upListeners: (() => void)[] = [];
  const lossListeners: (() => void)[] = [];

  function sayDown(code: string): void {
    clearTimeout(unsaid);
    unsaid = undefined;
    reporter.redisChanged(false, code);
  }

  /** Reports each change once. A connection that ends gives no reason: the next attempt may. */
  function report(now: boolean, code: string = NOT_CONNECTED): void {
    if (unsaid && (now || code !== NOT_CONNECTED)) sayDown(code);
    if (isUp === now) return;
    isUp = now;
    if (now) reporter.redisChanged(true, undefined);
    else if (code !== NOT_CONNECTED) reporter.redisChanged(false, code);
    else unsaid = setTimeout(sayDown, REASON_WAIT_MS, NOT_CONNECTED).unref();
  }

  function worked(): void {
    report(eviction === undefined, eviction === undefined ? undefined : `EVICTS ${eviction}`);
    if (works) return;
    works = true;
    for (const listener of upListeners) listener();
  }

  function failed(code: string): void {
    works = false;
    report(false, code);
  }

  /** From the first sight of a generation on, whoever has seen the one before gets the time to put back what it knows. */
  function noteGeneration(found: string): void {
    if (found === generation) return;
    const isLoss = generation !== undefined;
    generation = found;
    const own = pause(REDIS_RESTORE_MS, undefined, { ref: false }).then(() => {
      if (restored === own) restored = undefined;
    });
    restored = own;
    if (!isLoss) return;
    reporter.redisDataLost();
    for (const listener of lossListeners) listener();
  }

  async function lookOnce(): Promise<void> {
    try {
      const [found, info] = await Promise.all([
        connection().probe((redis) => redis.eval(WRITE_GENERATION, 1, GENERATION, randomUUID())),
        // Where INFO is forbidden, nobody can say whether it evicts.
        connection().probe((redis) => redis.info('memory').catch(() => '')),
      ]);
      const policy = /^maxmemory_policy:(\S+)/m.exec(info)?.[1];
      eviction = policy === 'noeviction' ? undefined : policy;
      noteGeneration(String(found));
      worked();
    } catch {
      // The connection has reported why.
    }
  }

  function look(): Promise<void> {
    looking ??= lookOnce().finally(() => {
      looking = undefined;
    });
    return looking;
  }

  async function beat(): Promise<void> {
    beats++;
    if (beats % (works ? WRITE_EVERY_BEATS : WRITE_EVERY_BEATS_DOWN) === 0) return look();
    try {
      const found = await connection().probe((redis) => redis.get(GENERATION));
      if (found !== generation) await look();
    } catch {
      // The connection has reported why.
    }
  }
  const timer = setInterval(beat, REDIS_BEAT_MS).unref();

  return {
    worked,
    failed,
    look,
    isUp: () => isUp === true,
    isOther: (found) => found !== generation,
    whole: () => restored,
    onUp: (listener) => void upListeners.push(listener),
    onDataLost: (listener) => void lossListeners.push(listener),
    stop() {
      clearInterval(timer);
      if (unsaid) sayDown(NOT_CONNECTED);
    },
  };
}
