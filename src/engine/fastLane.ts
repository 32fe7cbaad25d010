// The short way of a request whose document Apollo Server has accepted before: executed directly, told in the same bytes.

import {
  type ExecutionResult,
  execute,
  type GraphQLError,
  type GraphQLFormattedError,
  type GraphQLSchema,
} from 'graphql';
import type { Context } from '../context/context';
import type { GraphQLRequest } from '../http/request';
import type { KnownDocument } from './documents';
import type { GraphQLAnswer } from './engine';

type PublicError = (formatted: GraphQLFormattedError, error: unknown) => GraphQLFormattedError;

/**
 * The answer; undefined if this request is not for the fast lane: nothing of it was executed then, and Apollo Server is to
 * answer it, including why it cannot be executed.
 */
export function fastAnswer(
  schema: GraphQLSchema,
  { document, isValid }: KnownDocument,
  { variables, operationName, extensions }: GraphQLRequest,
  context: Context,
  publicError: PublicError,
): GraphQLAnswer | Promise<GraphQLAnswer> | undefined {
  if (!isValid || extensions !== null) return undefined;
  const result = execute({
    schema,
    document,
    contextValue: context,
    variableValues: variables,
    operationName,
  });
  if (result instanceof Promise) return result.then((later) => answerFrom(later, publicError));
  // Neither variables that do not fit nor an operation that is not there let execution begin; both are said at once.
  return (result as ExecutionResult).data === undefined
    ? undefined
    : answerFrom(result as ExecutionResult, publicError);
}

function answerFrom({ data, errors }: ExecutionResult, publicError: PublicError): GraphQLAnswer {
  if (errors === undefined) return { status: 200, body: `{"data":${JSON.stringify(data)}}\n` };
  const told = errors.map((error) => publicError(enriched(error), error));
  return { status: 200, body: `${JSON.stringify({ errors: told, data })}\n` };
}

/** As Apollo Server tells an error before it asks for its public form. */
const enriched = (error: GraphQLError): GraphQLFormattedError => ({
  ...error.toJSON(),
  extensions: { ...error.extensions, code: error.extensions.code ?? 'INTERNAL_SERVER_ERROR' },
});
