// @apollo/gateway in front of this subgraph, which the supergraph calls "firmware". Give `createGateway(supergraphSdl)` to an
// Apollo Server as its `gateway`, and `contextFrom` as its `context`.

import { ApolloGateway, RemoteGraphQLDataSource } from '@apollo/gateway';

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

/** What `FirmwareSource` needs of a request. */
export const contextFrom = async ({ req }) => ({ headers: req.headers });

class FirmwareSource extends RemoteGraphQLDataSource {
  constructor(options) {
    super(options);
    // Apollo's own fetcher is kept: it never repeats a request. One that does must leave mutations alone, since a lost
    // answer may belong to an order that was carried out.
    const send = this.fetcher;
    this.fetcher = (url, init) => send(url, { ...init, timeout: TIMEOUT_MS });
  }

  willSendRequest({ request, context }) {
    for (const name of PASSED_ON) {
      const value = context.headers?.[name];
      if (value !== undefined) request.http.headers.set(name, value);
    }
    // Tells the subgraph that this router asks; it answers 401 to others once it has a ROUTER_SECRET itself.
    const secret = process.env.ROUTER_SECRET;
    if (secret !== undefined) request.http.headers.set('x-router-secret', secret);
  }
}

export function createGateway(supergraphSdl) {
  return new ApolloGateway({
    supergraphSdl,
    // The user's token and our secret are no other subgraph's business.
    buildService: ({ name, url }) =>
      name === SUBGRAPH ? new FirmwareSource({ url }) : new RemoteGraphQLDataSource({ url }),
  });
}
