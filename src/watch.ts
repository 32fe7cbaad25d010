// What a resolver throws and did not mean to is a bug: logged whole with the request's id, and masked from there on.

import { defaultFieldResolver, GraphQLError, type GraphQLSchema, isObjectType } from 'graphql';
import type { Context } from './context';

/** The same schema, whose resolvers tell `onBug` what they throw beside GraphQL errors. */
export function watched(schema: GraphQLSchema, onBug: (bug: unknown, requestId: string) => void): GraphQLSchema {
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || type.name.startsWith('__')) continue;
    for (const field of Object.values(type.getFields())) {
      const { resolve } = field;
      if (!resolve || resolve === defaultFieldResolver) continue;
      const masked = (cause: unknown, { requestId }: Context): GraphQLError => {
        if (cause instanceof GraphQLError) return cause;
        onBug(cause, requestId);
        return new GraphQLError('Internal server error', {
          extensions: { code: 'INTERNAL_SERVER_ERROR', isLogged: true },
        });
      };
      field.resolve = (source, args, context: Context, info) => {
        try {
          const result = resolve(source, args, context, info);
          if (!(result instanceof Promise)) return result;
          return result.catch((cause: unknown) => Promise.reject(masked(cause, context)));
        } catch (cause) {
          throw masked(cause, context);
        }
      };
    }
  }
  return schema;
}
