// A store that replicas share. Its scripts are atomic, so that of two replicas only one can have a name.

import { type RedisAddress, redisAddressFrom } from './redisAddress';
import { createRedisConnection, type RedisConnection } from './redisConnection';
import { createRedisHealth, type RedisReporter } from './redisHealth';
import { createRedisWriter } from './redisWriter';
import { QuotaUsedUp, type SharedStore, type Stored, StoreLostData, StoreUnavailable } from './store';

// A command a line: where the ACL forbids one, the line is all that tells which.
const PUT_IF_ABSENT = `local found = redis.call('get', KEYS[1])
if found then return {found, redis.call('pttl', KEYS[1])} end
if KEYS[2] then
  if tonumber(redis.call('get', KEYS[2]) or 0) >= tonumber(ARGV[3]) then return 'over quota' end
  if redis.call('incr', KEYS[2]) == 1 then
    redis.call('pexpire', KEYS[2], ARGV[4])
  end
end
redis.call('set', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 'put'`;
const GET = `local found = redis.call('get', KEYS[1])
return {found, redis.call('pttl', KEYS[1])}`;
const REPLACE = `local found = redis.call('get', KEYS[1])
local isOurs = not found
for i = 3, #ARGV do isOurs = isOurs or found == ARGV[i] end
if not isOurs then return 0 end
redis.call('set', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1`;
const REMOVE = `local found = redis.call('get', KEYS[1])
local isOurs = false
for i = 1, #ARGV do isOurs = isOurs or found == ARGV[i] end
if not isOurs then return 0 end
redis.call('del', KEYS[1])
if KEYS[2] and redis.call('exists', KEYS[2]) == 1 then
  if redis.call('decr', KEYS[2]) <= 0 then
    redis.call('del', KEYS[2])
  end
end
return 1`;

export interface RedisStore extends SharedStore {
  /** Resolves once connected, or after a moment without it: the gateway serves either way. */
  connected(): Promise<void>;
  /** Whether Redis has said that it has no database of this number. */
  lacksDatabase(): boolean;
  isUp(): boolean;
  close(): Promise<void>;
}

/**
 * @param url which has been checked
 * @param replicasAck so many of Redis' own replicas must have what has to last
 */
export function createRedisStore(url: string, replicasAck: number, reporter: RedisReporter): RedisStore {
  const address = redisAddressFrom(url) as RedisAddress;
  const listeners = {
    connected() {
      if (writer.isReady()) void health.look();
    },
    failed: (code: string) => health.failed(code),
  };
  const connection: RedisConnection = createRedisConnection(address, listeners);
  const writer = createRedisWriter(address, replicasAck, connection, listeners);
  const health = createRedisHealth(connection, writer, reporter);

  return {
    async putIfAbsent({ name, text, ttlMs, mustLast = false }, quota, limitMs) {
      const keys = quota ? [name, quota.name] : [name];
      const args = quota ? [text, ttlMs, quota.limit, quota.periodMs] : [text, ttlMs];
      // The generation is read after the write: had the data been lost before it or since, it is another one.
      const [found, generation] = await writer.writeMarked({ text: PUT_IF_ABSENT, keys, args }, mustLast, limitMs);
      if (health.isOther(writer.markBeside(name), generation)) {
        await health.look();
        throw new StoreLostData('Redis has lost its data.', true);
      }
      if (found === 'put') {
        health.worked();
        return undefined;
      }
      if (found === 'over quota') throw new QuotaUsedUp();
      return storedFrom(found);
    },
    async put({ name, text, ttlMs }) {
      await connection.ask(name, ({ commands }) => commands.set(name, text, 'PX', ttlMs));
      health.worked();
    },
    get: async (name, limitMs) =>
      storedFrom(await connection.ask(name, ({ commands }) => commands.eval(GET, 1, name), limitMs)),
    async replace({ name, text, ttlMs, mustLast = false }, expected, limitMs) {
      const args = [text, ttlMs, ...expected];
      const isPut = await writer.write({ text: REPLACE, keys: [name], args }, mustLast, limitMs);
      if (isPut === 1) health.worked();
      return isPut === 1;
    },
    async remove(name, expected, quota) {
      const keys = quota ? [name, quota.name] : [name];
      await connection.ask(name, ({ commands }) => commands.eval(REMOVE, keys.length, ...keys, ...expected));
    },
    onUp: health.onUp,
    onDataLost: health.onDataLost,
    whole: health.whole,
    isUp: health.isUp,
    works: health.works,
    lacksDatabase: connection.lacksDatabase,
    async connected() {
      await writer.connect();
      await health.start();
      await health.whole();
    },
    async close() {
      health.stop();
      await writer.close();
    },
  };
}

/** What a script answers: a text and how long it has to live; null, or a list that begins with it, if there is none. */
function storedFrom(found: unknown): Stored | undefined {
  if (!Array.isArray(found)) throw new StoreUnavailable('Redis answers otherwise than its scripts do.');
  const [text, remainingMs] = found as [unknown, unknown];
  if (typeof text !== 'string') return undefined;
  // Below zero: somebody has put it without an end.
  return { text, remainingMs: Number(remainingMs) < 0 ? Number.POSITIVE_INFINITY : Number(remainingMs) };
}
