import { ApolloLink, type TypePolicies } from '@apollo/client';
import type { Client } from 'graphql-ws';
export * from './documents.js';
export { possibleTypes } from './generated/possibleTypes.js';
export { pollIntervalFrom } from './pollInterval.js';
export declare const typePolicies: TypePolicies;
/**
 * Without it, HttpLink alone follows: each subscription is then an answer in parts, of a request of its own.
 *
 * @param client `webSocketClient` of `firmware-gateway-client/graphql-ws` makes one
 */
export declare const subscriptionsBy: (client: Client, forTheRest: ApolloLink) => ApolloLink;
