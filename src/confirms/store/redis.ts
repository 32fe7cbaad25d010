// A store that replicas share. While Redis does not answer it says so at once, and queues no command for later: a claim that took
// effect after its request had ended would block a key although nothing was sent.

import { Redis } from 'ioredis';
import { type Store, StoreUnavailable } from './store';

const COMMAND_TIMEOUT_MS = 500;
const CONNECT_TIMEOUT_MS = 1000;
const RECONNECT_LIMIT_MS = 1000;

const REPLACE = `local found = redis.call('get', KEYS[1])
if found and found ~= ARGV[1] then return 0 end
redis.call('set', KEYS[1], ARGV[2], 'PX', ARGV[3])
return 1`;
const REMOVE = `if redis.call('get', KEYS[1]) == ARGV[1] then redis.call('del', KEYS[1]) end`;

export interface RedisStore extends Store {
  /** Resolves once connected, or after a moment without it: the gateway serves either way. */
  connected(): Promise<void>;
  isUp(): boolean;
  close(): Promise<void>;
}

/** @param onChange called when Redis goes away and when it is back */
export function createRedisStore(url: string, onChange: (isUp: boolean) => void): RedisStore {
  const redis = new Redis(url, {
    keyPrefix: 'firmware-gateway:',
    lazyConnect: true,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    commandTimeout: COMMAND_TIMEOUT_MS,
    connectTimeout: CONNECT_TIMEOUT_MS,
    retryStrategy: (attempt) => Math.min(attempt * 100, RECONNECT_LIMIT_MS),
  });
  let isUp: boolean | undefined;
  const change = (now: boolean) => {
    if (isUp === now) return;
    isUp = now;
    onChange(now);
  };
  redis.on('ready', () => change(true));
  redis.on('close', () => change(false));
  redis.on('error', () => change(false));

  /** Redis' own words are dropped, since they may contain its URL and so its password. */
  async function asked<Answer>(answer: Promise<Answer>): Promise<Answer> {
    try {
      return await answer;
    } catch {
      throw new StoreUnavailable('Redis does not answer.');
    }
  }

  const get = async (key: string) => (await asked(redis.get(key))) ?? undefined;

  return {
    async putIfAbsent(key, value, ttlMs) {
      for (let attempt = 1; attempt <= 3; attempt++) {
        if ((await asked(redis.set(key, value, 'PX', ttlMs, 'NX'))) === 'OK') return undefined;
        const found = await get(key);
        // The key was freed between the two commands.
        if (found !== undefined) return found;
      }
      throw new StoreUnavailable('The key changes hands too fast.');
    },
    async put(key, value, ttlMs) {
      await asked(redis.set(key, value, 'PX', ttlMs));
    },
    get,
    async replace(key, expected, value, ttlMs) {
      return (await asked(redis.eval(REPLACE, 1, key, expected, value, ttlMs))) === 1;
    },
    async remove(key, expected) {
      await asked(redis.eval(REMOVE, 1, key, expected));
    },
    isUp: () => isUp === true,
    async connected() {
      await redis.connect().catch(() => change(false));
    },
    async close() {
      await redis.quit().catch(() => redis.disconnect());
    },
  };
}
