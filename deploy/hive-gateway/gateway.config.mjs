// Hive Gateway in front of this subgraph, which the supergraph calls "firmware". Start it in the folder of this file and of
// supergraph.graphql, or copy what is here into the configuration you have.

const SUBGRAPH = 'firmware';

/**
 * One operation of the subgraph ends after OPERATION_TIMEOUT_MS (30 s). A router that gives up earlier turns a typed answer into an
 * unknown outcome.
 */
const TIMEOUT_MS = Number(process.env.FIRMWARE_TIMEOUT_MS ?? 35_000);

const PASSED_ON = [
  // Who asks. Without it, every answer is a TokenApiInvalidAccessTokenError.
  'authorization',
  // Makes the repeat of one press of the button safe, whoever repeats it.
  'idempotency-key',
  // Joins this router's log with the subgraph's.
  'x-request-id',
  // Joins their traces.
  'traceparent',
];

export const gatewayConfig = {
  supergraph: './supergraph.graphql',

  propagateHeaders: {
    fromClientToSubgraphs({ request, subgraphName }) {
      // The user's token and our secret are no other subgraph's business.
      if (subgraphName !== SUBGRAPH) return {};
      return {
        ...Object.fromEntries(PASSED_ON.map((name) => [name, request.headers.get(name)])),
        // Tells the subgraph that this router asks; it answers 401 to others once it has a ROUTER_SECRET itself.
        'x-router-secret': process.env.ROUTER_SECRET,
      };
    },
  },

  // A subscription is a POST that is answered by Server-Sent Events. By default, Hive Gateway sends a GET, which gets 405.
  transportEntries: { [SUBGRAPH]: { options: { method: 'POST' } } },

  // A subscription lasts as long as an upgrade, and the subgraph ends it by itself.
  upstreamTimeout: ({ subgraphName, executionRequest }) =>
    subgraphName === SUBGRAPH && executionRequest?.operationType !== 'subscription' ? TIMEOUT_MS : undefined,

  // Never repeat a mutation: a lost answer may belong to an order that was carried out. Reads need no second try here
  // either, since the subgraph makes one. For other subgraphs, choose by `subgraphName` and `executionRequest.operationType`.
  upstreamRetry: () => ({ maxRetries: 0 }),
};

/**
 * In place of `transportEntries` above: subscriptions over WebSocket, one connection for each user who follows something. It needs
 * the package `@graphql-mesh/transport-ws` beside Hive Gateway's own.
 */
export const overWebSocket = {
  [SUBGRAPH]: {
    options: {
      subscriptions: {
        kind: 'ws',
        options: {
          connectionParams: {
            authorization: '{context.headers.authorization}',
            'x-router-secret': '{env.ROUTER_SECRET}',
          },
        },
      },
    },
  },
};
