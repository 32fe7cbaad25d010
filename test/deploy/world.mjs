// Two gateways as the image has them, Redis and HAProxy with the files that ship, and a platform that counts what it is sent.

import { createRequire } from 'node:module';
import { join } from 'node:path';
import { exchange, statusOf } from './ask.mjs';
import { freePorts, fromRoot, image, start, until } from './machine.mjs';
import { createServer } from './redisServers.mjs';

const require = createRequire(import.meta.url);
const CONFIRM = 'AppPublishFirmwareUpdateMessage';

/** A platform whose confirms are counted by device and, while held, are taken and not answered. */
async function startPlatform() {
  const { startSimulator } = require(join(image.stages.build.dir, 'app/dist/simulator/simulator.js'));
  const simulator = await startSimulator({ latencyMs: 100 });
  const sends = new Map();
  let held;
  simulator.override = ({ action, body }, response) => {
    if (action !== CONFIRM) return false;
    sends.set(body.DeviceName, (sends.get(body.DeviceName) ?? 0) + 1);
    if (!held) return false;
    held.push(() => response.writeHead(200).end(JSON.stringify({ Response: { RequestId: body.RequestId } })));
    return true;
  };
  return {
    url: simulator.url,
    /** Device → confirms that arrived for it. */
    sends,
    hold() {
      held = [];
    },
    heldCount: () => held.length,
    release() {
      for (const answer of held) answer();
      held = undefined;
    },
    close: () => simulator.close(),
  };
}

/** A gateway that can be ended and begun again on the same ports. */
function createReplica(env, port, adminPort) {
  const admin = `http://127.0.0.1:${adminPort}`;
  const replica = {
    /** Past the proxy. */
    url: `http://127.0.0.1:${port}/graphql`,
    start() {
      const ports = { PORT: String(port), ADMIN_PORT: String(adminPort) };
      replica.process = start(image.entrypoint, {
        cwd: image.app,
        env: { ...image.env, HOST: '127.0.0.1', ...env, ...ports },
      });
    },
    ready: () => until(`${admin}/readyz`, async () => (await statusOf(`${admin}/readyz`)) === 200),
    /** A figure, summed over its labels; 0 if there is none yet. */
    async figure(name) {
      const { text } = await exchange(`${admin}/metrics`);
      const lines = text.split('\n').filter((line) => line.startsWith(`${name} `) || line.startsWith(`${name}{`));
      return lines.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' '))), 0);
    },
    /** Resolves once the proxy sends operations here; `ask` sends one to the proxy. */
    given: (ask) =>
      until(`operations at ${port}`, async () => {
        await ask();
        return (await replica.figure('firmware_gateway_http_answers_total')) > 0;
      }),
  };
  return replica;
}

async function createRedis() {
  const [port] = await freePorts(1);
  return Object.assign(createServer(port), { url: `redis://127.0.0.1:${port}` });
}

/**
 * @param env variables of the gateways
 * @param proxyEnv variables of the proxy
 * @param redis what the gateways share: one server, unless a set of them is given
 */
export async function startWorld(env = {}, proxyEnv = {}, redis = createRedis()) {
  const shared = await redis;
  const platform = await startPlatform();
  await shared.start();
  const [proxyPort, ...ports] = await freePorts(5);
  const gatewayEnv = {
    TOKENAPI_URL: platform.url,
    TOKENAPI_TIMEOUT_MS: '5000',
    REDIS_URL: shared.url,
    DRAIN_DELAY_MS: '2000',
    LOG_LEVEL: 'warn',
    ...env,
  };
  const replicas = [createReplica(gatewayEnv, ports[0], ports[1]), createReplica(gatewayEnv, ports[2], ports[3])];
  for (const replica of replicas) replica.start();
  await Promise.all(replicas.map((replica) => replica.ready()));
  const proxy = startProxy(proxyPort, ports, proxyEnv);
  await until('the proxy', async () => (await statusOf(`http://127.0.0.1:${proxyPort}/graphql`)) === 405);
  return {
    url: `http://127.0.0.1:${proxyPort}/graphql`,
    platform,
    redis: shared,
    replicas,
    async close() {
      await Promise.all([proxy, ...replicas.map((replica) => replica.process)].map((it) => it.stop('SIGKILL')));
      await shared.close();
      await platform.close();
    },
  };
}

/** HAProxy with the file that ships; `ports` are port and admin port of one server, then of the other. */
export function startProxy(port, ports, env = {}) {
  return start(['haproxy', '-db', '-f', fromRoot('deploy/haproxy/haproxy.cfg')], {
    env: {
      BIND: `127.0.0.1:${port}`,
      GATEWAY_ONE: `127.0.0.1:${ports[0]}`,
      GATEWAY_ONE_ADMIN_PORT: String(ports[1]),
      GATEWAY_TWO: `127.0.0.1:${ports[2]}`,
      GATEWAY_TWO_ADMIN_PORT: String(ports[3]),
      ...env,
    },
  });
}
