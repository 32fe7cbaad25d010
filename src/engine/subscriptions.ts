// Subscriptions: the same limits and validation as of every operation, then one execution for each event, whoever watches it with the
// same document. Knows no transport.

import { hash } from 'node:crypto';
import {
  createSourceEventStream,
  type ExecutionResult,
  GraphQLError,
  type GraphQLFormattedError,
  type GraphQLSchema,
  Kind,
  type OperationDefinitionNode,
} from 'graphql';
import type { Context, LiveEnd, LiveEvent, LiveFeed } from '../context/context';
import { Feed, FeedOfOne, type Taker } from '../context/feed';
import { ANSWER_BYTES_LIMIT, answeredOf, isTooLarge, TOO_LARGE } from './answers';
import type { WithinLimits } from './documents';
import { executionByGraphQL, executionFor } from './execution';
import { type PublicError, withCode } from './fastLane';
import type { GraphQLAnswer, GraphQLRequest } from './messages';
import type { FaultsOf } from './validation';

const SHARED_CHARACTERS = 16_384;

type Form = (json: string) => string;
const JSON_FORM: Form = (json) => json;

/** What is sent for one event: the same for all who watch it with the same document. */
export class Frame {
  private readonly texts = new Map<Form, string>();

  constructor(private readonly result: { data?: unknown; errors?: readonly GraphQLFormattedError[] }) {}

  /** As JSON, on one line. */
  get json(): string {
    return this.in(JSON_FORM);
  }

  /** What a form makes of its JSON: once for all who get it in this form. */
  in(form: Form): string {
    const known = this.texts.get(form);
    if (known !== undefined) return known;
    const text = form(JSON.stringify(this.result));
    // An event is kept for as long as it is the latest one, and there may be many.
    if (text.length <= SHARED_CHARACTERS) this.texts.set(form, text);
    return text;
  }
}

/** What is to be followed. */
export interface StreamRequest {
  readonly request: GraphQLRequest;
  readonly found: WithinLimits;
  readonly operation: OperationDefinitionNode;
  /** The data of an event has no more. */
  readonly bytesAtMost: number;
}

export interface Subscriptions {
  /** The stream, or why there is none. Never throws. */
  open(asked: StreamRequest, context: Context): Promise<GraphQLAnswer | Frames>;
}

/** The frames of a stream, and why it ended by itself. */
export type Frames = Feed<Frame, LiveEnd>;

export interface SubscriptionsOptions {
  /** Whether events are executed by a plan of their operation, as in the fast lane; else by graphql. */
  fastLane: boolean;
  /** Why a document is not valid. */
  faultsOf: FaultsOf;
  publicError: PublicError;
  /** Gets each request whose document is valid. */
  onValid(request: GraphQLRequest): void;
}

export function createSubscriptions(schema: GraphQLSchema, options: SubscriptionsOptions): Subscriptions {
  const { fastLane, faultsOf, publicError, onValid } = options;
  const executionBy = fastLane ? executionFor : executionByGraphQL;
  const framesOf = new WeakMap<Context, Map<string, Frame | Promise<Frame>>>();
  const formatted = (errors: ExecutionResult['errors']) =>
    answeredOf(errors ?? []).map((error) => publicError(withCode(error), error));
  const refusal = (errors: ExecutionResult['errors']): GraphQLAnswer => ({
    status: 400,
    body: `${JSON.stringify({ errors: formatted(errors) })}\n`,
  });

  function frameFrom({ data, errors }: ExecutionResult, bytesAtMost: number): Frame {
    if (bytesAtMost > ANSWER_BYTES_LIMIT && isTooLarge(data)) return new Frame(TOO_LARGE.result);
    return new Frame(errors ? { errors: formatted(errors), data } : { data });
  }

  return {
    async open({ request, found, operation, bytesAtMost }, context) {
      const { query, variables, operationName } = request;
      const { document } = found;
      if (!found.isValid) {
        // It may hold a query, too, which is executed from then on.
        const faults = faultsOf(document);
        if (faults.length > 0) return refusal(faults.map((fault) => withCodeOf(fault, 'GRAPHQL_VALIDATION_FAILED')));
      }
      onValid(request);
      const asked = { schema, document, variableValues: variables, operationName, contextValue: context };
      const events = await createSourceEventStream(asked).catch(nothingSelected);
      if (!(Symbol.asyncIterator in events)) return refusal(events.errors?.map(ofVariables));
      const executeEvent = executionBy(schema, document, operation);
      // Documents are long, and this is kept as long as the stream.
      const name = hash('sha256', JSON.stringify([query, variables, operationName]), 'base64url');

      function frameOf(event: LiveEvent): Frame | Promise<Frame> {
        let frames = framesOf.get(event.context);
        if (!frames) {
          frames = new Map();
          framesOf.set(event.context, frames);
        }
        const known = frames.get(name);
        if (known) return known;
        const made = (result: ExecutionResult): Frame => {
          const frame = frameFrom(result, bytesAtMost);
          frames.set(name, frame);
          return frame;
        };
        const keep = (making: Promise<Frame>): Promise<Frame> => {
          frames.set(name, making);
          return making;
        };
        try {
          // Its variables fit, or there would be no events.
          const frame = executeEvent(variables, event.context, made, event) as Frame | Promise<Frame>;
          return frame instanceof Promise ? keep(frame) : frame;
        } catch (bug) {
          return keep(Promise.reject(bug));
        }
      }
      return new FramesOfEvents(events as unknown as LiveFeed, frameOf);
    },
  };
}

/** An answer as a stream of one event. */
export const framesOfAnswer = (result: ConstructorParameters<typeof Frame>[0]): Frames =>
  new FeedOfOne(new Frame(result), 'finished');

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

/** A frame for each event that is taken, one after the other. */
class FramesOfEvents extends Feed<Frame, LiveEnd> implements Taker {
  private isMaking = false;
  private made: Frame | undefined;
  private fault: Error | undefined;

  constructor(
    private readonly events: LiveFeed,
    private readonly frameOf: (event: LiveEvent) => Frame | Promise<Frame>,
  ) {
    super();
    events.taker = this;
  }

  get end(): LiveEnd | undefined {
    return this.isMaking ? undefined : this.events.end;
  }

  take(): Frame | undefined {
    if (this.fault) throw this.fault;
    const { made } = this;
    this.made = undefined;
    if (made || this.isMaking) return made;
    const event = this.events.take();
    if (!event) return undefined;
    const frame = this.frameOf(event);
    if (frame instanceof Frame) return frame;
    void this.make(frame);
    return undefined;
  }

  stop(): void {
    this.events.stop();
  }

  onNews(): void {
    this.taker?.onNews();
  }

  private async make(frame: Promise<Frame>): Promise<void> {
    this.isMaking = true;
    try {
      this.made = await frame;
    } catch (bug) {
      this.fault = bug as Error;
    }
    this.isMaking = false;
    this.onNews();
  }
}
