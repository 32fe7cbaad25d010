// What a change of the client package's types breaks for a program that was written for the last release.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import manifest from 'firmware-gateway-client/package.json';
import ts from 'typescript';

const KEPT = join(__dirname, 'lastRelease');
/** As it is installed. */
const CURRENT = join(dirname(require.resolve('firmware-gateway-client/package.json')), 'dist/esm');

export const lastVersion = readFileSync(join(KEPT, 'version.txt'), 'utf8').trim();
export const { version } = manifest;

/** The modules that an app can import, by their doors. */
export const doors: readonly string[] = Object.values(manifest.exports).flatMap((door) =>
  typeof door === 'string' ? [] : [door.import.replace(/^\.\/dist\/esm\/|\.js$/g, '')],
);

/** True if users of the first version must expect to be broken by the second: a new major, and before 1.0.0 a new minor. */
export function announcesBreaking(before: string, after: string): boolean {
  const [[major = 0, minor = 0], [laterMajor = 0, laterMinor = 0]] = [before, after].map((text) =>
    text.split('.').map(Number),
  ) as [number[], number[]];
  return laterMajor > major || (laterMajor === major && major === 0 && laterMinor > minor);
}

const OPTIONS: ts.CompilerOptions = {
  module: ts.ModuleKind.Preserve,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  target: ts.ScriptTarget.ES2022,
  strict: true,
  exactOptionalPropertyTypes: true,
  skipLibCheck: true,
  noEmit: true,
  types: [],
};

/** What an app hands these is a client of today: one of the last release would lack what has been added to it since. */
const TAKES_CLIENT = /lastRelease\/(upgradeStates|react)\.d\.ts$/;

interface Exported {
  values: string[];
  types: string[];
}

function exportsOf(program: ts.Program, path: string): Exported {
  const checker = program.getTypeChecker();
  const source = program.getSourceFile(path);
  const symbol = source && checker.getSymbolAtLocation(source);
  const found = symbol ? checker.getExportsOfModule(symbol) : [];
  const flagsOf = (one: ts.Symbol) => (one.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(one) : one).flags;
  const named = (wanted: ts.SymbolFlags) => found.filter((one) => flagsOf(one) & wanted).map(({ name }) => name);
  return { values: named(ts.SymbolFlags.Value), types: named(ts.SymbolFlags.Type) };
}

/**
 * A sentence for each. Whatever was exported must still be, and a value must do for whoever uses it as the last release declared it:
 * so what is passed to a function may not ask for more, and what it returns may not have less.
 *
 * @param change what the text of a current file is taken to be, for a test of this test
 */
export function breakingChanges(change: (name: string, text: string) => string = (_name, text) => text): string[] {
  const [before, after] = [join(KEPT, 'x'), join(CURRENT, 'x')].map(dirname) as [string, string];
  const kept = doors.filter((door) => existsSync(join(before, `${door}.d.ts`)));
  const gone = readdirSync(before)
    .filter((name) => name.endsWith('.d.ts') && !existsSync(join(after, name)))
    .map((name) => `${name} is not there any more`);
  const program = join(KEPT, 'program.ts');
  const host = ts.createCompilerHost(OPTIONS);
  const { readFile, fileExists, directoryExists } = host;
  let text = '';
  const inKept = (name: string) => name.startsWith(`${KEPT}/generated`);
  const current = (name: string) => (inKept(name) ? name.replace(KEPT, CURRENT) : name);
  host.fileExists = (name) => name === program || fileExists(current(name));
  host.directoryExists = (name) => directoryExists?.(current(name)) ?? true;
  host.readFile = (name) => {
    if (name === program) return text;
    if (TAKES_CLIENT.test(name)) return readFile(name)?.replace("'./client.js'", `'${join(CURRENT, 'client.js')}'`);
    const found = readFile(current(name));
    return found !== undefined && current(name).startsWith(CURRENT) ? change(name, found) : found;
  };
  host.getSourceFile = (name, version) => {
    const found = host.readFile(name);
    return found === undefined ? undefined : ts.createSourceFile(name, found, version, true);
  };
  const paths = kept.flatMap((door) => [join(before, `${door}.d.ts`), join(after, `${door}.d.ts`)]);
  const both = ts.createProgram(paths, OPTIONS, host);
  const missing: string[] = [];
  text = kept
    .map((door, i) => {
      const [old, now] = [before, after].map((folder) => exportsOf(both, join(folder, `${door}.d.ts`))) as [
        Exported,
        Exported,
      ];
      for (const kind of ['values', 'types'] as const)
        for (const name of old[kind]) if (!now[kind].includes(name)) missing.push(`${door} has no ${name} any more`);
      const shared = old.values.filter((name) => now.values.includes(name));
      const lines = shared.map((name) => `export const ${name}_${i}: typeof Old${i}.${name} = Now${i}.${name};`);
      return `import * as Old${i} from './${door}';\nimport * as Now${i} from '${join(after, door)}';\n${lines.join('\n')}`;
    })
    .join('\n');
  const compiled = ts.createProgram([program], OPTIONS, host);
  const faults = compiled
    .getSemanticDiagnostics(compiled.getSourceFile(program))
    .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));
  return [...gone, ...missing, ...faults];
}
