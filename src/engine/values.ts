// The values of variables and arguments, as graphql's `execute` makes them of what a request brings.

import {
  coerceInputValue,
  type FieldNode,
  type GraphQLField,
  GraphQLID,
  type GraphQLInputType,
  type GraphQLSchema,
  GraphQLString,
  getArgumentValues,
  getNullableType,
  isListType,
  isNonNullType,
  Kind,
  type OperationDefinitionNode,
  typeFromAST,
  type ValueNode,
  valueFromAST,
} from 'graphql';
import type { Context } from '../context/context';
import type { Values } from './run';

interface Variable {
  readonly name: string;
  readonly type: GraphQLInputType;
  readonly texts: Texts;
  readonly byDefault: ValueNode | undefined;
}

/** A text, or a list of them, that is its own value in a type; undefined of anything else, which graphql looks into. */
type Texts = (given: unknown) => unknown;

const isText = (value: unknown): boolean => typeof value === 'string';

function textsOf(type: GraphQLInputType): Texts {
  const outer = getNullableType(type);
  const inner = isListType(outer) ? getNullableType(outer.ofType) : outer;
  if (inner !== GraphQLString && inner !== GraphQLID) return () => undefined;
  if (inner === outer) return (given) => (isText(given) ? given : undefined);
  return (given) => (Array.isArray(given) && given.every(isText) ? [...given] : undefined);
}

/** @returns gives undefined if what was given does not fit */
export function variablesOf(
  schema: GraphQLSchema,
  { variableDefinitions = [] }: OperationDefinitionNode,
): (given: Values) => Values | undefined {
  const variables = variableDefinitions.map(({ variable, type: node, defaultValue }): Variable => {
    const type = typeFromAST(schema, node as never) as unknown as GraphQLInputType;
    return { name: variable.name.value, type, texts: textsOf(type), byDefault: defaultValue };
  });
  return (given) => {
    // Without a prototype, whose members would be taken for variables that were given.
    const values: Record<string, unknown> = Object.create(null);
    let fits = true;
    const refuse = () => {
      fits = false;
    };
    for (const { name, type, texts, byDefault } of variables)
      if (Object.hasOwn(given, name)) values[name] = texts(given[name]) ?? coerceInputValue(given[name], type, refuse);
      else if (byDefault) values[name] = valueFromAST(byDefault, type);
      else if (isNonNullType(type)) refuse();
    return fits ? values : undefined;
  };
}

/** @returns throws GraphQLError if an argument has no value and none is no value either */
export function argumentsOf(field: GraphQLField<unknown, Context>, node: FieldNode): (variables: Values) => Values {
  const byGraphQL = (variables: Values) => getArgumentValues(field as GraphQLField<unknown, unknown>, node, variables);
  const sources = sourcesOf(field, node);
  if (!sources) return byGraphQL;
  return (variables) => {
    const values: Record<string, unknown> = {};
    for (const [argument, variable] of sources) {
      const value = variables[variable];
      // Null or absent: which of them it is, and whether it may be, is asked of graphql.
      if (value === undefined || value === null) return byGraphQL(variables);
      values[argument] = value;
    }
    return values;
  };
}

/** The variable of each argument; undefined if one has its value from elsewhere. */
function sourcesOf({ args }: GraphQLField<unknown, Context>, node: FieldNode): [string, string][] | undefined {
  const given = node.arguments ?? [];
  const isGiven = (argument: string) => given.some(({ name }) => name.value === argument);
  if (args.some(({ name, defaultValue }) => defaultValue !== undefined && !isGiven(name))) return undefined;
  const sources: [string, string][] = [];
  for (const { name, value } of given) {
    if (value.kind !== Kind.VARIABLE) return undefined;
    sources.push([name.value, value.name.value]);
  }
  return sources;
}
