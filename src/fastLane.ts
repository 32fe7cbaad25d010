// The short way of a request whose document Apollo Server has accepted before: executed directly, told in the same bytes.

import { execute, type GraphQLError, type GraphQLFormattedError, type GraphQLSchema } from 'graphql';
import type { Context } from './context';
import type { KnownDocument } from './documents';
import type { GraphQLRequest } from './request';

/**
 * The answer's body; undefined if this request is not for the fast lane: nothing of it was executed then, and Apollo Server is to
 * answer it, including why it cannot be executed.
 */
export async function fastAnswer(
  schema: GraphQLSchema,
  { document, isValid }: KnownDocument,
  { variables, operationName, extensions }: GraphQLRequest,
  context: Context,
  publicError: (formatted: GraphQLFormattedError, error: unknown) => GraphQLFormattedError,
): Promise<string | undefined> {
  if (!isValid || extensions !== null) return undefined;
  const { data, errors } = await execute({
    schema,
    document,
    contextValue: context,
    variableValues: variables,
    operationName,
  });
  // Neither variables that do not fit nor an operation that is not there let execution begin.
  if (data === undefined) return undefined;
  const told = errors?.map((error) => publicError(enriched(error), error));
  return `${JSON.stringify({ errors: told, data })}\n`;
}

/** As Apollo Server tells an error before it asks for its public form. */
const enriched = (error: GraphQLError): GraphQLFormattedError => ({
  ...error.toJSON(),
  extensions: { ...error.extensions, code: error.extensions.code ?? 'INTERNAL_SERVER_ERROR' },
});
