// The image as a container engine has it: built from the Dockerfile, then run in its own root, read-only, by the user it says.

import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { ask, statusOf } from './ask.mjs';
import { builtImage } from './engine.mjs';
import { freePorts, needs, start, textOf, until } from './machine.mjs';

const canBuild = needs('buildah', 'debootstrap', 'unshare', 'setpriv');
const options = process.getuid() === 0 ? canBuild : { skip: 'needs root' };

let built;
before(() => {
  if (!options.skip) built = builtImage();
});
after(() => built?.remove());

const environment = (env) => Object.entries(env).map(([name, value]) => `${name}=${value}`);

/** A command in the container: each program becomes the next, so the process id stays. Only its own view of the files is read-only. */
function inContainer(command, env = {}) {
  const { config, root } = built;
  const [uid, gid] = config.User.split(':');
  const enter = `mount --bind "$0" "$0" && mount -o remount,bind,ro "$0" && mount -t proc proc "$0/proc" && exec chroot "$0" "$@"`;
  const user = [`--reuid=${uid}`, `--regid=${gid}`, '--clear-groups', '--no-new-privs', '--bounding-set=-all'];
  const inside = ['env', '-i', '-C', config.WorkingDir, ...config.Env, ...environment(env), ...command];
  return ['unshare', '-m', 'sh', '-c', enter, root, 'setpriv', ...user, ...inside];
}

test('the image runs one program, as a number for a user, and holds what the package holds', options, (t) => {
  const { config, root, bytes, ownBytes } = built;
  const app = join(root, config.WorkingDir);
  t.diagnostic(`${Math.round(bytes / 1e6)} MB, of which ${(ownBytes / 1e6).toFixed(1)} MB are the gateway's`);
  assert.match(config.User, /^[1-9]\d*:[1-9]\d*$/);
  assert.deepEqual(config.Entrypoint, ['node', 'dist/main.js']);
  assert.deepEqual(Object.keys(config.ExposedPorts).sort(), ['4000/tcp', '4001/tcp']);
  assert.deepEqual(readdirSync(app).sort(), ['LICENSE', 'dist', 'package.json', 'schema.graphql']);
  assert.deepEqual(readdirSync(join(app, 'dist')).sort(), [
    'THIRD_PARTY_LICENCES.txt',
    'altair-static',
    'demo',
    'late',
    'main.js',
    'main.js.map',
  ]);
});

test('serves as that user with nothing to write to, is healthy, and leaves on SIGTERM with 0', options, async () => {
  const { config } = built;
  const [uid, gid] = config.User.split(':');
  const [port, adminPort] = await freePorts(2);
  const env = { PORT: String(port), ADMIN_PORT: String(adminPort), DRAIN_DELAY_MS: '2000' };
  const gateway = start(inContainer(config.Entrypoint, env));
  const [kind, ...check] = config.Healthcheck.Test;
  assert.equal(kind, 'CMD');
  const health = () => {
    const [program, ...args] = inContainer(check, env);
    return spawnSync(program, args).status;
  };
  const ready = () => statusOf(`http://127.0.0.1:${adminPort}/readyz`);
  await until('readyz', async () => (await ready()) === 200).catch((cause) =>
    assert.fail(`${cause.message}\n${gateway.output}`),
  );
  assert.equal(health(), 0);
  const sdl = JSON.parse((await ask(`http://127.0.0.1:${port}/graphql`, '{ _service { sdl } }')).text);
  assert.equal(sdl.data?._service.sdl, textOf('schema.graphql'), gateway.output);

  const status = readFileSync(`/proc/${gateway.pid}/status`, 'utf8');
  assert.match(status, new RegExp(`^Uid:\\t${uid}\\t${uid}\\t${uid}`, 'm'));
  assert.match(status, new RegExp(`^Gid:\\t${gid}\\t${gid}\\t${gid}`, 'm'));
  assert.match(status, /^CapEff:\t0+$/m);
  for (const path of ['dist/x', '/tmp/x']) {
    const [program, ...args] = inContainer(['touch', path]);
    assert.match(spawnSync(program, args, { encoding: 'utf8' }).stderr, /Read-only file system/);
  }

  const left = gateway.stop('SIGTERM');
  await until('not ready', async () => (await ready()) === 503);
  assert.equal(health(), 1);
  const { code, ms } = await left;
  assert.equal(code, 0, gateway.output);
  assert.equal(ms < 20_000, true);
});

test('the container takes the other commands of the package', options, () => {
  const [program, ...args] = inContainer([...built.config.Entrypoint, '--version']);
  const { version } = JSON.parse(textOf('package.json'));
  assert.equal(execFileSync(program, args, { encoding: 'utf8' }).trim(), version);
});
