// Redis servers with the file that ships, which can be killed, begun again, and cut off from the server whose replicas they are.

import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fromRoot, start, textOf, until } from './machine.mjs';

const { Redis } = createRequire(fromRoot('package.json'))('ioredis');
const MEMORY = '/dev/shm';

/** In memory where there is such a folder: it outlives a process, and other people's writes to the disk do not hold it up. */
const newFolder = () => mkdtempSync(join(existsSync(MEMORY) ? MEMORY : process.env.BUILT, 'redis-'));

/**
 * @param config files of deploy/redis, one after the other, in a copy: Redis and Sentinel write what becomes of them into it
 * @param changed what this machine needs to differ in them
 */
export function createServer(port, { config = ['redis.conf'], changed = (text) => text, args = [] } = {}) {
  const folder = newFolder();
  const file = join(folder, 'redis.conf');
  writeFileSync(file, changed(config.map((name) => textOf(`deploy/redis/${name}`)).join('\n')));
  const client = new Redis(port, '127.0.0.1', { lazyConnect: true, retryStrategy: () => 50, maxRetriesPerRequest: 0 });
  client.on('error', () => undefined);
  const server = {
    port,
    folder,
    client,
    async start() {
      server.process = start(['redis-server', file, '--port', String(port), '--dir', folder, ...args]);
      await until(`redis at ${port}`, async () => (await client.ping()) === 'PONG');
    },
    kill: () => server.process.stop('SIGKILL'),
    async close() {
      client.disconnect();
      await server.process?.stop('SIGKILL');
      rmSync(folder, { recursive: true });
    },
  };
  return server;
}

export const each = (servers, what) => Promise.all(servers.map(what));

const replicaCount = async ({ client }) =>
  [...(await client.info('replication')).matchAll(/^slave\d+:.*state=online/gm)].length;

/** Servers that are replicas, and have all that there is. */
export async function syncedCount(servers) {
  const infos = await each(servers, ({ client }) => client.info('replication'));
  return infos.filter((info) => info.includes('master_link_status:up')).length;
}

export async function replicasOf(server, servers) {
  const isOne = async ({ client }) => (await client.info('replication')).includes(`\nmaster_port:${server.port}\r`);
  const found = await each(servers, (other) => isOne(other).catch(() => false));
  return servers.filter((_, i) => found[i]);
}

/** What the server acknowledges from now on, it alone has. */
export async function cutOff(server, replicas) {
  // They are not let in any more. A replica that is merely stopped still finds what the kernel has taken for it.
  await each(replicas, ({ client }) => client.config('SET', 'masteruser', 'nobody', 'masterauth', 'nothing'));
  await server.client.client('KILL', 'TYPE', 'replica');
  await until('no replica', async () => (await replicaCount(server)) === 0);
}

export const letIn = (replicas) =>
  each(replicas, ({ client }) => client.config('SET', 'masteruser', '', 'masterauth', ''));
