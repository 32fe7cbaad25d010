// GraphQL requests in, GraphQL answers out, by Apollo Server. Masks what clients must not see; knows no sockets.

import { ApolloServer, HeaderMap } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginSchemaReportingDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled';
import type { DocumentNode, GraphQLError, GraphQLFormattedError } from 'graphql';
import { Kind } from 'graphql';
import type { Context } from './context';
import { type DocumentRefusal, documentFrom, TOKENS_LIMIT } from './limits';
import type { GraphQLRequest } from './request';
import { createSchema } from './schema';
import { watched } from './watch';

export interface GraphQLAnswer {
  status: number;
  body: string;
}

export interface Engine {
  /** Executes a request. Never throws: what is a bug is told to `onBug`, whole, and answered masked. */
  answer(request: GraphQLRequest, answerType: string, context: Context): Promise<GraphQLAnswer>;
  stop(): Promise<void>;
}

const VALIDATION_ERRORS_LIMIT = 10;
const COERCION_ERRORS_LIMIT = 5;
const MESSAGE_LIMIT_CHARACTERS = 300;
/** Texts that were found to be within the limits, so that a repeated one is not measured again. */
const MEASURED_LIMIT = 1000;

export async function createEngine(options: {
  introspection: boolean;
  onBug: (bug: unknown, requestId?: string) => void;
}): Promise<Engine> {
  const apollo = new ApolloServer<Context>({
    schema: watched(createSchema(), options.onBug),
    introspection: options.introspection,
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
    formatError: (formatted, error) => publicErrorFrom(formatted, error, options.onBug),
    plugins: [
      ApolloServerPluginCacheControlDisabled(),
      ApolloServerPluginInlineTraceDisabled(),
      ApolloServerPluginLandingPageDisabled(),
      ApolloServerPluginSchemaReportingDisabled(),
      ApolloServerPluginUsageReportingDisabled(),
    ],
  });
  await apollo.start();
  const measured = new Set<string>();

  return {
    async answer(request, answerType, context) {
      if (!measured.has(request.query)) {
        const document = documentFrom(request.query);
        if (isRefusal(document)) return refused(document);
        if (measured.size >= MEASURED_LIMIT) measured.clear();
        measured.add(request.query);
      }
      const { status, body } = await apollo.executeHTTPGraphQLRequest({
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
      return { status: status ?? 200, body: body.kind === 'complete' ? body.string : '' };
    },
    stop: () => apollo.stop(),
  };
}

const isRefusal = (document: DocumentNode | DocumentRefusal): document is DocumentRefusal => !('kind' in document);

function refused({ message, code, locations }: DocumentRefusal): GraphQLAnswer {
  const error = { message, ...(locations && { locations }), extensions: { code } };
  return { status: 400, body: `${JSON.stringify({ errors: [error] })}\n` };
}

/** What a client sees of an error: no value that it sent, no suggestion, nothing of a bug. */
function publicErrorFrom(
  formatted: GraphQLFormattedError,
  error: unknown,
  onBug: (bug: unknown) => void,
): GraphQLFormattedError {
  const cause = error as Partial<GraphQLError>;
  const code = formatted.extensions?.code;
  const tell = (message: string, told: unknown = code): GraphQLFormattedError => ({
    ...formatted,
    message: message.length > MESSAGE_LIMIT_CHARACTERS ? `${message.slice(0, MESSAGE_LIMIT_CHARACTERS)}…` : message,
    extensions: { code: told },
  });
  switch (code) {
    case 'GRAPHQL_VALIDATION_FAILED':
      if (formatted.extensions?.validationErrorCode === 'INTROSPECTION_DISABLED')
        return tell('Introspection is off.', 'INTROSPECTION_DISABLED');
      return tell(
        isAboutValue(cause) ? 'A value does not fit the type that is expected here.' : withoutHint(formatted.message),
      );
    case 'BAD_USER_INPUT': {
      const variable = /^Variable "(\$\w{1,100})"/.exec(formatted.message)?.[1];
      return tell(variable ? `Variable ${variable} does not fit its type.` : formatted.message);
    }
    case 'OPERATION_RESOLUTION_FAILURE':
      return tell('`operationName` is expected to name one of the operations, or the document to hold one.');
    case 'INTERNAL_SERVER_ERROR': {
      const isOfGraphQL = cause.originalError === undefined && /^Argument "\w+" /.test(formatted.message);
      if (isOfGraphQL) return tell('An argument does not fit its type.', 'BAD_USER_INPUT');
      if (!formatted.extensions?.isLogged) onBug(cause.originalError ?? error);
      return tell('Internal server error');
    }
    default:
      return tell(formatted.message);
  }
}

/** Rules about values repeat the value in their message. */
const isAboutValue = ({ nodes }: Partial<GraphQLError>): boolean => {
  const kind = nodes?.[0]?.kind;
  return kind !== undefined && (kind.endsWith('Value') || kind === Kind.OBJECT_FIELD);
};

const withoutHint = (message: string): string => message.replace(/ ?Did you mean[\s\S]*$/, '');
