// The package as its user has it: installed from the tarball where no other package is, then run.

import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire, SourceMap } from 'node:module';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { ask } from './ask.mjs';
import { freePorts, fromRoot, image, start, textOf, until } from './machine.mjs';

const { satisfies } = createRequire(fromRoot('package.json'))('semver');
const { devDependencies } = JSON.parse(textOf('package.json'));
let installed;
let folder;

before(() => {
  folder = mkdtempSync(join(process.env.BUILT, 'user-'));
  const built = join(image.stages.build.dir, 'app');
  const tarball = readdirSync(built).find((name) => name.endsWith('.tgz'));
  writeFileSync(join(folder, 'package.json'), '{}');
  installed = spawnSync('npm', ['install', join(built, tarball)], { cwd: folder, encoding: 'utf8' });
});

const inPackage = (path) => join(folder, 'node_modules/firmware-gateway', path);

test('installs as one package, and without a warning', (t) => {
  assert.equal(installed.status, 0, installed.stderr);
  // What this machine's own settings are warned about is no word about the package.
  const warnings = installed.stderr.split('\n').filter((line) => / warn (?!Unknown \w+ config)/i.test(line));
  assert.deepEqual(warnings, []);
  assert.deepEqual(
    readdirSync(join(folder, 'node_modules')).filter((name) => !name.startsWith('.')),
    ['firmware-gateway'],
  );
  const [kilobytes] = execFileSync('du', ['-sk', join(folder, 'node_modules')], { encoding: 'utf8' }).split('\t');
  t.diagnostic(`${(kilobytes / 1024).toFixed(1)} MB in node_modules`);
});

test('npx runs each command of it', async () => {
  const npx = (...args) => spawnSync('npx', ['firmware-gateway', ...args], { cwd: folder, encoding: 'utf8' });
  assert.equal(npx('--version').stdout.trim(), JSON.parse(textOf('package.json')).version);
  assert.deepEqual([npx('wat').status, npx('simulator', '--wat').status], [2, 2]);
  const program = join(folder, 'node_modules/.bin/firmware-gateway');
  const simulator = start([program, 'simulator', '--port', '0'], { cwd: folder });
  await until('the simulator', () => simulator.output.includes('TOKENAPI_URL='));
  const demo = start([program, 'demo'], { cwd: folder, env: { PORT: '0', ADMIN_PORT: '0' } });
  await until('the demo', () => demo.output.includes('Ctrl-C'));
  assert.match(demo.output, /npx firmware-gateway demo:upgrade --device lamp-fails/);
  const [url] = /http:\S+\/graphql/.exec(demo.output);
  const page = await fetch(new URL('/', url), { headers: { accept: 'text/html' } });
  assert.match(await page.text(), /demo-token-visit/);
  const upgrade = start([program, 'demo:upgrade', '--url', url, '--device', 'lamp-up-to-date'], { cwd: folder });
  assert.equal((await upgrade.ended).code, 0, upgrade.output);
  for (const running of [demo, simulator]) assert.equal((await running.stop('SIGTERM')).code, 0, running.output);
});

