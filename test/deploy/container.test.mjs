// The image, as far as it can be had without a container engine: built by the Dockerfile's own steps, then run as it says,
// by the user it says, with every file read-only.

import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { ask, statusOf } from './ask.mjs';
import { DOCKERFILE, instructionsFrom } from './build.mjs';
import { freePorts, image, start, textOf, until } from './machine.mjs';

const [uid, gid] = image.user.split(':');
const isRoot = process.getuid() === 0;
/** Whether this machine lets a test have a view of the files of its own. */
const canRemount = isRoot && spawnSync('unshare', ['-m', 'mount', '-o', 'remount,bind,ro', '/']).status === 0;

/** The command, as the image's user on a read-only root: each program becomes the next, so the process id stays. */
function asInImage(command) {
  const unprivileged = isRoot
    ? [
        'setpriv',
        `--reuid=${uid}`,
        `--regid=${gid}`,
        '--clear-groups',
        '--no-new-privs',
        '--bounding-set=-all',
        ...command,
      ]
    : command;
  if (!canRemount) return unprivileged;
  return ['unshare', '-m', 'sh', '-c', 'mount -o remount,bind,ro / && exec "$@"', 'sh', ...unprivileged];
}

test('two stages, an unprivileged number for a user, and no shell around the process', () => {
  const instructions = instructionsFrom(readFileSync(DOCKERFILE, 'utf8'));
  assert.equal(instructions.filter(({ name }) => name === 'FROM').length, 2);
  assert.match(image.user, /^[1-9]\d*:[1-9]\d*$/);
  assert.deepEqual(image.entrypoint, ['node', 'dist/main.js']);
  assert.equal(
    instructions.findLastIndex(({ name }) => name === 'RUN' || name === 'COPY') <
      instructions.findIndex(({ name }) => name === 'USER'),
    true,
  );
});

test('the last stage holds what the package holds, and no more', () => {
  assert.deepEqual(readdirSync(image.app).sort(), ['LICENSE', 'dist', 'package.json', 'schema.graphql']);
  assert.deepEqual(readdirSync(join(image.app, 'dist')).sort(), [
    'THIRD_PARTY_LICENCES.txt',
    'altair-static',
    'late',
    'main.js',
    'main.js.map',
  ]);
});

test('serves as that user with nothing to write to, is healthy, and leaves on SIGTERM with 0', async (t) => {
  const [port, adminPort] = await freePorts(2);
  const env = { ...image.env, PORT: String(port), ADMIN_PORT: String(adminPort), DRAIN_DELAY_MS: '2000' };
  const gateway = start(asInImage(image.entrypoint), { cwd: image.app, env });
  const health = () =>
    spawnSync(image.healthcheck[0], image.healthcheck.slice(1), { env: { PATH: process.env.PATH, ...env } }).status;
  const ready = () => statusOf(`http://127.0.0.1:${adminPort}/readyz`);
  await until('readyz', async () => (await ready()) === 200).catch((cause) =>
    assert.fail(`${cause.message}\n${gateway.output}`),
  );
  assert.equal(health(), 0);
  const sdl = JSON.parse((await ask(`http://127.0.0.1:${port}/graphql`, '{ _service { sdl } }')).text);
  assert.equal(sdl.data?._service.sdl, textOf('schema.graphql'), gateway.output);

  const status = readFileSync(`/proc/${gateway.pid}/status`, 'utf8');
  if (isRoot) {
    assert.match(status, new RegExp(`^Uid:\\t${uid}\\t${uid}\\t${uid}`, 'm'));
    assert.match(status, /^CapEff:\t0+$/m);
    const [touch, ...path] = asInImage(['touch', join(image.app, 'dist/x')]);
    assert.notEqual(spawnSync(touch, path).status, 0);
  }
  if (canRemount) assert.match(readFileSync(`/proc/${gateway.pid}/mounts`, 'utf8'), /^\S+ \/ \S+ ro,/m);

  const left = gateway.stop('SIGTERM');
  await until('not ready', async () => (await ready()) === 503);
  assert.equal(health(), 1);
  const { code, ms } = await left;
  assert.equal(code, 0, gateway.output);
  assert.equal(ms < 20_000, true);

  for (const step of image.notDone) t.diagnostic(`not done here: ${step}`);
  if (!isRoot) t.diagnostic('not done here: USER, for want of root');
  if (!canRemount) t.diagnostic('not done here: a read-only root; the files are only not the user’s');
});

test('the compiled gateway says what it is without an install script ever having run', () => {
  const { version } = JSON.parse(textOf('package.json'));
  const [program, ...rest] = asInImage([...image.entrypoint, '--version']);
  const printed = execFileSync(program, rest, { cwd: image.app, encoding: 'utf8' });
  assert.equal(printed.trim(), version);
});
