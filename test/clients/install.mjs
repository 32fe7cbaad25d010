// Installs the client package here as a user would: built, packed, and from its tarball.

import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = fileURLToPath(new URL('.', import.meta.url));
const artefacts = join(here, 'artefacts');
const npm = (...args) =>
  execFileSync('npm', args, { cwd: here, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });

mkdirSync(artefacts, { recursive: true });
const packed = npm('pack', '--silent', '--pack-destination', artefacts, join(here, '../../clients'));
// What is installed already has the same name and number, and would be left alone.
rmSync(join(here, 'node_modules/firmware-gateway-client'), { recursive: true, force: true });
npm('install', '--silent', '--no-save', '--no-package-lock', join(artefacts, packed.trim().split('\n').at(-1)));

// The gateway beside it, for what an app's own tests start.
const gateway = join(here, 'node_modules/firmware-gateway');
rmSync(gateway, { recursive: true, force: true });
symlinkSync(join(here, '../..'), gateway);