test('npm ci in the repository warns of no version of Node.js that the package takes', () => {
  const { packages } = JSON.parse(textOf('package-lock.json'));
  const versions = [packages[''].engines.node.replace('>=', ''), '20.20.0', '22.22.0', '24.12.0'];
  const unfit = Object.entries(packages).filter(
    ([, { engines }]) => !versions.every((it) => satisfies(it, engines?.node ?? '*')),
  );
  assert.deepEqual(
    unfit.map(([path, { engines }]) => `${path} wants ${engines.node}`),
    [],
  );
  // npm runs no script of a package that is not decided upon, and warns about it.
  const { allowScripts } = JSON.parse(textOf('package.json'));
  const undecided = Object.entries(packages)
    .filter(([, { hasInstallScript, optional }]) => hasInstallScript && !optional)
    .map(([path]) => path.replace(/^.*node_modules\//, ''))
    .filter((name) => !(name in allowScripts));
  assert.deepEqual(undecided, []);
});

test('every part that is loaded late is there: explorer, metrics, traces', async () => {
  const spans = [];
  const collector = createServer((request, response) => {
    spans.push(request.url);
    request.resume().on('end', () => response.end('{}'));
  }).listen(0, '127.0.0.1');
  await once(collector, 'listening');
  const [port, adminPort] = await freePorts(2);
  const gateway = start(['node', inPackage('dist/main.js')], {
    cwd: folder,
    env: {
      PORT: String(port),
      ADMIN_PORT: String(adminPort),
      EXPLORER: 'sandbox',
      DRAIN_DELAY_MS: '0',
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${collector.address().port}`,
    },
  });
  const origin = `http://127.0.0.1:${port}`;
  await until('an answer', async () => (await ask(`${origin}/graphql`, '{ __typename }')).status === 200);
  const page = await (await fetch(`${origin}/explorer`)).text();
  const [, base] = /<base href="([^"]+)">/.exec(page);
  const [, script] = /<script type="module" src="(main[^"]*\.js)"/.exec(page);
  const { status, headers } = await fetch(`${origin}/${base}${script}`);
  assert.deepEqual([status, headers.get('content-type')], [200, 'text/javascript; charset=utf-8']);
  assert.match(await (await fetch(`http://127.0.0.1:${adminPort}/metrics`)).text(), /^process_cpu_seconds_total /m);
  assert.equal((await gateway.stop('SIGTERM')).code, 0, gateway.output);
  assert.equal(spans.includes('/v1/traces'), true);
  collector.close();
});

test('a line of the bundle leads to its line in src/', () => {
  const map = new SourceMap(JSON.parse(readFileSync(inPackage('dist/main.js.map'), 'utf8')));
  const lines = readFileSync(inPackage('dist/main.js'), 'utf8').split('\n');
  // esbuild may append a digit to a name.
  const pattern = /function startGateway\d*\(/;
  const line = lines.findIndex((text) => pattern.test(text));
  const column = pattern.exec(lines[line]).index + 'function '.length;
  const { originalSource, originalLine } = map.findEntry(line, column);
  assert.match(originalSource, /src\/server\.ts$/);
  assert.match(textOf('src/server.ts').split('\n')[originalLine], /function startGateway\(/);
});

test('the licence of every package that ships goes along', () => {
  const text = readFileSync(inPackage('dist/THIRD_PARTY_LICENCES.txt'), 'utf8');
  const { packages } = JSON.parse(textOf('package-lock.json'));
  for (const path of JSON.parse(readFileSync(join(image.stages.build.dir, 'app/dist/shipped.json'), 'utf8')))
    assert.equal(text.includes(`\n${path.replace(/^.*node_modules\//, '')} ${packages[path].version}\n`), true, path);
  for (const name of ['graphql', 'altair-static', 'undici'])
    assert.match(text, new RegExp(`\n${name} ${devDependencies[name]}\n`));
});

test('a licence that nobody has allowed ends the build', () => {
  const script = `import { licencesOf } from '${fromRoot('deploy/package/licences.mjs')}';
    licencesOf('${fromRoot('.')}', ['test/deploy/node_modules/yaml', process.argv[1]]);`;
  const run = (path) => spawnSync('node', ['--input-type=module', '-e', script, path], { encoding: 'utf8' });
  assert.equal(run('test/deploy/node_modules/yaml').status, 0);
  const refused = run('test/deploy');
  assert.notEqual(refused.status, 0);
  assert.match(refused.stderr, /firmware-gateway-deploy undefined: none/);
});

for (const [what, known, code] of [
  ['nothing', {}, 0],
  ['a fault of a package that ships', { graphql: [advisory('<17')] }, 1],
  ['a fault of another version', { graphql: [advisory('<1')] }, 0],
])
  test(`CI ends with ${code} where the registry knows ${what}`, async () => {
    const registry = createServer((request, response) => {
      response.statusCode = request.url.endsWith('/advisories/bulk') ? 200 : 404;
      request.resume().on('end', () => response.end(JSON.stringify(known)));
    }).listen(0, '127.0.0.1');
    await once(registry, 'listening');
    const asked = advisories(`http://127.0.0.1:${registry.address().port}`);
    assert.equal((await asked.ended).code, code, asked.output);
    assert.match(asked.output, new RegExp(`^${code} of the \\d+ packages that ship have advisories$`, 'm'));
    registry.close();
  });

test('CI says so and goes on where no registry answers', async () => {
  const asked = advisories('http://127.0.0.1:9');
  assert.equal((await asked.ended).code, 0);
  assert.match(asked.output, /^Advisories were not checked, because the registry did not answer: .*ECONNREFUSED/);
});

const advisories = (registry) =>
  start(['node', join(image.stages.build.dir, 'app/deploy/package/advisories.mjs')], {
    env: { npm_config_registry: registry, npm_config_fetch_retries: '0', npm_config_cache: join(folder, 'cache') },
  });

function advisory(vulnerable_versions) {
  const url = 'https://example.com/advisory';
  return { id: 1, url, title: 'a fault', severity: 'high', vulnerable_versions, cwe: [], cvss: { score: 0 } };
}
