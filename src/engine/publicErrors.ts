// What a client sees of a GraphQL error: no value that it sent, no suggestion, nothing of a bug.

import { type GraphQLError, type GraphQLFormattedError, Kind } from 'graphql';

const MESSAGE_LIMIT_CHARACTERS = 300;

/**
 * @param formatted the error as Apollo Server would tell it, its code in `extensions`
 * @param error the error itself
 * @param onBug told what should not have happened, whole
 */
export function publicErrorFrom(
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
