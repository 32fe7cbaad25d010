// The text of `schema.graphql`. Knows no files.

import { buildSubgraphSchema, printSubgraphSchema } from '@apollo/subgraph';
import { printSchemaWithDirectives } from '@graphql-tools/utils';
import { parse } from 'graphql';
import { createPlainSchema } from '../engine/schema';

/** Federation v2.9 is the highest that both offline composers accept. */
const LINK = 'extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key"])';

/** The schema as text. Federation's directives survive only if it is printed, built again as a subgraph, and printed again. */
export function schemaText(): string {
  const typeDefs = parse(`${LINK}\n${printSchemaWithDirectives(createPlainSchema())}`);
  return `${printSubgraphSchema(buildSubgraphSchema([{ typeDefs }]))}\n`;
}
