// The TypeScript types of one operation: what it is given, and what it answers. Members of a union with the same fields share one type.

import {
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLSchema,
  isAbstractType,
  isEnumType,
  isListType,
  isNonNullType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  type SelectionNode,
  type TypeNode,
} from 'graphql';

const SCALARS: Readonly<Record<string, string>> = {
  ID: 'string',
  String: 'string',
  DateTimeISO: 'string',
  Int: 'number',
  Float: 'number',
  Boolean: 'boolean',
};

const scalar = ({ name }: GraphQLNamedType): string => SCALARS[name] ?? 'unknown';
const indented = (text: string): string => text.replaceAll('\n', '\n  ');
const block = (lines: readonly string[]): string => `{${lines.map((line) => `\n  ${indented(line)};`).join('')}\n}`;

/** What a selection has of one object type: its fields, and those of the fragments that fit. */
function fieldsOf(schema: GraphQLSchema, type: GraphQLObjectType, selections: readonly SelectionNode[]): string[] {
  return selections.flatMap((selection) => {
    if (selection.kind === Kind.FRAGMENT_SPREAD) throw new Error('A named fragment: its fields would be masked.');
    if (selection.kind === Kind.INLINE_FRAGMENT) {
      const condition = schema.getType(selection.typeCondition?.name.value ?? type.name);
      const fits = condition === type || (isAbstractType(condition) && schema.isSubType(condition, type));
      return fits ? fieldsOf(schema, type, selection.selectionSet.selections) : [];
    }
    const name = selection.name.value;
    if (name === '__typename') return [];
    const field = type.getFields()[name]?.type as GraphQLOutputType;
    return `readonly ${name}: ${typeOf(schema, field, selection.selectionSet?.selections ?? [])}`;
  });
}

function typeOf(schema: GraphQLSchema, type: GraphQLOutputType, selections: readonly SelectionNode[]): string {
  if (!isNonNullType(type)) return `${requiredType(schema, type, selections)} | null`;
  return requiredType(schema, type.ofType, selections);
}

function requiredType(schema: GraphQLSchema, type: GraphQLOutputType, selections: readonly SelectionNode[]): string {
  if (isListType(type)) return `readonly (${typeOf(schema, type.ofType, selections)})[]`;
  if (isEnumType(type)) return type.name;
  if (isObjectType(type)) return block(fieldsOf(schema, type, selections));
  if (!isAbstractType(type)) return scalar(type as GraphQLNamedType);
  const byFields = new Map<string, { fields: string[]; names: string[] }>();
  for (const member of schema.getPossibleTypes(type)) {
    const fields = fieldsOf(schema, member, selections);
    const alike = byFields.get(fields.join()) ?? { fields, names: [] };
    alike.names.push(`'${member.name}'`);
    byFields.set(fields.join(), alike);
  }
  const members = [...byFields.values()].map(({ fields, names }) =>
    block([`readonly __typename: ${names.join(' | ')}`, ...fields]),
  );
  return members.map((member) => `\n  | ${indented(member)}`).join('');
}

export function answerType(schema: GraphQLSchema, { operation, selectionSet }: OperationDefinitionNode): string {
  return block(fieldsOf(schema, schema.getRootType(operation) as GraphQLObjectType, selectionSet.selections));
}

function inputType(schema: GraphQLSchema, type: TypeNode): string {
  if (type.kind === Kind.NON_NULL_TYPE) return inputType(schema, type.type);
  if (type.kind === Kind.LIST_TYPE) return `readonly ${inputType(schema, type.type)}[]`;
  return scalar(schema.getType(type.name.value) as GraphQLNamedType);
}

export function variablesType(schema: GraphQLSchema, { variableDefinitions = [] }: OperationDefinitionNode): string {
  return block(
    variableDefinitions.map(({ variable, type, defaultValue }) =>
      type.kind === Kind.NON_NULL_TYPE && defaultValue === undefined
        ? `readonly ${variable.name.value}: ${inputType(schema, type)}`
        : `readonly ${variable.name.value}?: ${inputType(schema, type)} | null | undefined`,
    ),
  );
}
