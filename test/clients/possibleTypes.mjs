// Prints clients/possibleTypes.json as schema.graphql has it: Apollo Client does not know by itself which types an interface
// or a union has, and drops the fields of a fragment on one.

import { readFileSync } from 'node:fs';
import { buildSchema, isAbstractType } from 'graphql';

const sdl = readFileSync(new URL('../../schema.graphql', import.meta.url), 'utf8');
const schema = buildSchema(sdl, { assumeValidSDL: true });

const possibleTypes = Object.fromEntries(
  Object.values(schema.getTypeMap())
    .filter((type) => isAbstractType(type) && !type.name.startsWith('__'))
    .map((type) => [
      type.name,
      schema
        .getPossibleTypes(type)
        .map(({ name }) => name)
        .sort(),
    ])
    .sort(([one], [other]) => one.localeCompare(other)),
);
// A pattern: an error type that is added later is one too, or its fields would be dropped.
possibleTypes.TokenApiError.push('.+Error');

process.stdout.write(`${JSON.stringify(possibleTypes, null, 2)}\n`);
