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
import {
  type AskedRequest,
  type FoundRequest,
  type GraphQLAnswer,
  type GraphQLRequest,
  isAnswer,
  refusal,
} from './messages';
import { createPersisted, type PersistedOptions } from './persisted';
import { publicErrorFrom } from './publicErrors';
import { createSchema } from './schema';
import { createSubscriptions, type Frames } from './subscriptions';
import { keepTrusted } from './trusted';
import { createValidation, VALIDATION_ERRORS_LIMIT } from './validation';
import { type Watcher, watched } from './watch';

export interface Engine {
  /** Finds the document of a request, which may only be named there. */
  found(asked: AskedRequest): FoundRequest;
  /** Executes a request. Never throws: a bug is reported whole to the watcher, and answered masked. */
  answer(found: FoundRequest, answerType: string, context: Context): GraphQLAnswer | Promise<GraphQLAnswer>;
  /** Opens a stream. Undefined if the operation is no subscription. */
  subscribe(found: FoundRequest, context: Context): Promise<GraphQLAnswer | Frames> | GraphQLAnswer | undefined;
  readonly documents: Documents;
  stop(): Promise<void>;
}

export interface EngineOptions {
  introspection: boolean;
  fastLane: boolean;
  persisted: PersistedOptions;
  watcher: Watcher;
}

const COERCION_ERRORS_LIMIT = 5;

/** @throws ManifestFault if a trusted document cannot be executed */
export async function createEngine(options: EngineOptions): Promise<Engine> {
  const { introspection, fastLane, watcher } = options;
  const schema = watched(createSchema(), watcher);
  const publicError = (formatted: GraphQLFormattedError, error: unknown) =>
    publicErrorFrom(formatted, error, watcher.bug);
  const documents = createDocuments(schema);
  const faultsOf = createValidation(schema, introspection);
  keepTrusted(options.persisted.trusted, documents, faultsOf);
  const persisted = createPersisted(options.persisted, watcher.persistedQuery);
  const onValid = (request: GraphQLRequest) => {
    documents.setValid(request.query);
    persisted.validated(request);
  };
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
      apolloPlugin(onValid),
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

  const subscriptions = createSubscriptions(schema, { fastLane, faultsOf, publicError, onValid });

  return {
    documents,
    found: persisted.found,
    subscribe(request, context) {
      if (isAnswer(request)) return undefined;
      const found = documents.get(request.query);
      if (isFault(found)) return undefined;
      const plan = planOf(found, request.operationName);
      if (plan?.operation.operation !== OperationTypeNode.SUBSCRIPTION) return undefined;
      context.reporter.asked(plan.operation);
      if (namesCallback(request)) return faultAnswer(NO_STREAM);
      const demand = demandOf(plan, request.variables);
      if (typeof demand !== 'number') return faultAnswer(demand);
      return subscriptions.open({ request, found, operation: plan.operation, bytesAtMost: demand }, context);
    },
    answer(request, answerType, context) {
      if (isAnswer(request)) return request;
      const found = documents.get(request.query);
      if (isFault(found)) return faultAnswer(found);
      const plan = planOf(found, request.operationName);
      if (plan) context.reporter.asked(plan.operation);
      if (plan?.operation.operation === OperationTypeNode.SUBSCRIPTION) return faultAnswer(NO_STREAM);
      if (plan?.operation.operation === OperationTypeNode.MUTATION && request.isGet) return NO_MUTATION;
      if (found.isValid) persisted.validated(request);
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

/** As Apollo Server words it. */
const NO_MUTATION = refusal(405, 'BAD_REQUEST', 'GET requests only support query operations, not mutation operations');

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

const faultAnswer = ({ message, code, locations }: DocumentFault): GraphQLAnswer =>
  refusal(400, code, message, locations && { locations });
