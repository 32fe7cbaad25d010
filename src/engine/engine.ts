// GraphQL requests in, GraphQL answers out. Apollo Server validates and refuses; a document that it has found valid may take the
// fast lane from then on. Knows no sockets.

import { ApolloServer, HeaderMap } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginSchemaReportingDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled';
import { InMemoryLRUCache } from '@apollo/utils.keyvaluecache';
import { type DocumentNode, type GraphQLFormattedError, OperationTypeNode } from 'graphql';
import type { Context } from '../context/context';
import { type ApolloRequest, apolloPlugin } from './apolloPlugin';
import { demandOf } from './cost';
import type { Plan } from './costPlan';
import { createDocuments, DOCUMENTS_LIMIT_BYTES, type Documents, isFault, type WithinLimits } from './documents';
import { fastAnswer } from './fastLane';
import { type DocumentFault, TOKENS_LIMIT } from './limits';
import type { GraphQLAnswer, GraphQLRequest } from './messages';
import { publicErrorFrom } from './publicErrors';
import { createSchema } from './schema';
import { createSubscriptions, type Frames } from './subscriptions';
import { type Watcher, watched } from './watch';

export interface Engine {
  /** Executes a request. Never throws: a bug is reported whole to the watcher, and answered masked. */
  answer(request: GraphQLRequest, answerType: string, context: Context): GraphQLAnswer | Promise<GraphQLAnswer>;
  /** Opens a stream. Undefined if the operation is no subscription. */
  subscribe(request: GraphQLRequest, context: Context): Promise<GraphQLAnswer | Frames> | GraphQLAnswer | undefined;
  readonly documents: Documents;
  stop(): Promise<void>;
}

export interface EngineOptions {
  introspection: boolean;
  fastLane: boolean;
  watcher: Watcher;
}

const VALIDATION_ERRORS_LIMIT = 10;
const COERCION_ERRORS_LIMIT = 5;

export async function createEngine({ introspection, fastLane, watcher }: EngineOptions): Promise<Engine> {
  const schema = watched(createSchema(), watcher);
  const publicError = (formatted: GraphQLFormattedError, error: unknown) =>
    publicErrorFrom(formatted, error, watcher.bug);
  const documents = createDocuments(schema);
  const apollo = new ApolloServer<Context>({
    schema,
    introspection,
    nodeEnv: 'production',
    allowBatchedHttpRequests: false,
    csrfPrevention: true,
    hideSchemaDetailsFromClientErrors: true,
    includeStacktraceInErrorResponses: false,
    persistedQueries: false,
    stopOnTerminationSignals: false,
    parseOptions: { maxTokens: TOKENS_LIMIT },
    validationOptions: { maxErrors: VALIDATION_ERRORS_LIMIT },
    executionOptions: { maxCoercionErrors: COERCION_ERRORS_LIMIT },
    // What it has found valid does not come again, but for requests that it refuses: a second copy, with locations, would take more
    // than the first.
    documentStore: fastLane ? null : documentStore(),
    formatError: publicError,
    plugins: [
      apolloPlugin(documents),
      ApolloServerPluginCacheControlDisabled(),
      ApolloServerPluginInlineTraceDisabled(),
      ApolloServerPluginLandingPageDisabled(),
      ApolloServerPluginSchemaReportingDisabled(),
      ApolloServerPluginUsageReportingDisabled(),
    ],
  });
  await apollo.start();

  async function answerByApollo(request: ApolloRequest, answerType: string, context: Context): Promise<GraphQLAnswer> {
    const answer = await apollo.executeHTTPGraphQLRequest({
      httpGraphQLRequest: {
        method: 'POST',
        headers: new HeaderMap([
          ['content-type', 'application/json'],
          ['accept', answerType],
        ]),
        search: '',
        body: request,
      },
      context: async () => context,
    });
    return { status: answer.status ?? 200, body: answer.body.kind === 'complete' ? answer.body.string : '' };
  }

  const subscriptions = createSubscriptions(schema, {
    introspection,
    maxErrors: VALIDATION_ERRORS_LIMIT,
    publicError,
    setValid: documents.setValid,
  });

  return {
    documents,
    subscribe(request, context) {
      const found = documents.get(request.query);
      if (isFault(found)) return undefined;
      const plan = planOf(found, request.operationName);
      if (plan?.operation.operation !== OperationTypeNode.SUBSCRIPTION) return undefined;
      context.reporter.asked(plan.operation);
      if (namesCallback(request)) return faultAnswer(NO_STREAM);
      const demand = demandOf(plan, request.variables);
      return typeof demand === 'number' ? subscriptions.open(request, found, context) : faultAnswer(demand);
    },
    answer(request, answerType, context) {
      const found = documents.get(request.query);
      if (isFault(found)) return faultAnswer(found);
      const plan = planOf(found, request.operationName);
      if (plan) context.reporter.asked(plan.operation);
      if (plan?.operation.operation === OperationTypeNode.SUBSCRIPTION) return faultAnswer(NO_STREAM);
      const demand = plan ? demandOf(plan, request.variables) : 0;
      if (typeof demand !== 'number') return faultAnswer(demand);
      const fast = fastLane
        ? fastAnswer(schema, found, plan?.operation, request, context, demand, publicError)
        : undefined;
      watcher.laneTaken(fast ? 'fast' : 'whole');
      return fast ?? answerByApollo({ ...request, document: found.document }, answerType, context);
    },
    stop: () => apollo.stop(),
  };
}

const NO_STREAM: DocumentFault = {
  message:
    'A subscription is answered over WebSocket, as text/event-stream or as multipart/mixed with subscriptionSpec=1.0. The callback protocol is not supported.',
  code: 'GRAPHQL_VALIDATION_FAILED',
};

const documentStore = () =>
  new InMemoryLRUCache<DocumentNode>({
    maxSize: DOCUMENTS_LIMIT_BYTES,
    sizeCalculation: (document) => Buffer.byteLength(document.loc?.source.body ?? ' '),
  });

/** Of Apollo Router's callback protocol: the gateway calls no address that a request names. */
const namesCallback = ({ extensions }: GraphQLRequest): boolean => extensions?.subscription !== undefined;

/** The plan of the operation that is executed; undefined if the name does not say which, so that none is. */
function planOf({ plans }: WithinLimits, operationName: string | null): Plan | undefined {
  if (operationName === null) return plans.length === 1 ? plans[0] : undefined;
  return plans.find(({ operation }) => operation.name?.value === operationName);
}

function faultAnswer({ message, code, locations }: DocumentFault): GraphQLAnswer {
  const error = { message, ...(locations && { locations }), extensions: { code } };
  return { status: 400, body: `${JSON.stringify({ errors: [error] })}\n` };
}
