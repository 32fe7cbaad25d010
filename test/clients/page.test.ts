// What docs/clients.md shows to an app is what is shipped, and compiles as it stands.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type DefinitionNode, parse, print } from 'graphql';
import ts from 'typescript';

const text = (path: string) => readFileSync(join(__dirname, path), 'utf8');
const page = text('../../docs/clients.md');
const shown = (language: string) =>
  [...page.matchAll(new RegExp(`^\`\`\`${language}\n([\\s\\S]*?)\n\`\`\`$`, 'gm'))].map(([, block]) => block as string);

const printed = (source: string) => parse(source).definitions.map((definition: DefinitionNode) => print(definition));

it('shows operations as they are shipped', () => {
  const operations = printed(text('../../clients/operations.graphql'));
  expect(shown('graphql')).toHaveLength(1);
  expect(operations).toEqual(expect.arrayContaining(printed(shown('graphql')[0] ?? '')));
});

/** As an app that was just made is set up, and stricter. */
const OPTIONS: ts.CompilerOptions = {
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  target: ts.ScriptTarget.ES2022,
  lib: ['lib.es2022.d.ts', 'lib.dom.d.ts', 'lib.dom.iterable.d.ts', 'lib.dom.asynciterable.d.ts'],
  jsx: ts.JsxEmit.ReactJSX,
  strict: true,
  noUncheckedIndexedAccess: true,
  exactOptionalPropertyTypes: true,
  noUnusedLocals: true,
  noEmit: true,
  types: [],
};

function complaintsAbout(source: string, extension: string, changes: ts.CompilerOptions = {}): string[] {
  const name = join(__dirname, `shown.${extension}`);
  const options = { ...OPTIONS, ...changes };
  const host = ts.createCompilerHost(options);
  const { getSourceFile, fileExists } = host;
  host.fileExists = (path) => path === name || fileExists(path);
  host.getSourceFile = (path, version, ...rest) =>
    path === name ? ts.createSourceFile(path, source, version, true) : getSourceFile(path, version, ...rest);
  return ts
    .getPreEmitDiagnostics(ts.createProgram([name], options, host))
    .map(({ messageText, file }) => `${file?.fileName}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`);
}

const snippets = ['ts', 'tsx'].flatMap((extension) =>
  shown(extension).map((block) => [block.split('\n').at(-1) as string, block, extension] as const),
);

it('shows a snippet for each door that has one', () => {
  for (const door of ['react', 'texts', 'testing', 'apollo', 'documents'])
    expect(snippets.filter(([, block]) => block.includes(`'firmware-gateway-client/${door}'`))).not.toEqual([]);
});

it.each(snippets)(
  'compiles, without the option skipLibCheck too: … %s',
  (_end, block, extension) => {
    expect(complaintsAbout(block, extension, { skipLibCheck: true })).toEqual([]);
    const own = complaintsAbout(block, extension).filter((complaint) =>
      /firmware-gateway-client|shown/.test(complaint),
    );
    expect(own).toEqual([]);
  },
  60_000,
);

it('compiles with what the client preset makes by its defaults of the shipped operations', () => {
  const withApollo = snippets.filter(([, block]) => block.includes('firmware-gateway-client/documents'));
  expect(withApollo).toHaveLength(1);
  const [[, block, extension] = ['', '', '']] = withApollo;
  const changed = block.replace('firmware-gateway-client/documents', './artefacts/preset/graphql');
  expect(changed).not.toBe(block);
  expect(complaintsAbout(changed, extension, { skipLibCheck: true })).toEqual([]);
  expect(complaintsAbout(`${changed}\nconst isWrong: string = 1;`, extension, { skipLibCheck: true })).toHaveLength(2);
}, 60_000);
