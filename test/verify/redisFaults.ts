// The states in which a real Redis answers and does not serve, or does not answer at all; and the way out of each.

import type { RedisServer } from './redis';

export interface RedisFault {
  /** What Redis itself calls it; undefined where it says nothing. */
  readonly code?: string;
  enter(redis: RedisServer): Promise<unknown> | undefined;
  leave(redis: RedisServer): Promise<unknown> | undefined;
}

const setting = (name: string, bad: string, good: string, code: string): RedisFault => ({
  code,
  enter: ({ client }) => client.config('SET', name, bad),
  leave: ({ client }) => client.config('SET', name, good),
});

export const redisFaults = {
  gone: { enter: (redis) => redis.signal('SIGKILL'), leave: (redis) => redis.restart() },
  hung: { enter: (redis) => redis.signal('SIGSTOP'), leave: (redis) => redis.signal('SIGCONT') },
  full: setting('maxmemory', '1', '0', 'OOM'),
  'without replicas': setting('min-replicas-to-write', '1', '0', 'NOREPLICAS'),
  // Nobody listens at port 1: it stays a replica that has what it had.
  'read-only': {
    code: 'READONLY',
    enter: ({ client }) => client.replicaof('127.0.0.1', 1),
    leave: ({ client }) => client.replicaof('NO', 'ONE'),
  },
} as const satisfies Record<string, RedisFault>;
export type RedisFaultName = keyof typeof redisFaults;

/** What a Redis that shall keep what it acknowledged is started with. */
export const KEEPS = { appendonly: 'yes', appendfsync: 'always' };
