// A release: what the package holds, that it runs from nothing but itself, what it is made of, and its number.

import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { ROOT } from './build.mjs';
import { freePorts, fromRoot, image, needs, textOf } from './machine.mjs';
import { changeOf, compared, nextVersion } from './versions.mjs';

const { version } = JSON.parse(textOf('package.json'));

/** What must be in it, and what may. */
const NEEDED = ['LICENSE', 'README.md', 'README.zh-CN.md', 'dist/main.js', 'package.json', 'schema.graphql'];
const ALLOWED = [
  /^(CHANGELOG|CONTRIBUTING|README|README\.zh-CN|SECURITY)\.md$/,
  /^(LICENSE|package\.json|schema\.graphql)$/,
  /^docs\/[\w-]+(\.zh-CN)?\.md$/,
  /^dist\/demo\/page\.html$/,
  /^dist\/(main\.js|main\.js\.map|THIRD_PARTY_LICENCES\.txt)$/,
  /^dist\/late\/[\w-]+\.js$/,
  // An explorer as its makers pack it, texts and pictures included.
  /^dist\/altair-static\/dist\/((assets(\/i18n|\/img)?|media)\/)?[\w.-]+$/,
  /^deploy\/helm\/firmware-gateway\/(templates\/)?[\w.-]+$/,
  /^deploy\/(apollo-gateway|apollo-router|cosmo-router|grafana|haproxy|hive-gateway|kubernetes|prometheus|redis|systemd)\/[\w.-]+$/,
];

