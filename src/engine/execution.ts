// The execution of an operation that is asked for again and again: what its text and the schema decide is found once, where
// graphql's `execute` finds it for every request. Its answers and errors are those of `execute`, to the letter.

import {
  type DocumentNode,
  type ExecutionResult,
  execute,
  type GraphQLSchema,
  isAbstractType,
  isObjectType,
  locatedError,
  type OperationDefinitionNode,
  OperationTypeNode,
  visit,
} from 'graphql';
import type { Context, LiveEvent } from '../context/context';
import { fragmentsOf } from './collected';
import { Run, type Values } from './run';
import { Selection } from './selection';
import { variablesOf } from './values';

/**
 * What `answered` makes of the result. Undefined if the variables do not fit: nothing is executed then.
 *
 * @param event what a subscription's field is resolved from
 */
export type Execute = <Answer>(
  variables: Values | null,
  context: Context,
  answered: (result: ExecutionResult) => Answer,
  event?: LiveEvent,
) => Answer | Promise<Answer> | undefined;

/** By operation, so that they are forgotten with their documents. */
const known = new WeakMap<OperationDefinitionNode, Execute>();

/** Made when an operation is executed for the first time. */
export function executionFor(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
): Execute {
  let execution = known.get(operation);
  if (!execution) {
    execution = executionOf(schema, document, operation) ?? executionByGraphQL(schema, document, operation);
    known.set(operation, execution);
  }
  return execution;
}

export function executionByGraphQL(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
): Execute {
  return (variableValues, contextValue, answered, rootValue) => {
    const operationName = operation.name?.value;
    const result = execute({ schema, document, rootValue, contextValue, variableValues, operationName });
    if (result instanceof Promise) return result.then(answered);
    // Execution does not begin if variables do not fit; graphql says so at once, without a promise.
    return (result as ExecutionResult).data === undefined ? undefined : answered(result as ExecutionResult);
  };
}

/** @returns undefined if the operation is for graphql's own `execute` */
function executionOf(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
): Execute | undefined {
  const type = schema.getRootType(operation.operation);
  if (!type || !isPlain(document) || !isResolved(schema)) return undefined;
  const variablesFrom = variablesOf(schema, operation);
  const isSerial = operation.operation === OperationTypeNode.MUTATION;
  const selection = new Selection({ schema, operation, fragments: fragmentsOf(document) }, type, [
    operation.selectionSet,
  ]);

  return (given, context, answered, event) => {
    const variables = variablesFrom(given ?? {});
    if (!variables) return undefined;
    const run = new Run(context, variables);
    const ended = (data: unknown) =>
      answered((run.errors ? { errors: run.errors, data } : { data }) as ExecutionResult);
    const failed = (cause: unknown) => {
      run.failed(locatedError(cause, undefined), undefined);
      return ended(null);
    };
    if (isSerial) return selection.oneByOne(run, ended, failed);
    let data: unknown;
    try {
      data = selection.all(run, event, undefined);
    } catch (cause) {
      return failed(cause);
    }
    return data instanceof Promise ? data.then(ended, failed) : ended(data);
  };
}

/** Directives decide anew in each request, introspection resolves by `execute`'s own means, and no object of ours has such a member. */
function isPlain(document: DocumentNode): boolean {
  let isKnown = true;
  const refuse = () => {
    isKnown = false;
  };
  visit(document, {
    Directive: refuse,
    Field({ alias, name }) {
      if (name.value.startsWith('__') && name.value !== '__typename') refuse();
      if (alias?.value === '__proto__') refuse();
    },
  });
  return isKnown;
}

/** Types say which type a value has, and values are not asked. It is so with ours. */
const isResolved = (schema: GraphQLSchema): boolean =>
  Object.values(schema.getTypeMap()).every((type) =>
    isAbstractType(type) ? type.resolveType : !(isObjectType(type) && type.isTypeOf),
  );
