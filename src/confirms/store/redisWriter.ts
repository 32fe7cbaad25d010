// Which way a script goes: what has to last goes over a connection of its own, on which Redis' replicas are waited for.

import { setTimeout as pause } from 'node:timers/promises';
import type { RedisAddress } from './redisAddress';
import type { RedisClient } from './redisClient';
import { isRedirection } from './redisCodes';
import {
  type ConnectionListeners,
  createRedisConnection,
  REDIS_COMMAND_TIMEOUT_MS,
  type RedisConnection,
} from './redisConnection';
import { marksFor } from './redisMarks';
import { createReplicatedWrites, type Script, type Written } from './redisWrites';

/** Between two looks where in a Cluster a name is. */
const FOLLOW_EVERY_MS = 20;

export interface RedisWriter {
  /**
   * Runs a script.
   *
   * @param mustLast whether it counts only once replicas have it
   * @throws StoreUnavailable
   */
  write(script: Script, mustLast: boolean, limitMs?: number): Promise<unknown>;
  /** The same, and reads the generation beside its first key after it. @throws StoreUnavailable */
  writeMarked(script: Script, mustLast: boolean, limitMs?: number): Promise<Written>;
  /** Runs it in every way that a script may take. @throws StoreUnavailable */
  tryOut(script: Script): Promise<unknown>;
  /** The mark beside which a name is kept. */
  markBeside(name: string): string;
  readonly marks: readonly string[];
  /** Whether all connections are there. */
  isReady(): boolean;
  connect(): Promise<unknown>;
  close(): Promise<unknown>;
}

/** @param replicasAck so many of Redis' own replicas must have what has to last */
export function createRedisWriter(
  address: RedisAddress,
  replicasAck: number,
  shared: RedisConnection,
  listeners: ConnectionListeners,
): RedisWriter {
  const marks = marksFor(address);
  const lasting = replicasAck > 0 ? createRedisConnection(address, listeners) : undefined;
  const writes = createReplicatedWrites(replicasAck);
  const firstOf = ({ keys: [name = ''] }: Script) => name;
  const run = ({ commands }: RedisClient, { text, keys, args }: Script) =>
    commands.eval(text, keys.length, ...keys, ...args);

  /** @throws Error */
  async function writeLasting(client: RedisClient, script: Script, until: number, isTrial: boolean): Promise<Written> {
    const name = firstOf(script);
    for (;;) {
      const redis = client.primaryOf(name);
      const mark = marks.beside(name, client);
      try {
        if (redis) return await writes.write(redis, { script, mark, until }, isTrial);
      } catch (cause) {
        if (!isRedirection(cause) || performance.now() > until) throw cause;
      }
      // A read is followed by ioredis to wherever the name is now, which then is known.
      await Promise.all([client.commands.get(name), client.commands.get(mark)]);
      await pause(FOLLOW_EVERY_MS);
      if (performance.now() > until) throw new Error('Nobody has the name.');
    }
  }

  function writeInTime(
    connection: RedisConnection,
    script: Script,
    limitMs = REDIS_COMMAND_TIMEOUT_MS,
  ): Promise<Written> {
    const until = performance.now() + limitMs;
    return connection.ask(firstOf(script), (client) => writeLasting(client, script, until, false), limitMs);
  }

  return {
    marks: marks.names,
    markBeside: (name) => marks.beside(name, shared.client),
    async write(script, mustLast, limitMs) {
      if (mustLast && lasting) return (await writeInTime(lasting, script, limitMs))[0];
      return shared.ask(firstOf(script), (client) => run(client, script), limitMs);
    },
    writeMarked(script, mustLast, limitMs) {
      if (mustLast && lasting) return writeInTime(lasting, script, limitMs);
      const name = firstOf(script);
      return shared.ask(
        name,
        (client) => Promise.all([run(client, script), client.commands.get(marks.beside(name, client))]),
        limitMs,
      );
    },
    async tryOut(script) {
      const name = firstOf(script);
      if (!lasting) return shared.probe(name, (client) => run(client, script));
      const until = performance.now() + REDIS_COMMAND_TIMEOUT_MS;
      const [[answer]] = await Promise.all([
        lasting.probe(name, (client) => writeLasting(client, script, until, true)),
        shared.probe(name, ({ commands }) => commands.get(name)),
      ]);
      return answer;
    },
    isReady: () => shared.client.isReady() && lasting?.client.isReady() !== false,
    connect: () => Promise.all([shared.connect(), lasting?.connect()]),
    close: () => Promise.all([shared.close(), lasting?.close()]),
  };
}
