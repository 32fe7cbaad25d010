// Reports how each of our resolvers ends. An exception is a bug: it is logged whole, with the request's id, and masked from there on.

import { defaultFieldResolver, GraphQLError, type GraphQLSchema, isObjectType } from 'graphql';
import type { Context } from '../context/context';
import type { PersistedResult } from './persisted';

export interface Watcher {
  bug(bug: unknown, requestId?: string): void;
  /** `field` is `confirmFirmwareUpgrade` or `Device.firmware`; `result` the type of the answer, `null`, `list` or `error`. */
  fieldEnded(field: string, result: string, ms: number): void;
  /** An operation is answered by the fast lane, or by the whole of Apollo Server. */
  laneTaken(lane: 'fast' | 'whole'): void;
  /** A client named a document, or sent one to be named from then on. */
  persistedQuery(result: PersistedResult): void;
}

/** The same schema, whose own resolvers are watched. */
export function watched(schema: GraphQLSchema, watcher: Pick<Watcher, 'bug' | 'fieldEnded'>): GraphQLSchema {
  const roots = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()];
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || type.name.startsWith('_')) continue;
    const isRoot = roots.includes(type);
    for (const [name, field] of Object.entries(type.getFields())) {
      const { resolve } = field;
      if (!resolve || resolve === defaultFieldResolver) continue;
      const label = isRoot ? name : `${type.name}.${name}`;

      const ended = (result: unknown, startedAt: number): unknown => {
        watcher.fieldEnded(label, typeOf(result), performance.now() - startedAt);
        return result;
      };
      const failed = (cause: unknown, { requestId }: Context, startedAt: number): GraphQLError => {
        ended(cause, startedAt);
        if (cause instanceof GraphQLError) return cause;
        watcher.bug(cause, requestId);
        const extensions = { code: 'INTERNAL_SERVER_ERROR', isLogged: true };
        return new GraphQLError('Internal server error', { extensions });
      };
      field.resolve = (source, args, context: Context, info) => {
        const startedAt = performance.now();
        try {
          const result = resolve(source, args, context, info);
          if (!(result instanceof Promise)) return ended(result, startedAt);
          return result.then(
            (value) => ended(value, startedAt),
            (cause) => Promise.reject(failed(cause, context, startedAt)),
          );
        } catch (cause) {
          throw failed(cause, context, startedAt);
        }
      };
    }
  }
  return schema;
}

function typeOf(result: unknown): string {
  if (result === null || result === undefined) return 'null';
  if (result instanceof Error) return 'error';
  return Array.isArray(result) ? 'list' : result.constructor.name;
}
