// A store that replicas share. Its scripts are atomic, so that of two replicas only one can have a name.

import { createRedisConnection, type RedisConnection } from './redisConnection';
import { createRedisHealth, GENERATION, type RedisReporter } from './redisHealth';
import { QuotaUsedUp, type SharedStore, type Stored, StoreLostData, StoreUnavailable } from './store';

const PUT_IF_ABSENT = `local found = redis.call('get', KEYS[1])
if found then return {found, redis.call('pttl', KEYS[1])} end
if KEYS[2] then
  if tonumber(redis.call('get', KEYS[2]) or 0) >= tonumber(ARGV[3]) then return 'over quota' end
  if redis.call('incr', KEYS[2]) == 1 then redis.call('pexpire', KEYS[2], ARGV[4]) end
end
redis.call('set', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 'put'`;
const GET = `return {redis.call('get', KEYS[1]), redis.call('pttl', KEYS[1])}`;
const REPLACE = `local found = redis.call('get', KEYS[1])
local isOurs = not found
for i = 3, #ARGV do isOurs = isOurs or found == ARGV[i] end
if not isOurs then return 0 end
redis.call('set', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1`;
const REMOVE = `local found = redis.call('get', KEYS[1])
for i = 1, #ARGV do if found == ARGV[i] then
  redis.call('del', KEYS[1])
  if KEYS[2] and redis.call('exists', KEYS[2]) == 1 and redis.call('decr', KEYS[2]) <= 0 then redis.call('del', KEYS[2]) end
  return 1
end end
return 0`;

export interface RedisStore extends SharedStore {
  /** Resolves once connected, or after a moment without it: the gateway serves either way. */
  connected(): Promise<void>;
  isUp(): boolean;
  close(): Promise<void>;
}

export function createRedisStore(url: string, reporter: RedisReporter): RedisStore {
  const health = createRedisHealth(() => connection, reporter);
  const connection: RedisConnection = createRedisConnection(url, {
    connected: () => void health.look(),
    failed: health.failed,
  });
  const { ask } = connection;

  return {
    async putIfAbsent({ name, text, ttlMs }, quota, limitMs) {
      const keys = quota ? [name, quota.name] : [name];
      const args = quota ? [text, ttlMs, quota.limit, quota.periodMs] : [text, ttlMs];
      // The generation is read after the write: had the data been lost before it or since, it is another one.
      const [found, generation] = await ask(
        (redis) => Promise.all([redis.eval(PUT_IF_ABSENT, keys.length, ...keys, ...args), redis.get(GENERATION)]),
        limitMs,
      );
      if (health.isOther(generation)) {
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
      await ask((redis) => redis.set(name, text, 'PX', ttlMs));
      health.worked();
    },
    get: async (name, limitMs) => storedFrom(await ask((redis) => redis.eval(GET, 1, name), limitMs)),
    async replace({ name, text, ttlMs }, expected, limitMs) {
      const isPut = (await ask((redis) => redis.eval(REPLACE, 1, name, text, ttlMs, ...expected), limitMs)) === 1;
      if (isPut) health.worked();
      return isPut;
    },
    async remove(name, expected, quota) {
      const keys = quota ? [name, quota.name] : [name];
      await ask((redis) => redis.eval(REMOVE, keys.length, ...keys, ...expected));
    },
    onUp: health.onUp,
    onDataLost: health.onDataLost,
    whole: health.whole,
    isUp: health.isUp,
    async connected() {
      await connection.connect();
      await health.look();
      await health.whole();
    },
    async close() {
      health.stop();
      await connection.close();
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
