// For Relay: the second argument of its `Network.create`, over a client of `firmware-gateway-client/graphql-ws` or `/graphql-sse`. Its
// compiler wants the operations in the app's own modules: operations.graphql has them to copy.

import type { Client as SseClient } from 'graphql-sse';
import type { Client as WebSocketClient } from 'graphql-ws';
import { type GraphQLResponse, Observable, type SubscribeFunction } from 'relay-runtime';

export { pollIntervalFrom } from './pollInterval.js';

export const subscriptionsBy =
  (client: SseClient | WebSocketClient): SubscribeFunction =>
  ({ text, name }, variables) =>
    Observable.create<GraphQLResponse>((sink) =>
      client.subscribe(
        { query: text ?? '', operationName: name, variables },
        {
          // Both libraries' results are what a server sent.
          next: (result) => sink.next(result as GraphQLResponse),
          error: (cause) => sink.error(cause as Error),
          complete: () => sink.complete(),
        },
      ),
    );
