// For Apollo Client: settings for its cache, and its link where subscriptions are to share one WebSocket.
// `new InMemoryCache({ possibleTypes, typePolicies })`.

import { ApolloLink, type FieldMergeFunction, type TypePolicies } from '@apollo/client';
import { GraphQLWsLink } from '@apollo/client/link/subscriptions';
import { OperationTypeNode } from 'graphql';
import type { Client } from 'graphql-ws';

export * from './documents.js';
export { possibleTypes } from './generated/possibleTypes.js';
export { pollIntervalFrom } from './pollInterval.js';

/**
 * Merges what two queries selected of the same thing; and keeps what is known while the newer answer is an error that says
 * RETRY, or else one failed poll takes the progress off every view. Any other error takes its place.
 */
const kept: FieldMergeFunction = (existing, incoming, { mergeObjects, readField }) => {
  const isRefused = readField('nextStep', incoming) === 'RETRY';
  const isKnown = existing && readField('nextStep', existing) === undefined;
  return isRefused && isKnown ? existing : mergeObjects(existing, incoming);
};

export const typePolicies: TypePolicies = {
  Device: { fields: { connectivity: { merge: kept }, firmware: { merge: kept }, firmwareUpgrade: { merge: kept } } },
  FirmwareRelease: { merge: true },
  // A page for each `first` and `after`: no page is written over another, and none is put together of two.
  Query: { fields: { myDevices: { keyArgs: ['first', 'after'], merge: kept } } },
};

/**
 * Without it, HttpLink alone follows: each subscription is then an answer in parts, of a request of its own.
 *
 * @param client `webSocketClient` of `firmware-gateway-client/graphql-ws` makes one
 */
export const subscriptionsBy = (client: Client, forTheRest: ApolloLink): ApolloLink =>
  ApolloLink.split(
    ({ operationType }) => operationType === OperationTypeNode.SUBSCRIPTION,
    new GraphQLWsLink(client),
    forTheRest,
  );
