// Compiles the client package into dist/: as ES modules by the compiler, and each of them again as a CommonJS module, with the same types.
// What a mini program may require stands once more by itself, since the developer tools copy the folder that package.json names, whole.

import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const folder = fileURLToPath(new URL('.', import.meta.url));
const [esm, cjs, mini] = ['dist/esm', 'dist/cjs', 'dist/miniprogram'].map((path) => join(folder, path));

/** They read no `exports`: the name of a file is what an app requires. */
const IN_MINI_PROGRAMS = ['index.js', 'wechat.js', 'texts.js'];

const compiler = fileURLToPath(import.meta.resolve('typescript/bin/tsc'));
const { status } = spawnSync(process.execPath, [compiler, '-p', folder], { stdio: 'inherit' });
if (status !== 0) process.exit(status ?? 1);

/** The comments stand in the types: no app has to carry them. */
const as = (module) => ({ module, target: ts.ScriptTarget.ES2018, esModuleInterop: true, removeComments: true });
const written = (text, module) => ts.transpileModule(text, { compilerOptions: as(module) }).outputText;

for (const name of readdirSync(esm, { recursive: true })) {
  if (!/\.(js|d\.ts)$/.test(name)) continue;
  const text = readFileSync(join(esm, name), 'utf8');
  const isCode = name.endsWith('.js');
  mkdirSync(dirname(join(cjs, name)), { recursive: true });
  writeFileSync(join(cjs, name), isCode ? written(text, ts.ModuleKind.CommonJS) : text);
  if (isCode) writeFileSync(join(esm, name), written(text, ts.ModuleKind.ESNext));
}
writeFileSync(join(cjs, 'package.json'), '{ "type": "commonjs" }\n');

/** A module and what it requires, as CommonJS. */
function copyForMiniPrograms(path, copied) {
  if (copied.has(path)) return;
  copied.add(path);
  cpSync(join(cjs, path), join(mini, path));
  const required = readFileSync(join(cjs, path), 'utf8').matchAll(/\brequire\("(\.[^"]+)"\)/g);
  for (const [, from] of required) copyForMiniPrograms(join(dirname(path), from), copied);
}

const copied = new Set();
for (const path of IN_MINI_PROGRAMS) copyForMiniPrograms(path, copied);
