// Apollo Client's link where subscriptions are to share one WebSocket. Without it, HttpLink alone follows: each subscription is then an
// answer in parts, of a request of its own.

import { ApolloLink } from '@apollo/client';
import { GraphQLWsLink } from '@apollo/client/link/subscriptions';
import { OperationTypeNode } from 'graphql';
import type { Client } from 'graphql-ws';

/** @param client clients/webSocketClient.ts makes one */
export const subscriptionsBy = (client: Client, forTheRest: ApolloLink): ApolloLink =>
  ApolloLink.split(
    ({ operationType }) => operationType === OperationTypeNode.SUBSCRIPTION,
    new GraphQLWsLink(client),
    forTheRest,
  );
