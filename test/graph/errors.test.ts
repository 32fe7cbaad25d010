// The table of errors is total by the compiler's word.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

const root = join(__dirname, '..', '..');
const page = join(root, 'src', 'graph', 'errors.ts');
const codesPage = join(root, 'src', 'tokenapi', 'codes.ts');

/** The compiler's complaints about errors.ts and codes.ts, if the text of one of them were changed so. */
function complaintsIf(file: string, change: (text: string) => string): string {
  const { config } = ts.readConfigFile(join(root, 'tsconfig.json'), ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root);
  const host = ts.createCompilerHost(options);
  const { getSourceFile } = host;
  host.getSourceFile = (name, version, ...rest) =>
    name === file
      ? ts.createSourceFile(name, change(readFileSync(name, 'utf8')), version, true)
      : getSourceFile(name, version, ...rest);
  const program = ts.createProgram([page], { ...options, noEmit: true }, host);
  const diagnostics = [page, codesPage].flatMap((each) => program.getSemanticDiagnostics(program.getSourceFile(each)));
  return diagnostics.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n')).join('\n');
}

it('compiles as it is', () => {
  expect(complaintsIf(page, (text) => text)).toBe('');
}, 60_000);

it('does not compile when the table lacks a code that the platform’s side knows', () => {
  const withOneMore = (text: string) =>
    text.replace(
      'export const codes = {',
      "export const codes = {\n  'FailedOperation.Brandnew': { isDocumented: true, mayConcernOneDevice: false },",
    );
  expect(complaintsIf(codesPage, withOneMore)).toContain('Property \'"FailedOperation.Brandnew"\' is missing');
}, 60_000);

it('does not compile when a code says nothing of whether it may be about one device of many', () => {
  const withOneLess = (text: string) => text.replace(', mayConcernOneDevice: false }', ' }');
  expect(complaintsIf(codesPage, withOneLess)).toContain("Property 'mayConcernOneDevice' is missing");
}, 60_000);
