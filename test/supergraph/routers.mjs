// The routers as their users run them, each with the very file under deploy/, and each from the supergraph schema of the
// composer that comes with it.

import './resolveHere.mjs';
import { createServer } from 'node:http';
import { ApolloServer } from '@apollo/server';
import { startStandaloneServer } from '@apollo/server/standalone';
import { createGatewayRuntime } from '@graphql-hive/gateway-runtime';
import http from '@graphql-mesh/transport-http';
import ws from '@graphql-mesh/transport-ws';
import { ROUTER_SECRET } from './firmware.mjs';
import { composers, servicesAt } from './supergraph.mjs';

process.env.ROUTER_SECRET = ROUTER_SECRET;
/** Short, so that a test can wait for it; deploy.test.mjs looks at the default. */
process.env.FIRMWARE_TIMEOUT_MS = '4000';

const { createGateway, contextFrom } = await import('../../deploy/apollo-gateway/gateway.mjs');
const { gatewayConfig, overWebSocket } = await import('../../deploy/hive-gateway/gateway.config.mjs');

async function startApolloGateway(urls) {
  const { supergraphSdl } = composers['@apollo/composition'](servicesAt(urls));
  const server = new ApolloServer({ gateway: createGateway(supergraphSdl), stopOnTerminationSignals: false });
  const listen = { port: 0, host: '127.0.0.1' };
  const { url } = await startStandaloneServer(server, { listen, context: contextFrom });
  return { url, close: () => server.stop() };
}

/** @param changes to the file's configuration */
async function startHiveGateway(urls, changes = {}) {
  const { supergraphSdl } = composers['@theguild/federation-composition'](servicesAt(urls));
  const runtime = createGatewayRuntime({
    ...gatewayConfig,
    supergraph: supergraphSdl,
    transports: { http, ws },
    logging: false,
    ...changes,
  });
  const server = createServer(runtime);
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${server.address().port}/graphql`,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await runtime[Symbol.asyncDispose]();
    },
  };
}

export const routers = { '@apollo/gateway': startApolloGateway, 'Hive Gateway': startHiveGateway };

/** Those that pass subscriptions on, by how they speak to this subgraph. */
export const liveRouters = {
  sse: startHiveGateway,
  websocket: (urls) => startHiveGateway(urls, { transportEntries: overWebSocket }),
};
