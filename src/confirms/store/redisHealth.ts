// Whether Redis keeps what it is given. It is asked at every moment, so that a failure shows although nobody confirms; and by a
// mark of its own, its generation, it shows whether it still has what it had.

import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { NOT_CONNECTED } from './redisCodes';
import type { RedisConnection } from './redisConnection';
import type { RedisWriter } from './redisWriter';

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

/**
 * Writes the generation, a new one if there is none; and with a second key does whatever else the scripts do, a command a line, so
 * that one which the ACL forbids is named.
 */
const TRY_OUT = `local found = redis.call('get', KEYS[1]) or ARGV[1]
redis.call('set', KEYS[1], found)
if not KEYS[2] then return found end
redis.call('incr', KEYS[2])
redis.call('pexpire', KEYS[2], 1000)
redis.call('pttl', KEYS[2])
redis.call('exists', KEYS[2])
redis.call('decr', KEYS[2])
redis.call('del', KEYS[2])
return found`;

export interface RedisReporter {
  /** @param code why it is of no use, in a word: undefined if it is up */
  redisChanged(isUp: boolean, code: string | undefined): void;
  redisDataLost(): void;
}

export interface RedisHealth {
  /** Looks, and goes on looking. Never throws. */
  start(): Promise<void>;
  /** A write has worked: unless Redis works already, it is looked whether all does. */
  worked(): void;
  failed(code: string): void;
  /** Looks at once rather than at the next beat. Never throws. */
  look(): Promise<void>;
  /** True if the last write worked and Redis forgets nothing that it is to keep. */
  isUp(): boolean;
  /** True if the last write worked. */
  works(): boolean;
  /** Whether another generation was found under a mark than the one that is known here. */
  isOther(mark: string, generation: string | null): boolean;
  whole(): Promise<void> | undefined;
  onUp(listener: () => void): void;
  onDataLost(listener: () => void): void;
  stop(): void;
}

/** @param writer whose marks hold the generation: each server of a Cluster has its own */
export function createRedisHealth(
  connection: RedisConnection,
  writer: Pick<RedisWriter, 'marks' | 'tryOut'>,
  reporter: RedisReporter,
): RedisHealth {
  const { marks } = writer;
  let works = false;
  let isUp: boolean | undefined;
  /** That it is down is still to be said. */
  let unsaid: NodeJS.Timeout | undefined;
  /** What Redis does with entries when it is full, if it is anything but to refuse new ones. */
  let eviction: string | undefined;
  const generations = new Map<string, string>();
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

  function allWorks(): void {
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
  function noteGenerations(found: readonly string[]): void {
    const others = marks.filter((mark, i) => isOther(mark, found[i] ?? null));
    if (others.length === 0) return;
    const isLoss = others.some((mark) => generations.has(mark));
    for (const [i, mark] of marks.entries()) generations.set(mark, found[i] ?? '');
    const own = pause(REDIS_RESTORE_MS, undefined, { ref: false }).then(() => {
      if (restored === own) restored = undefined;
    });
    restored = own;
    if (!isLoss) return;
    reporter.redisDataLost();
    for (const listener of lossListeners) listener();
  }

  async function lookOnce(): Promise<void> {
    const keysOf = works ? (mark: string) => [mark] : (mark: string) => [mark, `${mark}:trial`];
    try {
      const [found, infos] = await Promise.all([
        Promise.all(marks.map((mark) => writer.tryOut({ text: TRY_OUT, keys: keysOf(mark), args: [randomUUID()] }))),
        // Where INFO is forbidden, nobody can say whether it evicts.
        connection.probe(marks[0] ?? '', (client) =>
          Promise.all(client.primaries().map((redis) => redis.info('memory').catch(() => ''))),
        ),
      ]);
      eviction = infos
        .map((info) => /^maxmemory_policy:(\S+)/m.exec(info)?.[1])
        .find((policy) => policy !== undefined && policy !== 'noeviction');
      noteGenerations(found.map(String));
      allWorks();
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

  const isOther = (mark: string, found: string | null) => found !== generations.get(mark);

  async function beat(): Promise<void> {
    beats++;
    if (beats % (works ? WRITE_EVERY_BEATS : WRITE_EVERY_BEATS_DOWN) === 0) return look();
    try {
      const found = await Promise.all(
        marks.map((mark) => connection.probe(mark, ({ commands }) => commands.get(mark))),
      );
      if (marks.some((mark, i) => isOther(mark, found[i] ?? null))) await look();
    } catch {
      // The connection has reported why.
    }
  }
  let timer: NodeJS.Timeout | undefined;

  return {
    start() {
      timer ??= setInterval(beat, REDIS_BEAT_MS).unref();
      return look();
    },
    worked() {
      if (!works) void look();
    },
    failed,
    look,
    isUp: () => isUp === true,
    works: () => works,
    isOther,
    whole: () => restored,
    onUp: (listener) => void upListeners.push(listener),
    onDataLost: (listener) => void lossListeners.push(listener),
    stop() {
      clearInterval(timer);
      if (unsaid) sayDown(NOT_CONNECTED);
    },
  };
}
