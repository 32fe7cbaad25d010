// What a client sees of a GraphQL error: no value that it sent, no suggestion, nothing of a bug.

import { GraphQLError, type GraphQLFormattedError, Kind } from 'graphql';

const MESSAGE_LIMIT_CHARACTERS = 300;

/**
 * @param formatted the error as Apollo Server would answer it, its code in `extensions`
 * @param error the error itself
 * @param onBug gets what should not have happened, whole
 */
export function publicErrorFrom(
  formatted: GraphQLFormattedError,
  error: unknown,
  onBug: (bug: unknown) => void,
): GraphQLFormattedError {
  const cause = error as Partial<GraphQLError>;
  const code = formatted.extensions?.code;
  const withMessage = (message: string, publicCode: unknown = code): GraphQLFormattedError => ({
    ...formatted,
    message: message.length > MESSAGE_LIMIT_CHARACTERS ? `${message.slice(0, MESSAGE_LIMIT_CHARACTERS)}…` : message,
    extensions: { code: publicCode },
  });
  switch (code) {
    case 'GRAPHQL_VALIDATION_FAILED':
      if (formatted.extensions?.validationErrorCode === 'INTROSPECTION_DISABLED')
        return withMessage('Introspection is off.', 'INTROSPECTION_DISABLED');
      return withMessage(
        isAboutValue(cause) ? 'A value does not fit the type that is expected here.' : withoutHint(formatted.message),
      );
    case 'BAD_USER_INPUT': {
      const variable = /^Variable "(\$\w{1,100})"/.exec(formatted.message)?.[1];
      return withMessage(variable ? `Variable ${variable} does not fit its type.` : formatted.message);
    }
    case 'OPERATION_RESOLUTION_FAILURE':
      return withMessage('`operationName` is expected to name one of the operations, or the document to hold one.');
    case 'INTERNAL_SERVER_ERROR': {
      const { originalError = error } = cause;
      const isOfGraphQL = originalError instanceof GraphQLError && /^Argument "\w+" /.test(formatted.message);
      if (isOfGraphQL) return withMessage('An argument does not fit its type.', 'BAD_USER_INPUT');
      if (!formatted.extensions?.isLogged) onBug(cause.originalError ?? error);
      return withMessage('Internal server error');
    }
    default:
      return withMessage(formatted.message);
  }
}

/** Rules about values repeat the value in their message. */
const isAboutValue = ({ nodes }: Partial<GraphQLError>): boolean => {
  const kind = nodes?.[0]?.kind;
  return kind !== undefined && (kind.endsWith('Value') || kind === Kind.OBJECT_FIELD);
};

const withoutHint = (message: string): string => message.replace(/ ?Did you mean[\s\S]*$/, '');
