// Writes schema.graphql from the code: `npm run schema`. With `--check` it only tells whether the file is current.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { printedSchema } from './schema';

const path = join(__dirname, '..', 'schema.graphql');

if (!process.argv.includes('--check')) {
  writeFileSync(path, printedSchema());
  process.stdout.write('schema.graphql is written.\n');
} else if (readFileSync(path, 'utf8') === printedSchema()) {
  process.stdout.write('schema.graphql is current.\n');
} else {
  process.stderr.write('schema.graphql is stale: run `npm run schema`.\n');
  process.exitCode = 1;
}
