// The image, built for real by buildah, which needs no daemon: over a base made by debootstrap, because an image registry may not be
// reachable. The base is kept from run to run in the folder for temporary files.

import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { DOCKERFILE, ROOT } from './build.mjs';

const SUITE = 'bookworm';
const BASE_TAR = join(tmpdir(), `firmware-gateway-base-${SUITE}.tar`);
const MIRROR = 'http://deb.debian.org/debian';

const run = (program, ...args) =>
  execFileSync(program, args, { cwd: ROOT, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'], maxBuffer: 1e8 });

/** Debian's smallest, as a tar file. */
function baseTar(folder) {
  if (existsSync(BASE_TAR)) return BASE_TAR;
  const root = join(folder, 'debian');
  run('debootstrap', '--variant=minbase', SUITE, root, MIRROR);
  const tar = `${BASE_TAR}.${process.pid}`;
  run('tar', '-C', root, '--exclude=./var/cache/apt/*', '--exclude=./var/lib/apt/lists/*', '-cf', tar, '.');
  rmSync(root, { recursive: true });
  renameSync(tar, BASE_TAR);
  return BASE_TAR;
}

/** What an image of Node.js has: this machine's node and npm. */
function nodeFolder(folder) {
  const local = join(folder, 'node/usr/local');
  for (const name of ['bin', 'lib/node_modules']) mkdirSync(join(local, name), { recursive: true });
  cpSync(process.execPath, join(local, 'bin/node'));
  const npm = dirname(dirname(run('sh', '-c', 'readlink -f "$(command -v npm)"').trim()));
  cpSync(npm, join(local, 'lib/node_modules/npm'), { recursive: true });
  symlinkSync('../lib/node_modules/npm/bin/npm-cli.js', join(local, 'bin/npm'));
  return join(folder, 'node');
}

/** @returns the mounted root of a container, the image's configuration, and its bytes in all and beyond the base */
export function builtImage() {
  const folder = mkdtempSync(join(process.env.BUILT, 'buildah-'));
  const store = ['--storage-driver', 'vfs', '--root', join(folder, 'storage'), '--runroot', join(folder, 'run')];
  const buildah = (...args) => run('buildah', ...store, ...args).trim();
  const build = (...args) => buildah('build', '--isolation', 'chroot', '--format', 'docker', '--quiet', ...args);
  const context = nodeFolder(folder);
  cpSync(baseTar(folder), join(context, 'base.tar'));
  // A machine behind a proxy that reads TLS has certificates of its own, and so has what stands for an image of Node.js here.
  const { NODE_EXTRA_CA_CERTS: certificates } = process.env;
  if (certificates) cpSync(certificates, join(context, 'usr/local/certificates.pem'), { dereference: true });
  const trusted = certificates ? ' NODE_EXTRA_CA_CERTS=/usr/local/certificates.pem' : '';
  const lines = ['FROM scratch', 'ADD base.tar /', 'COPY usr /usr', `ENV PATH=/usr/local/bin:/usr/bin:/bin${trusted}`];
  writeFileSync(join(context, 'Dockerfile'), lines.join('\n'));
  build('-t', 'base', context);
  build(
    '-t',
    'gateway',
    '--build-arg',
    'BASE=localhost/base',
    '-f',
    DOCKERFILE,
    '--ignorefile',
    `${DOCKERFILE}.dockerignore`,
    ROOT,
  );
  const { config } = JSON.parse(buildah('inspect', '--type', 'image', 'gateway')).Docker;
  const root = buildah('mount', buildah('from', '--pull-never', 'gateway'));
  const bytesOf = (path) => Number(run('du', '-sb', path).split('\t')[0]);
  return {
    root,
    config,
    bytes: bytesOf(root),
    ownBytes: bytesOf(join(root, config.WorkingDir)),
    remove() {
      buildah('umount', '--all');
      rmSync(folder, { recursive: true });
    },
  };
}
