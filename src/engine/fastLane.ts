// The short way of a request whose document Apollo Server has found valid before: executed directly, answered in the same bytes.

import type {
  ExecutionResult,
  GraphQLError,
  GraphQLFormattedError,
  GraphQLSchema,
  OperationDefinitionNode,
} from 'graphql';
import type { Context } from '../context/context';
import { ANSWER_BYTES_LIMIT, answeredOf, isTooLarge, TOO_LARGE } from './answers';
import type { WithinLimits } from './documents';
import { executionFor } from './execution';
import type { GraphQLAnswer, GraphQLRequest } from './messages';

export type PublicError = (formatted: GraphQLFormattedError, error: unknown) => GraphQLFormattedError;

const LARGE_BYTES = 1_048_576;

/**
 * The answer; undefined if this request is not for the fast lane: nothing of it was executed then, and Apollo Server is to
 * answer it, including why it cannot be executed.
 *
 * @param bytesAtMost the data of its answer has no more
 */
export function fastAnswer(
  schema: GraphQLSchema,
  { document, isValid }: WithinLimits,
  operation: OperationDefinitionNode | undefined,
  { variables }: GraphQLRequest,
  context: Context,
  bytesAtMost: number,
  publicError: PublicError,
): GraphQLAnswer | Promise<GraphQLAnswer> | undefined {
  if (!isValid || operation === undefined) return undefined;
  const answered = (result: ExecutionResult) => answerFrom(result, bytesAtMost, publicError);
  const execution = executionFor(schema, document, operation);
  if (bytesAtMost <= LARGE_BYTES) return execution(variables, context, answered);
  const result = execution(variables, context, asItIs);
  if (result instanceof Promise) return result.then((later) => nextTurn().then(() => answered(later)));
  return result && answered(result);
}

const asItIs = (result: ExecutionResult): ExecutionResult => result;

let lastTurn: Promise<unknown> = Promise.resolve();

/** Answers that may be large are written one in a turn of the event loop: many at once would hold up others, and memory. */
function nextTurn(): Promise<unknown> {
  lastTurn = lastTurn.then(() => new Promise(setImmediate));
  return lastTurn;
}

function answerFrom({ data, errors }: ExecutionResult, bytesAtMost: number, publicError: PublicError): GraphQLAnswer {
  if (bytesAtMost > ANSWER_BYTES_LIMIT && isTooLarge(data))
    return { status: TOO_LARGE.status, body: `${JSON.stringify(TOO_LARGE.result)}\n` };
  if (errors === undefined && bytesAtMost > LARGE_BYTES) return { status: 200, body: bytesOf({ data }) };
  if (errors === undefined) return { status: 200, body: `{"data":${JSON.stringify(data)}}\n` };
  const formatted = answeredOf(errors).map((error) => publicError(withCode(error), error));
  return { status: 200, body: `${JSON.stringify({ errors: formatted, data })}\n` };
}

/** A large text is copied as often as it is put together. */
function bytesOf(json: object): Buffer {
  const text = JSON.stringify(json);
  const bytes = Buffer.allocUnsafeSlow(Buffer.byteLength(text) + 1);
  bytes.write(text);
  bytes[bytes.length - 1] = 10;
  return bytes;
}

/** The form in which Apollo Server hands an error to `formatError`. */
export const withCode = (error: GraphQLError): GraphQLFormattedError => ({
  ...error.toJSON(),
  extensions: { ...error.extensions, code: error.extensions.code ?? 'INTERNAL_SERVER_ERROR' },
});
