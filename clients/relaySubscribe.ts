// The second argument of Relay's `Network.create`, over clients/webSocketClient.ts or clients/sseClient.ts.

import type { Client as SseClient } from 'graphql-sse';
import type { Client as WebSocketClient } from 'graphql-ws';
import { type GraphQLResponse, Observable, type SubscribeFunction } from 'relay-runtime';

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
