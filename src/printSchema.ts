// Writes schema.graphql from the code: `npm run schema`. With `--check` it only tells whether the file is current.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildSubgraphSchema, printSubgraphSchema } from '@apollo/subgraph';
import { printSchemaWithDirectives } from '@graphql-tools/utils';
import { parse } from 'graphql';
import { createPlainSchema } from './schema';

/** v2.9 is the highest that both offline composers accept. */
const LINK = 'extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key"])';

/** The text of `schema.graphql`. Only printed, and built again as a subgraph, does it keep the directives of federation. */
export function printedSchema(): string {
  const typeDefs = parse(`${LINK}\n${printSchemaWithDirectives(createPlainSchema())}`);
  return `${printSubgraphSchema(buildSubgraphSchema([{ typeDefs }]))}\n`;
}

function main(): void {
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
}

if (require.main === module) main();
