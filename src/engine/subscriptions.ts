// Subscriptions: the same limits and validation as of every operation, then one execution for each event, whoever watches it with the
// same document. Knows no transport.

import { hash } from 'node:crypto';
import {
  createSourceEventStream,
  type ExecutionResult,
  execute,
  GraphQLError,
  type GraphQLFormattedError,
  type GraphQLSchema,
  Kind,
} from 'graphql';
import type { Context, LiveEnd, LiveEvent } from '../context/context';
import { answeredOf, isTooLarge, TOO_LARGE } from './answers';
import type { WithinLimits } from './documents';
import { type PublicError, withCode } from './fastLane';
import type { GraphQLAnswer, GraphQLRequest } from './messages';
import type { FaultsOf } from './validation';

const SHARED_CHARACTERS = 65_536;

/** What is sent for one event: the same for all who watch it with the same document. */
export class Frame {
  private text: string | undefined;

  constructor(readonly result: { data?: unknown; errors?: readonly GraphQLFormattedError[] }) {}

  /** As JSON, on one line. */
  get json(): string {
    if (this.text !== undefined) return this.text;
    const text = JSON.stringify(this.result);
    // An event is kept for as long as it is the latest one, and there may be many.
    if (text.length <= SHARED_CHARACTERS) this.text = text;
    return text;
  }
}

export interface Subscriptions {
  /** The stream, or why there is none. Never throws. */
  open(request: GraphQLRequest, found: WithinLimits, context: Context): Promise<GraphQLAnswer | Frames>;
}

/** The frames of a stream, and why it ended by itself. */
export type Frames = AsyncIterableIterator<Frame, LiveEnd | undefined>;

export interface SubscriptionsOptions {
  /** Why a document is not valid. */
  faultsOf: FaultsOf;
  publicError: PublicError;
  /** Gets each request whose document is valid. */
  onValid(request: GraphQLRequest): void;
}

export function createSubscriptions(schema: GraphQLSchema, options: SubscriptionsOptions): Subscriptions {
  const { faultsOf, publicError, onValid } = options;
  const framesOf = new WeakMap<Context, Map<string, Promise<Frame>>>();
  const formatted = (errors: ExecutionResult['errors']) =>
    answeredOf(errors ?? []).map((error) => publicError(withCode(error), error));
  const refusal = (errors: ExecutionResult['errors']): GraphQLAnswer => ({
    status: 400,
    body: `${JSON.stringify({ errors: formatted(errors) })}\n`,
  });

  async function frameFrom(result: ExecutionResult | Promise<ExecutionResult>): Promise<Frame> {
    const { data, errors } = await result;
    if (isTooLarge(data)) return new Frame(TOO_LARGE.result);
    return new Frame(errors ? { errors: formatted(errors), data } : { data });
  }

  return {
    async open(request, found, context) {
      const { query, variables, operationName } = request;
      const { document } = found;
      if (!found.isValid) {
        // It may hold a query, too, which is executed from then on.
        const faults = faultsOf(document);
        if (faults.length > 0) return refusal(faults.map((fault) => withCodeOf(fault, 'GRAPHQL_VALIDATION_FAILED')));
      }
      onValid(request);
      const operation = { schema, document, variableValues: variables, operationName };
      const events = await createSourceEventStream({ ...operation, contextValue: context }).catch(nothingSelected);
      if (!(Symbol.asyncIterator in events)) return refusal(events.errors?.map(ofVariables));
      // Documents are long, and this is kept as long as the stream.
      const name = hash('sha256', JSON.stringify([query, variables, operationName]), 'base64url');

      function frameOf(event: LiveEvent): Promise<Frame> {
        const frames = framesOf.get(event.context) ?? new Map<string, Promise<Frame>>();
        framesOf.set(event.context, frames);
        const frame =
          frames.get(name) ?? frameFrom(execute({ ...operation, rootValue: event, contextValue: event.context }));
        frames.set(name, frame);
        return frame;
      }
      return framesFrom(events as AsyncIterableIterator<LiveEvent, LiveEnd | undefined>, frameOf);
    },
  };
}

/** An answer as a stream of one event. */
export async function* streamOf(result: Frame['result']): AsyncGenerator<Frame, LiveEnd> {
  yield new Frame(result);
  return 'finished';
}

const withCodeOf = (error: GraphQLError, code: string): GraphQLError =>
  Object.assign(error, { extensions: { ...error.extensions, code } });

/** The code that Apollo Server gives to variables that do not fit. */
const ofVariables = (error: GraphQLError): GraphQLError =>
  error.nodes?.[0]?.kind === Kind.VARIABLE_DEFINITION ? withCodeOf(error, 'BAD_USER_INPUT') : error;

/** graphql expects one field to be left by @skip and @include, and looks into it. @throws the cause itself if it is another bug */
function nothingSelected(cause: unknown): ExecutionResult {
  if (!(cause instanceof TypeError)) throw cause;
  const error = new GraphQLError('A subscription is expected to select one field.');
  return { errors: [withCodeOf(error, 'GRAPHQL_VALIDATION_FAILED')] };
}

/** Ends its source at once when it is ended, even while an event is awaited. */
function framesFrom(
  events: AsyncIterableIterator<LiveEvent, LiveEnd | undefined>,
  frameOf: (event: LiveEvent) => Promise<Frame>,
): Frames {
  return {
    async next() {
      const { done, value } = await events.next();
      return done ? { done, value } : { value: await frameOf(value) };
    },
    async return() {
      await events.return?.();
      return { done: true, value: undefined };
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