/** What the README leads to, without the places within a page. */
const linked = [...textOf('README.md').matchAll(/\]\((?!https?:)([^)#\s]+)/g)].map(([, path]) => path);

let folder;
const npm = (...args) =>
  execFileSync('npm', args, { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });

/** The tree as it is, with the compiler's whole output: everything that could get into the package by mistake. */
before(() => {
  folder = mkdtempSync(join(process.env.BUILT, 'release-'));
  const isLeftOut = (path) => /(^|\/)(node_modules|\.git|dist|artefacts|coverage)(\/|$)/.test(path.slice(ROOT.length));
  cpSync(ROOT, folder, { recursive: true, filter: (path) => !isLeftOut(path) });
  cpSync(join(image.stages.build.dir, 'app/dist'), join(folder, 'dist'), { recursive: true });
});

test('npm pack holds what runs, and nothing else', (t) => {
  const [{ files, size }] = JSON.parse(npm('pack', '--dry-run', '--json', '--ignore-scripts'));
  const paths = files.map(({ path }) => path);
  t.diagnostic(`${paths.length} files, ${Math.round(size / 1024)} kB packed`);
  assert.deepEqual(
    [...NEEDED, ...linked].filter((path) => !paths.includes(path)),
    [],
  );
  assert.deepEqual(
    paths.filter((path) => !ALLOWED.some((pattern) => pattern.test(path))),
    [],
  );
});

test('the tarball alone gives the command', () => {
  npm('pack', '--ignore-scripts', '--silent');
  const tarball = join(folder, `firmware-gateway-${version}.tgz`);
  const elsewhere = mkdtempSync(join(process.env.BUILT, 'elsewhere-'));
  const run = (...args) =>
    execFileSync('npx', ['--yes', '--ignore-scripts', '--package', tarball, 'firmware-gateway', ...args], {
      cwd: elsewhere,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
  assert.equal(run('--version').trim(), version);
});

/** The first block of a page in this language. */
const blockOf = (page, language) => textOf(page).split(`\`\`\`${language}\n`)[1].split('\n```')[0];

test(
  'two replicas run from the tarball as docs/operating.md says',
  needs('haproxy', 'redis-server', 'curl'),
  async () => {
    const elsewhere = mkdtempSync(join(process.env.BUILT, 'elsewhere-'));
    npm('pack', '--ignore-scripts', '--silent', '--pack-destination', elsewhere);
    const [redis, proxy, one, oneAdmin, two, twoAdmin] = await freePorts(6);
    // The same lines on ports that are free here.
    const block = blockOf('docs/operating.md', 'sh')
      .replace('redis.conf &', `redis.conf --port ${redis} >/dev/null &`)
      .replace(':6379', `:${redis}`)
      .replace('PORT=4000 ADMIN_PORT=4001', `PORT=${one} ADMIN_PORT=${oneAdmin}`)
      .replace('PORT=4010 ADMIN_PORT=4011', `PORT=${two} ADMIN_PORT=${twoAdmin}`)
      .replace(':8080', `:${proxy}`);
    const { output } = await ranInGroup(block, elsewhere, {
      BIND: `127.0.0.1:${proxy}`,
      GATEWAY_ONE: `127.0.0.1:${one}`,
      GATEWAY_ONE_ADMIN_PORT: String(oneAdmin),
      GATEWAY_TWO: `127.0.0.1:${two}`,
      GATEWAY_TWO_ADMIN_PORT: String(twoAdmin),
    });
    assert.equal(output.split('\n').includes(blockOf('docs/operating.md', 'json')), true, output);
    assert.equal(output.includes(`in front of https://`), true, output);
  },
);

/** Runs a script to its end, then ends what it left in the background. */
async function ranInGroup(script, cwd, env) {
  const child = spawn('sh', ['-c', script], {
    cwd,
    env: { PATH: process.env.PATH, HOME: process.env.HOME, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text) => {
      output += text;
    });
  await once(child, 'exit');
  process.kill(-child.pid, 'SIGKILL');
  await once(child, 'close');
  return { output };
}

test('npm run sbom lists every package that the code loads, and none that only builds', (t) => {
  const { bomFormat, components } = JSON.parse(npm('run', '--silent', 'sbom'));
  const listed = new Set(components.map(({ name }) => name));
  const loaded = readdirSync(fromRoot('src'), { recursive: true })
    .filter((path) => path.endsWith('.ts') && !path.startsWith('generate/'))
    .flatMap((path) => [
      ...textOf(`src/${path}`).matchAll(/^(?!import type)(?:.* from|.*require\()\s*'([@a-z][^:']*)'/gm),
    ])
    .map(([, specifier]) => specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/'));
  t.diagnostic(`${components.length} packages`);
  assert.equal(bomFormat, 'CycloneDX');
  assert.equal(new Set(loaded).size > 15, true);
  assert.deepEqual(
    loaded.filter((name) => !listed.has(name)),
    [],
  );
  assert.deepEqual(
    ['esbuild', 'jest', 'typescript', '@apollo/composition'].filter((name) => listed.has(name)),
    [],
  );
});

test('the changelog begins with this version, and goes back from there', () => {
  const released = [...textOf('CHANGELOG.md').matchAll(/^## \[(\d+\.\d+\.\d+)\] - (\d{4}-\d\d-\d\d)$/gm)].map(
    ([, number]) => number,
  );
  assert.equal(released[0], version);
  assert.deepEqual(released, [...released].sort(compared).reverse());
});

test('a change of the schema decides the number', () => {
  const types = (fields, description = '') => `type Query { ${description} ${fields} }`;
  assert.equal(changeOf(types('a: Int b: Int'), types('a: Int')), 'major');
  assert.equal(changeOf(types('a: Int'), types('a: Int b: Int')), 'minor');
  assert.equal(changeOf(types('a: Int'), types('a: Int', '"what it is"')), 'patch');
  assert.deepEqual(
    ['major', 'minor', 'patch'].map((change) => nextVersion('1.2.3', change)),
    ['2.0.0', '1.3.0', '1.2.4'],
  );
  assert.deepEqual(
    ['major', 'minor', 'patch'].map((change) => nextVersion('0.1.0', change)),
    ['0.2.0', '0.1.1', '0.1.1'],
  );
});

test('the number is what the schema has done since the last tag', (t) => {
  const git = (...args) =>
    execFileSync('git', args, { cwd: fromRoot('.'), encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  let tag;
  try {
    tag = git('describe', '--tags', '--abbrev=0', '--match', 'v*').trim();
  } catch {
    // A shallow clone has no tags, and before the first release there is nothing to compare with.
    return t.skip('no release is tagged');
  }
  const change = changeOf(git('show', `${tag}:schema.graphql`), textOf('schema.graphql'));
  const released = tag.slice(1);
  if (change === 'patch' && released === version) return;
  assert.equal(
    compared(version, nextVersion(released, change)) >= 0,
    true,
    `${version} after ${tag} and a ${change} change`,
  );
});
