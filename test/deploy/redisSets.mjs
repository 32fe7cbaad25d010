// Sets of Redis servers in which one takes over where another has failed: by Sentinel, and in a Cluster of three with a replica each.

import { createHash } from 'node:crypto';
import { TOKEN } from './ask.mjs';
import { freePorts, start, until } from './machine.mjs';
import { createServer, each, replicasOf, syncedCount } from './redisServers.mjs';

const urlOf = (kind, servers, path = '') =>
  `redis+${kind}://${servers.map(({ port }) => `127.0.0.1:${port}`).join()}${path}`;

/** A server, two replicas of it, and three Sentinels. */
async function createSentinelSet() {
  const ports = await freePorts(6);
  const [first, ...replicas] = ports.slice(0, 3).map((port, i) => {
    const of = i === 0 ? [] : ['--replicaof', '127.0.0.1', String(ports[0])];
    return createServer(port, { args: ['--repl-diskless-sync-delay', '0', ...of] });
  });
  const servers = [first, ...replicas];
  const sentinels = ports.slice(3).map((port) => {
    const changed = (text) => text.replace('127.0.0.1 6379', `127.0.0.1 ${first.port}`);
    return createServer(port, { config: ['sentinel.conf'], changed, args: ['--sentinel'] });
  });
  const info = () => sentinels[0].client.info('sentinel');
  return {
    url: urlOf('sentinel', sentinels, '/firmware-gateway'),
    async primary() {
      const port = Number(/address=127\.0\.0\.1:(\d+)/.exec(await info())[1]);
      return servers.find((server) => server.port === port);
    },
    replicasOf: (server) => replicasOf(server, servers),
    async start() {
      await each(servers, (server) => server.start());
      await until('replicas', async () => (await syncedCount(servers)) === 2);
      await each(sentinels, (sentinel) => sentinel.start());
      await until('Sentinels know all', async () => (await info()).includes('slaves=2,sentinels=3'));
    },
    close: () => each([...servers, ...sentinels], (server) => server.close()),
  };
}

/** Of the user that the tests ask as. */
const OWNER = createHash('sha256').update(`token:${TOKEN}`).digest('base64url');

async function createClusterSet() {
  const ports = await freePorts(12);
  const config = ['redis.conf', 'cluster.conf'];
  const servers = ports
    .slice(0, 6)
    .map((port, i) => createServer(port, { config, args: ['--cluster-port', String(ports[6 + i])] }));
  return {
    url: urlOf('cluster', servers.slice(0, 3)),
    async primary() {
      const alive = await Promise.any(servers.map(async (server) => (await server.client.ping()) && server));
      const slot = await alive.client.cluster('KEYSLOT', `firmware-gateway:{${OWNER}}:key`);
      const [, , [, port]] = (await alive.client.cluster('SLOTS')).find(([from, to]) => from <= slot && slot <= to);
      return servers.find((server) => server.port === port);
    },
    replicasOf: (server) => replicasOf(server, servers),
    async start() {
      await each(servers, (server) => server.start());
      const hosts = servers.map(({ port }) => `127.0.0.1:${port}`);
      const made = start(['redis-cli', '--cluster', 'create', ...hosts, '--cluster-replicas', '1', '--cluster-yes']);
      await made.ended;
      const isWhole = async ({ client }) => (await client.cluster('INFO')).includes('cluster_state:ok');
      await until(`the Cluster\n${made.output}`, async () => (await each(servers, isWhole)).every(Boolean));
      await until('a replica each', async () => (await syncedCount(servers)) === 3);
    },
    close: () => each(servers, (server) => server.close()),
  };
}

export const redisSets = { Sentinel: createSentinelSet, Cluster: createClusterSet };
