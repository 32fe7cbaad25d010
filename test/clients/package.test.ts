// The package as a user installs it: in an empty folder, from its tarball, by both kinds of modules, and small.

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import manifest from 'firmware-gateway-client/package.json';

const CORE_BYTES = 10_000;
/** What can be imported where nothing else is installed. */
const ALONE = ['.', './documents', './texts', './wechat', './testing'].filter((door) => door in manifest.exports);

const artefacts = join(__dirname, 'artefacts');
const tarball = join(artefacts, `firmware-gateway-client-${manifest.version}.tgz`);

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'app-'));
  writeFileSync(join(folder, 'package.json'), '{ "name": "app", "private": true }');
  const args = ['install', '--silent', '--no-audit', '--no-fund', tarball];
  execFileSync('npm', args, { cwd: folder, stdio: 'inherit' });
}, 60_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const run = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text);
  return execFileSync(process.execPath, [name], { cwd: folder, encoding: 'utf8' }).trim();
};

it('brings no other package', () => {
  expect(readdirSync(join(folder, 'node_modules')).filter((name) => !name.startsWith('.'))).toEqual([manifest.name]);
});

it.each(ALONE)('%s is imported and required, and is the same', (door) => {
  const name = manifest.name + door.slice(1);
  const imported = run('app.mjs', `import * as it from '${name}'; console.log(Object.keys(it).sort().join())`);
  const required = run('app.cjs', `console.log(Object.keys(require('${name}')).sort().join())`);
  expect(imported).not.toBe('');
  expect(required).toBe(imported);
});

it('holds every file that its doors lead to, and the types of each', () => {
  const root = join(folder, 'node_modules', manifest.name);
  for (const door of Object.values(manifest.exports))
    for (const path of typeof door === 'string' ? [door] : Object.values(door)) {
      expect(readFileSync(join(root, path), 'utf8')).not.toBe('');
      if (path.endsWith('.js')) expect(readFileSync(join(root, path.replace(/js$/, 'd.ts')), 'utf8')).not.toBe('');
    }
});

it('has a core of at most 10 kB, gzipped', () => {
  const root = join(folder, 'node_modules', manifest.name, 'dist/esm');
  const texts = new Map<string, string>();
  const read = (path: string): void => {
    if (texts.has(path)) return;
    const text = readFileSync(path, 'utf8');
    texts.set(path, text);
    for (const [, from = ''] of text.matchAll(/from '(\.[^']+)'/g)) read(join(dirname(path), from));
  };
  read(join(root, 'index.js'));
  expect(texts.size).toBeGreaterThan(8);
  expect([...texts.values()].join('')).not.toMatch(/from '[^.]/);
  expect(gzipSync([...texts.values()].join('')).length).toBeLessThanOrEqual(CORE_BYTES);
});
