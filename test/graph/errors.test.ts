// The table of errors is total by the compiler's word.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { rowsByCode } from '../../src/graph/errors';
import { documentedCodes } from '../../src/tokenapi/codes';

const root = join(__dirname, '..', '..');
const page = join(root, 'src', 'graph', 'errors.ts');

/** The compiler's complaints about errors.ts, were its text this one. */
function complaintsAbout(text: string): string[] {
  const { config } = ts.readConfigFile(join(root, 'tsconfig.json'), ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root);
  const host = ts.createCompilerHost(options);
  const { getSourceFile } = host;
  host.getSourceFile = (name, version, ...rest) =>
    name === page ? ts.createSourceFile(name, text, version, true) : getSourceFile(name, version, ...rest);
  const program = ts.createProgram([page], { ...options, noEmit: true }, host);
  const diagnostics = program.getSemanticDiagnostics(program.getSourceFile(page));
  return diagnostics.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));
}

it('does not compile when a documented code is missing', () => {
  const text = readFileSync(page, 'utf8');
  expect(complaintsAbout(text)).toEqual([]);
  expect(Object.keys(rowsByCode)).toEqual(expect.arrayContaining([...documentedCodes]));
  const entry =
    "  'FailedOperation.DeviceOffline': {\n    confirm: [DeviceOfflineError, WAIT_FOR_DEVICE],\n    read: [TokenApiFailedOperationError, WAIT_FOR_DEVICE],\n  },\n";
  expect(text).toContain(entry);
  expect(complaintsAbout(text.replace(entry, '')).join()).toContain(
    'Property \'"FailedOperation.DeviceOffline"\' is missing',
  );
}, 60_000);
