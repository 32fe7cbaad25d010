// Compiles the client package into dist/: as ES modules by the compiler, and each of them again as a CommonJS module, with the same types.

import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const folder = fileURLToPath(new URL('.', import.meta.url));
const [esm, cjs] = ['dist/esm', 'dist/cjs'].map((path) => join(folder, path));

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
