// What the client package holds of `clients/operations.graphql`: the types of the answers, the texts that are sent, and the documents
// for GraphQL libraries, so that an app needs no code generator. Knows the path of no other file.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  type GraphQLSchema,
  isEnumType,
  isInterfaceType,
  Kind,
  type OperationDefinitionNode,
  parse,
  print,
  stripIgnoredCharacters,
  validate,
} from 'graphql';
import { createPlainSchema } from '../engine/schema';
import { answerType, variablesType } from './clientTypes';

const PATH = join(__dirname, '..', '..', 'clients', 'operations.graphql');
const HEADER = '// Generated from the schema and operations.graphql by `npm run generate`: do not edit.\n';

/** @throws Error if the schema does not answer one of them */
function operationsOf(schema: GraphQLSchema): OperationDefinitionNode[] {
  const document = parse(readFileSync(PATH, 'utf8'), { noLocation: true });
  const [fault] = validate(schema, document);
  if (fault !== undefined) throw fault;
  return document.definitions.filter((definition) => definition.kind === Kind.OPERATION_DEFINITION);
}

/** The name of an operation's types, as code generators make it. */
const typeNameOf = ({ name, operation }: OperationDefinitionNode): string =>
  `${name?.value}${operation.charAt(0).toUpperCase()}${operation.slice(1)}`;

const named = (names: readonly string[]): string => names.map((name) => `\n  | '${name}'`).join('');

/** The unions that an app may have to be complete over, then what each operation is given and answers. */
export function typesText(): string {
  const schema = createPlainSchema();
  const types = Object.values(schema.getTypeMap()).filter(({ name }) => !name.startsWith('_'));
  const enums = types
    .filter(isEnumType)
    .map((type) => `export type ${type.name} =${named(type.getValues().map(({ name }) => name))};\n`);
  const errors = types
    .filter(isInterfaceType)
    .map((type) => `export type ${type.name}Name =${named(schema.getPossibleTypes(type).map(({ name }) => name))};\n`);
  const operations = operationsOf(schema).map((operation) => {
    const name = typeNameOf(operation);
    const given = `export type ${name}Variables = ${variablesType(schema, operation)};\n`;
    return `${given}\nexport type ${name} = ${answerType(schema, operation)};\n`;
  });
  return [HEADER, ...enums, ...errors, ...operations].join('\n');
}

/** One text an operation, as short as it can be. */
export function queriesText(): string {
  const texts = operationsOf(createPlainSchema()).map(
    (operation) =>
      `export const ${operation.name?.value} =\n  '${stripIgnoredCharacters(print(operation)).replaceAll("'", "\\'")}';\n`,
  );
  return [HEADER, ...texts].join('\n');
}

/** One document an operation, typed by what it is given and answers. */
export function documentsText(): string {
  const operations = operationsOf(createPlainSchema());
  const names = operations.flatMap((operation) => [typeNameOf(operation), `${typeNameOf(operation)}Variables`]);
  const imports = `import type { TypedDocumentNode } from '../typedDocument.js';\nimport type {${names
    .sort()
    .map((name) => `\n  ${name},`)
    .join('')}\n} from './types.js';\n`;
  const documents = operations.map((operation) => {
    const type = typeNameOf(operation);
    const json = JSON.stringify({ kind: Kind.DOCUMENT, definitions: [operation] });
    const declared = `${operation.name?.value}Document: TypedDocumentNode<${type}, ${type}Variables>`;
    return `export const ${declared} = ${json} as never;\n`;
  });
  return [HEADER, imports, ...documents].join('\n');
}
