// An exhaustive switch over the client preset's types compiles, and does not with any one case missing.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import possibleTypes from 'firmware-gateway-client/possibleTypes.json';
import ts from 'typescript';
import { type Confirmed, wordsFor } from './exhaustive';
import { LOCKED } from './newerGateway';

const page = join(__dirname, 'exhaustive.ts');
const text = readFileSync(page, 'utf8');

const { config } = ts.readConfigFile(join(__dirname, 'tsconfig.json'), ts.sys.readFile);
const { options } = ts.parseJsonConfigFileContent(config, ts.sys, __dirname);
let before: ts.Program | undefined;

/** The compiler's complaints about exhaustive.ts, were its text this one. */
function complaintsAbout(changed: string): string[] {
  const host = ts.createCompilerHost(options);
  const { getSourceFile } = host;
  host.getSourceFile = (name, version, ...rest) =>
    name === page
      ? ts.createSourceFile(name, changed, version, true)
      : (before?.getSourceFile(name) ?? getSourceFile(name, version, ...rest));
  before = ts.createProgram([page], options, host, before);
  const diagnostics = before.getSemanticDiagnostics(before.getSourceFile(page));
  return diagnostics.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));
}

it('compiles with every case', () => {
  expect(complaintsAbout(text)).toEqual([]);
}, 60_000);

it.each(possibleTypes.ConfirmFirmwareUpgradeResult)(
  'does not compile without %s',
  (type) => {
    const label = `    case '${type}':\n`;
    // A case that has its line of its own goes with it; one that shares it leaves it to the others.
    const changed = text.replace(new RegExp(`${label}(      return '.*;\n)?`), '');
    expect(changed).not.toBe(text);
    const [complaint = ''] = complaintsAbout(changed);
    expect(complaint).toContain(`"${type}"`);
    expect(complaint).toContain("is not assignable to parameter of type 'never'");
  },
  60_000,
);

it('has an answer for a type that it was not compiled for', () => {
  expect(wordsFor(LOCKED as unknown as Confirmed)).toBe('This cannot be done.');
});
