// GraphQL requests in, GraphQL answers out. Apollo Server is the engine of record: it validates and refuses; what it has accepted
// once may take the fast lane. Knows no sockets.

import { ApolloServer, HeaderMap } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginSchemaReportingDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled';
import { InMemoryLRUCache } from '@apollo/utils.keyvaluecache';
import type { DocumentNode, GraphQLFormattedError } from 'graphql';
import type { Context } from '../context/context';
import type { GraphQLRequest } from '../http/request';
import { createDocuments, DOCUMENTS_LIMIT_BYTES, type Documents, isRefusal, type KnownDocument } from './documents';
import { fastAnswer } from './fastLane';
import { type DocumentRefusal, TOKENS_LIMIT } from './limits';
import { publicErrorFrom } from './publicErrors';
import { createSchema } from './schema';
import { type Watcher, watched } from './watch';

export interface GraphQLAnswer {
  status: number;
  body: string;
}

export interface Engine {
  /** Executes a request. Never throws: what is a bug is told to the watcher, whole, and answered masked. */
  answer(request: GraphQLRequest, answerType: string, context: Context): GraphQLAnswer | Promise<GraphQLAnswer>;
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
    documentStore: new InMemoryLRUCache<DocumentNode>({
      maxSize: DOCUMENTS_LIMIT_BYTES,
      sizeCalculation: (document) => document.loc?.source.body.length ?? 1,
    }),
    formatError: publicError,
    plugins: [
      ApolloServerPluginCacheControlDisabled(),
      ApolloServerPluginInlineTraceDisabled(),
      ApolloServerPluginLandingPageDisabled(),
      ApolloServerPluginSchemaReportingDisabled(),
      ApolloServerPluginUsageReportingDisabled(),
    ],
  });
  await apollo.start();
  const documents = createDocuments();

  async function answerByApollo(
    known: KnownDocument,
    request: GraphQLRequest,
    answerType: string,
    context: Context,
  ): Promise<GraphQLAnswer> {
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
    const status = answer.status ?? 200;
    known.isValid ||= status === 200;
    return { status, body: answer.body.kind === 'complete' ? answer.body.string : '' };
  }

  return {
    documents,
    answer(request, answerType, context) {
      const known = documents.get(request.query);
      if (isRefusal(known)) return refused(known);
      const fast = fastLane ? fastAnswer(schema, known, request, context, publicError) : undefined;
      return fast ?? answerByApollo(known, request, answerType, context);
    },
    stop: () => apollo.stop(),
  };
}

function refused({ message, code, locations }: DocumentRefusal): GraphQLAnswer {
  const error = { message, ...(locations && { locations }), extensions: { code } };
  return { status: 400, body: `${JSON.stringify({ errors: [error] })}\n` };
}
