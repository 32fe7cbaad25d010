// Whether the registry knows of a fault in a package that ships. Fails if it does; says so and goes on where the registry is silent.
// npm is shown a project that depends on these packages and no others, because here all are development dependencies.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { shippedFrom } from './shipped.mjs';

const { name, version, packages } = shippedFrom();
const isTop = ({ path }) => path.lastIndexOf('node_modules/') === 0;
const dependencies = Object.fromEntries(packages.filter(isTop).map((its) => [its.name, its.version]));
const manifest = { name, version, dependencies };
const entries = packages.map(({ path, version: its, integrity }) => [path, { version: its, integrity }]);
const lock = { ...manifest, lockfileVersion: 3, packages: { '': manifest, ...Object.fromEntries(entries) } };

const folder = mkdtempSync(join(tmpdir(), 'advisories-'));
let answer;
try {
  writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest));
  writeFileSync(join(folder, 'package-lock.json'), JSON.stringify(lock));
  const args = ['audit', '--omit=dev', '--package-lock-only', '--json'];
  answer = spawnSync('npm', args, { cwd: folder, encoding: 'utf8' });
} finally {
  rmSync(folder, { recursive: true });
}

const report = parsed(answer.stdout);
if (report?.vulnerabilities === undefined) {
  const why = report?.message ?? (report?.error?.summary || answer.stderr.trim().split('\n')[0]);
  process.stdout.write(`Advisories were not checked, because the registry did not answer: ${why}\n`);
} else {
  const found = Object.values(report.vulnerabilities);
  for (const { name: its, severity, via } of found)
    process.stderr.write(`${its}: ${severity}: ${via.map(({ title, url }) => `${title} ${url}`).join('; ')}\n`);
  process.stdout.write(`${found.length} of the ${packages.length} packages that ship have advisories\n`);
  process.exitCode = found.length === 0 ? 0 : 1;
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
