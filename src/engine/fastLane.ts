// The short way of a request whose document Apollo Server has found valid before: executed directly, answered in the same bytes.

import {
  type ExecutionResult,
  execute,
  type GraphQLError,
  type GraphQLFormattedError,
  type GraphQLSchema,
} from 'graphql';
import type { Context } from '../context/context';
import type { WithinLimits } from './documents';
import type { GraphQLAnswer, GraphQLRequest } from './messages';

type PublicError = (formatted: GraphQLFormattedError, error: unknown) => GraphQLFormattedError;

/**
 * The answer; undefined if this request is not for the fast lane: nothing of it was executed then, and Apollo Server is to
 * answer it, including why it cannot be executed.
 */
export function fastAnswer(
  schema: GraphQLSchema,
  { document, isValid }: WithinLimits,
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
  // Execution does not begin if variables do not fit or the operation is not there; graphql says so at once, without a promise.
  return (result as ExecutionResult).data === undefined
    ? undefined
    : answerFrom(result as ExecutionResult, publicError);
}

function answerFrom({ data, errors }: ExecutionResult, publicError: PublicError): GraphQLAnswer {
  if (errors === undefined) return { status: 200, body: `{"data":${JSON.stringify(data)}}\n` };
  const formatted = errors.map((error) => publicError(withCode(error), error));
  return { status: 200, body: `${JSON.stringify({ errors: formatted, data })}\n` };
}

/** The form in which Apollo Server hands an error to `formatError`. */
const withCode = (error: GraphQLError): GraphQLFormattedError => ({
  ...error.toJSON(),
  extensions: { ...error.extensions, code: error.extensions.code ?? 'INTERNAL_SERVER_ERROR' },
});
