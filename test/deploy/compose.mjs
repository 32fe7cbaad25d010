// The compose file as Debian's docker-compose renders it, and its services as processes of this machine: no engine runs here.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { parse } from 'yaml';
import { statusOf } from './ask.mjs';
import { freePorts, fromRoot, image, start, textOf, until } from './machine.mjs';

const require = createRequire(import.meta.url);
export const FOLDER = fromRoot('deploy/compose');
const text = textOf('deploy/compose/compose.yaml');

/** With its anchors in place, and with every variable left to its default. */
export const composed = parse(text, { merge: true });

/** @throws Error with what docker-compose says */
export function rendered() {
  // Debian's is the last of version 1, which does not know `name`. It is told the name as an argument.
  const input = text.replace(/^name: .*$/m, '');
  const args = ['-p', composed.name, '-f', '-', 'config'];
  const { status, stdout, stderr } = spawnSync('docker-compose', args, { cwd: FOLDER, input, encoding: 'utf8' });
  if (status !== 0) throw new Error(`docker-compose config\n${stderr}`);
  return parse(stdout);
}

/** Where a mounted file comes from, by where it is in the container. */
export const mountsOf = ({ volumes = [] }) =>
  new Map(
    volumes
      .map((volume) => volume.split(':'))
      .filter(([from]) => from.startsWith('.'))
      .map(([from, to]) => [to, resolve(FOLDER, from)]),
  );

/** Where the simulator stands in the package; the sources of the image have it too. */
const { startSimulator } = require(join(image.stages.build.dir, 'app/dist/simulator/simulator.js'));

/**
 * The gateway, the simulator, Redis and Prometheus as the file has them, but for the ports and for where they are.
 *
 * @param options of the simulator
 * @param env more variables of the gateway
 */
export async function startComposed(options = {}, env = {}) {
  const [port, adminPort, redisPort, prometheusPort] = await freePorts(4);
  const folder = mkdtempSync(join(process.env.BUILT, 'composed-'));
  const { gateway, redis, prometheus } = composed.services;
  const here = (service, changes) => (word) =>
    [...mountsOf(service), ...changes].reduce((text, [there, found]) => text.replace(there, found), word);

  const simulator = await startSimulator(options);
  const redisWords = redis.command.map(here(redis, [['/data', folder]]));
  const redisProcess = start([...redisWords, '--bind', '127.0.0.1', '--port', String(redisPort)]);
  const gatewayProcess = start(image.entrypoint, {
    cwd: image.app,
    env: {
      ...image.env,
      ...gateway.environment,
      ...env,
      TOKENAPI_URL: simulator.url,
      REDIS_URL: gateway.environment.REDIS_URL.replace('redis:6379', `127.0.0.1:${redisPort}`),
      PORT: String(port),
      ADMIN_PORT: String(adminPort),
      HOST: '127.0.0.1',
    },
  });
  // Once a second, so that a test need not wait.
  const config = here(prometheus, [
    ['gateway:4001', `127.0.0.1:${adminPort}`],
    [/: 5s/g, ': 1s'],
    ['alerts.yml', fromRoot('deploy/prometheus/alerts.yml')],
  ]);
  writeFileSync(join(folder, 'prometheus.yml'), config(textOf('deploy/compose/prometheus.yml')));
  const words = prometheus.command.map((word) =>
    word
      .replace('/etc/prometheus/prometheus.yml', join(folder, 'prometheus.yml'))
      .replace(/=\/prometheus$/, `=${folder}/data`),
  );
  const prometheusProcess = start(['prometheus', ...words, `--web.listen-address=127.0.0.1:${prometheusPort}`]);
  const urls = {
    url: `http://127.0.0.1:${port}/graphql`,
    admin: `http://127.0.0.1:${adminPort}`,
    prometheus: `http://127.0.0.1:${prometheusPort}`,
  };
  await until('the gateway', async () => (await statusOf(`${urls.admin}/readyz`)) === 200);
  await until('Prometheus', async () => (await statusOf(`${urls.prometheus}/-/ready`)) === 200);
  return {
    ...urls,
    simulator,
    async close() {
      await Promise.all([gatewayProcess, redisProcess, prometheusProcess].map((it) => it.stop('SIGKILL')));
      await simulator.close();
    },
  };
}
