// @apollo/gateway with `apq: true`: it names a document by its hash first, and sends the text after `PersistedQueryNotFound` alone.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ApolloGateway, RemoteGraphQLDataSource } from '@apollo/gateway';
import { ApolloServer } from '@apollo/server';
import { startStandaloneServer } from '@apollo/server/standalone';
import { PRODUCT, ROUTER_SECRET } from './firmware.mjs';
import { CONFIRM, CONNECTIVITY, startStack } from './stack.mjs';
import { composers, servicesAt } from './supergraph.mjs';

class NamingSource extends RemoteGraphQLDataSource {
  apq = true;

  willSendRequest({ request, context }) {
    const { authorization } = context.headers ?? {};
    if (authorization) request.http.headers.set('authorization', authorization);
    request.http.headers.set('x-router-secret', ROUTER_SECRET);
  }
}

async function startNamingGateway(urls) {
  const { supergraphSdl } = composers['@apollo/composition'](servicesAt(urls));
  const gateway = new ApolloGateway({
    supergraphSdl,
    buildService: ({ name, url }) =>
      name === 'firmware' ? new NamingSource({ url }) : new RemoteGraphQLDataSource({ url }),
  });
  const server = new ApolloServer({ gateway, stopOnTerminationSignals: false });
  const listen = { port: 0, host: '127.0.0.1' };
  const { url } = await startStandaloneServer(server, {
    listen,
    context: async ({ req }) => ({ headers: req.headers }),
  });
  return { url, close: () => server.stop() };
}

const PUBLISH = 'AppPublishFirmwareUpdateMessage';
const confirmOn = (stack, deviceName) => stack.ask(CONFIRM, { variables: { productId: PRODUCT, deviceName } });

test('where they are automatic, it reads and confirms, each press once', async (t) => {
  const stack = await startStack(startNamingGateway, { env: { PERSISTED_QUERIES: 'automatic' } });
  t.after(() => stack.close());
  for (const deviceName of ['lamp-1', 'lamp-2', 'lamp-3']) {
    const { data, errors } = await confirmOn(stack, deviceName);
    assert.equal(errors, undefined);
    assert.equal(data.confirmFirmwareUpgrade.__typename, 'ConfirmFirmwareUpgradeSuccess');
    assert.equal(stack.firmware.sent(PUBLISH, deviceName).length, 1);
  }
  for (let i = 0; i < 2; i++) {
    const { data, errors } = await stack.ask(CONNECTIVITY);
    assert.equal(errors, undefined);
    assert.equal(data.rooms[0].devices[0].connectivity.__typename, 'DeviceConnectivity');
  }
});

test('where they are off, it shows that they are not supported, and nothing is sent', async (t) => {
  const stack = await startStack(startNamingGateway);
  t.after(() => stack.close());
  const { errors } = await confirmOn(stack, 'lamp-1');
  assert.equal(errors[0].extensions.code, 'PERSISTED_QUERY_NOT_SUPPORTED');
  assert.deepEqual(stack.firmware.sent(PUBLISH, 'lamp-1'), []);
});
