// Writes every file that is made from the code: `npm run generate`. With `--check` it only says which are stale.

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { documentsText, queriesText, typesText } from './clientOperations';
import { possibleTypesModule, possibleTypesText } from './possibleTypes';
import { schemaText } from './schemaText';

/** Each generated file, by its path from the top of the repository, and what makes its text. */
export const generatedFiles: Readonly<Record<string, () => string>> = {
  'schema.graphql': schemaText,
  'clients/possibleTypes.json': possibleTypesText,
  'clients/src/generated/possibleTypes.ts': possibleTypesModule,
  'clients/src/generated/types.ts': typesText,
  'clients/src/generated/queries.ts': queriesText,
  'clients/src/generated/documents.ts': documentsText,
};

const ROOT = join(__dirname, '..', '..');

/** The paths of the generated files whose text is not what the code makes. */
export const staleFiles = (): string[] =>
  Object.entries(generatedFiles).flatMap(([path, text]) =>
    existsSync(join(ROOT, path)) && readFileSync(join(ROOT, path), 'utf8') === text() ? [] : [path],
  );

function main(): void {
  const stale = staleFiles();
  if (process.argv.includes('--check')) {
    for (const path of stale) process.stderr.write(`${path} is stale: run \`npm run generate\`.\n`);
    if (stale.length === 0) process.stdout.write('Every generated file is current.\n');
    process.exitCode = stale.length === 0 ? 0 : 1;
    return;
  }
  for (const path of stale) writeFileSync(join(ROOT, path), generatedFiles[path]?.() ?? '');
  process.stdout.write(
    `${stale.length === 0 ? 'Every generated file was current' : `Written: ${stale.join(', ')}`}.\n`,
  );
}

if (require.main === module) main();
