// Makes of the compiled files what ships: dist/main.js with every package in it, dist/late/ with those that a start does not need,
// Altair's files, the demo's page, and the licences. Run by `npm run build`, after the compiler.

import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire, isBuiltin } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { licencesOf } from './licences.mjs';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const DIST = join(ROOT, 'dist');
const require = createRequire(join(ROOT, 'package.json'));

/** Files of their own, for reading all of it at each start would cost: file → packages that the code loads late. */
const LATE = {
  metrics: ['prom-client'],
  'open-telemetry': ['@opentelemetry/api'],
  redis: ['ioredis'],
  tracing: [
    '@opentelemetry/core',
    '@opentelemetry/otlp-exporter-base',
    '@opentelemetry/otlp-exporter-base/node-http',
    '@opentelemetry/otlp-transformer',
    '@opentelemetry/resources',
    '@opentelemetry/sdk-metrics',
    '@opentelemetry/sdk-trace-base',
  ],
};
const lateFileOf = new Map(Object.entries(LATE).flatMap(([file, names]) => names.map((name) => [name, file])));

/** Files of ours that the code reads, where their compiled neighbours are. */
const READ = ['demo/page.html'];

/** Packages of which the code reads files: name → the folder, beside its main file, that is copied. */
const COPIED = { 'altair-static': 'dist' };
/** Runs scripts that a user writes, and is never served. */
const isServed = (path) => !path.includes('iframe-sandbox');

/** What packages load if it is there: it is not. */
const ABSENT = ['class-validator', 'bufferutil', 'utf-8-validate'];

/** A map of the first character alone: line numbers of packages would make that of main.js ten times as large. */
const NO_LINES = btoa('{"version":3,"sources":["package"],"mappings":"AAAA"}');
const NO_MAP = `\n//# sourceMappingURL=data:application/json;base64,${NO_LINES}`;

/** esbuild leaves regular expressions as they are. @throws Error where a backslash would be taken for that of what is put in */
function inAscii(text, path) {
  if (/\\[^\0-\x7f]/.test(text)) throw new Error(`expected no backslash before a character that is not ASCII: ${path}`);
  return text.replace(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** V8 keeps the text of a program, and twice as many bytes of it for one character that needs two. @throws Error naming that */
function checkedForAscii(path) {
  const [strange] = /[^\0-\x7f].{0,40}/.exec(readFileSync(path, 'utf8')) ?? [];
  if (strange !== undefined) throw new Error(`expected ${path} to be ASCII, but there is: ${strange}`);
}

/** @param file the file of LATE that is built; undefined for main.js */
const resolved = (file) => ({
  name: 'resolved',
  setup({ onResolve, onLoad }) {
    const late = /^[@a-z]/;
    onResolve({ filter: late }, ({ path, pluginData }) => {
      const its = lateFileOf.get(path);
      return its === undefined || its === file || pluginData === 'late' ? undefined : { path, namespace: 'late' };
    });
    // One object a file, with the exports of each of its packages.
    onLoad({ filter: /.*/, namespace: 'late' }, ({ path }) => {
      const from = file === undefined ? './late/' : './';
      return { contents: `module.exports = require('${from}${lateFileOf.get(path)}.js')['${path}']` };
    });
    onResolve({ filter: /^\.\/(late\/)?[\w-]+\.js$/, namespace: 'late' }, ({ path }) => ({ path, external: true }));
    // The first file is the source, because its compiled one is what is written; all others are the compiled ones.
    onResolve({ filter: /^\.\// }, ({ path, importer }) =>
      importer === join(ROOT, 'src/main.ts') ? { path: require.resolve(join(DIST, path)) } : undefined,
    );
    onLoad({ filter: /\.[cm]?js$/, namespace: 'file' }, ({ path }) => {
      const text = readFileSync(path, 'utf8');
      return { contents: path.startsWith(DIST) ? placed(text, path) : inAscii(text, path) + NO_MAP };
    });
  },
});

/** A compiled file asks where it is, and where a package is: in the bundle, both are beside main.js. */
function placed(text, path) {
  const folder = relative(DIST, dirname(path));
  return text
    .replaceAll('__dirname', folder === '' ? '__dirname' : `(__dirname + '/${folder}')`)
    .replace(/require\.resolve\('([^']+)'\)/g, (_, name) => {
      if (!(name in COPIED)) throw new Error(`expected ${name}, which ${path} looks for, to be among COPIED`);
      return `(__dirname + '/${name}/index.js')`;
    });
}

const written = (file, entry) =>
  build({
    ...entry,
    outfile: join(DIST, file === undefined ? 'main.js' : `late/${file}.js`),
    bundle: true,
    platform: 'node',
    target: 'node20',
    absWorkingDir: ROOT,
    external: ABSENT,
    plugins: [resolved(file)],
    // Names are not minified: types of the schema are named as their classes, and a stack can be read. `keepNames` would have each
    // request pay for the name of each closure that it makes.
    minifyWhitespace: true,
    minifySyntax: true,
    lineLimit: 120,
    legalComments: 'none',
    sourcemap: file === undefined,
    sourcesContent: false,
    metafile: true,
    logLevel: 'warning',
  });

const lateEntry = (names) => ({
  stdin: {
    contents: `module.exports = {${names.map((name) => `get '${name}'() { return require('${name}'); }`)}}`,
    resolveDir: ROOT,
  },
});

/** The package folder of an input, as package-lock.json names it; undefined for our own files. */
const packageOf = (path) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0];

/** Newer versions of Node have modules that this one does not know, all with the prefix; `<runtime>` is esbuild's own. */
const isNode = (path) => path.startsWith('node:') || isBuiltin(path) || path === '<runtime>';

/** @throws Error if something would be missing where only the package is, or be there twice */
function checked(metafiles) {
  const files = metafiles.map(({ inputs }) => [...new Set(Object.keys(inputs).map(packageOf).filter(Boolean))]);
  const all = files.flat();
  const twice = all.filter((path, i) => all.indexOf(path) !== i);
  if (twice.length > 0) throw new Error(`expected each package in one file, but these are in two: ${twice.join(', ')}`);
  const imports = metafiles.flatMap(({ inputs }) => Object.values(inputs).flatMap((input) => input.imports));
  const missing = imports
    .filter(({ path, external }) => external && !isNode(path) && !ABSENT.includes(path) && !path.startsWith('./'))
    .map(({ path }) => path);
  if (missing.length > 0) throw new Error(`expected to be in the bundle: ${[...new Set(missing)].join(', ')}`);
  return [...all, ...Object.keys(COPIED).map((name) => `node_modules/${name}`)].sort();
}

rmSync(join(DIST, 'late'), { recursive: true, force: true });
const results = await Promise.all([
  written(undefined, { entryPoints: [join(ROOT, 'src/main.ts')] }),
  ...Object.entries(LATE).map(([file, names]) => written(file, lateEntry(names))),
]);
checkedForAscii(join(DIST, 'main.js'));
const shipped = checked(results.map(({ metafile }) => metafile));
for (const path of READ) cpSync(join(ROOT, 'src', path), join(DIST, path));
for (const [name, folder] of Object.entries(COPIED)) {
  const target = join(DIST, name, folder);
  rmSync(target, { recursive: true, force: true });
  mkdirSync(target, { recursive: true });
  cpSync(join(dirname(require.resolve(name)), folder), target, { recursive: true, filter: isServed });
}
writeFileSync(join(DIST, 'shipped.json'), `${JSON.stringify(shipped, null, 2)}\n`);
writeFileSync(join(DIST, 'THIRD_PARTY_LICENCES.txt'), licencesOf(ROOT, shipped));
