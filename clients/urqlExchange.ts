// urql's exchange for subscriptions, over clients/webSocketClient.ts or clients/sseClient.ts. Without it, `fetchSubscriptions: true`
// makes urql's own fetchExchange follow over Server-Sent Events.

import { type Exchange, type ExecutionResult, subscriptionExchange } from '@urql/core';
import type { Client as SseClient } from 'graphql-sse';
import type { Client as WebSocketClient } from 'graphql-ws';

export const subscriptionsBy = (client: SseClient | WebSocketClient): Exchange =>
  subscriptionExchange({
    forwardSubscription: ({ query = '', variables = {} }) => ({
      subscribe: (observer) => ({
        unsubscribe: client.subscribe(
          { query, variables },
          // Both libraries' results are what a server sent.
          { ...observer, next: (result) => observer.next(result as ExecutionResult) },
        ),
      }),
    }),
  });
