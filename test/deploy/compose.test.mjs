// The compose file: as Debian's docker-compose renders it, against the schema of the Compose specification, and in what it says of
// each container. Its services are run as processes; the containers themselves are not, for want of an engine.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { test } from 'node:test';
import Ajv from 'ajv';
import { composed, mountsOf, rendered, startComposed } from './compose.mjs';
import { freePorts, fromRoot, image, needs, start, textOf, until } from './machine.mjs';

const SCHEMA = 'test/deploy/node_modules/dclint/schemas/compose.schema.json';
// It names a draft by an address of which Ajv knows only the older spelling.
const validate = new Ajv({ strict: false, validateFormats: false, validateSchema: false }).compile(
  JSON.parse(textOf(SCHEMA)),
);
const { version } = JSON.parse(textOf('package.json'));
const { services } = composed;
const { gateway, simulator } = services;

function assertIsCompose(file) {
  const isValid = validate(file);
  assert.equal(isValid, true, JSON.stringify(validate.errors, null, 2));
}

test('it is a compose file as the specification describes one', () => {
  assertIsCompose(composed);
  const { gateway: misspelt } = structuredClone(services);
  misspelt.readonly = true;
  assert.equal(validate({ services: { misspelt } }), false);
});

test('docker-compose renders it, and loses nothing', needs('docker-compose'), () => {
  const file = rendered();
  assertIsCompose(file);
  assert.deepEqual(Object.keys(file.services).sort(), ['gateway', 'grafana', 'prometheus', 'redis', 'simulator']);
  for (const [name, service] of Object.entries(services))
    assert.deepEqual(file.services[name].healthcheck.test, service.healthcheck.test, name);
  assert.deepEqual(file.services.gateway.ports, ['127.0.0.1:4000:4000/tcp', '127.0.0.1:4001:4001/tcp']);
});

for (const [name, service] of Object.entries(services))
  test(`${name} is pinned, watched, and may do nothing but run, reached from this machine alone`, () => {
    assert.match(service.image, /^[\w/-]+:v?\d+\.\d+\.\d+(-bookworm)?$/);
    assert.match(service.user, /^[1-9]\d*:\d+$/);
    assert.deepEqual([service.read_only, service.cap_drop], [true, ['ALL']]);
    assert.deepEqual(service.security_opt, ['no-new-privileges:true']);
    assert.equal(service.healthcheck.test[0], 'CMD');
    for (const port of service.ports ?? []) assert.match(port, /^127\.0\.0\.1:/);
    for (const source of mountsOf(service).values()) assert.equal(existsSync(source), true, source);
    for (const volume of service.volumes ?? [])
      assert.match(volume, /^\..*:ro$|^(redis|prometheus|grafana):/, 'written only to a volume');
  });

test('gateway and simulator are the image, of this version, by its user, on one loopback', () => {
  for (const service of [gateway, simulator])
    assert.deepEqual([service.image, service.user], [`firmware-gateway:${version}`, image.user]);
  const { context, dockerfile, args } = gateway.build;
  const path = `deploy/compose/${context}/${dockerfile}`;
  assert.equal(existsSync(fromRoot(path)), true);
  const defaults = [...textOf(path).matchAll(/^ARG (\w+)=(.*)$/gm)].map(([, name, value]) => [
    name,
    `\${${name}:-${value}}`,
  ]);
  assert.deepEqual(Object.entries(args), defaults);
  assert.equal(simulator.network_mode, 'service:gateway');
  assert.deepEqual(simulator.command.slice(0, 2), ['simulator', '--port']);
});

/** Words of the simulator in the file, with another address in place of that which the gateway is given. */
const simulatorAt = (url) => {
  const given = new URL(gateway.environment.TOKENAPI_URL);
  return (words) => words.map((word) => word.replace(given.href, url).replace(given.port, new URL(url).port));
};

const run = (words, env = {}) =>
  spawnSync(words[0], words.slice(1), { cwd: image.app, encoding: 'utf8', env: { PATH: process.env.PATH, ...env } });

test('the image is a simulator by the command of the file, and its health check says so', async () => {
  const [port] = await freePorts(1);
  const here = simulatorAt(gateway.environment.TOKENAPI_URL.replace(/:\d+/, `:${port}`));
  const program = start([...image.entrypoint, ...here(simulator.command)], { cwd: image.app, env: image.env });
  const check = here(simulator.healthcheck.test.slice(1));
  try {
    await until('healthy', () => run(check).status === 0);
  } finally {
    await program.stop('SIGKILL');
  }
  assert.equal(run(check).status, 1);
});

test('the gateway accepts its variables', () => {
  const { status, stderr } = run([...image.entrypoint, '--print-config'], { ...image.env, ...gateway.environment });
  assert.equal(status, 0, stderr);
});

test(
  'promtool accepts the configuration of Prometheus, with the alerts where the file mounts them',
  needs('promtool'),
  () => {
    const mounts = [...mountsOf(services.prometheus).keys()];
    assert.deepEqual(mounts, ['/etc/prometheus/prometheus.yml', '/etc/prometheus/alerts.yml']);
    const { status, stderr } = spawnSync(
      'promtool',
      ['check', 'config', '--syntax-only', fromRoot('deploy/compose/prometheus.yml')],
      { encoding: 'utf8' },
    );
    assert.equal(status, 0, stderr);
  },
);

test(
  'the services work together: Redis with its command, the gateway with its variables, Prometheus with its file',
  needs('redis-server', 'prometheus'),
  async () => {
    const stack = await startComposed();
    try {
      const found = async (query) => {
        const answer = await fetch(`${stack.prometheus}/api/v1/query?query=${encodeURIComponent(query)}`);
        return (await answer.json()).data.result.map(({ value }) => value[1]);
      };
      await until('Redis is used', async () => (await found('firmware_gateway_redis_up'))[0] === '1');
      assert.deepEqual(await found('up{job="firmware-gateway"}'), ['1']);
      const { data } = await (await fetch(`${stack.prometheus}/api/v1/rules`)).json();
      assert.deepEqual(
        data.groups.map(({ name }) => name),
        ['firmware-gateway'],
      );
    } finally {
      await stack.close();
    }
  },
);
