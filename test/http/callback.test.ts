// Apollo Router's callback protocol, by which a request names an address that the gateway would then call: refused, and nobody is called.

import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Pair, PRODUCT, startPair, TOKEN } from '../pair';

let pair: Pair;
let called: string[];
let router: Server;
beforeAll(async () => {
  pair = await startPair();
  called = [];
  router = createServer((request, response) => {
    called.push(`${request.method} ${request.url}`);
    response.writeHead(204, { 'subscription-protocol': 'callback/1.0' }).end();
  }).listen(0, '127.0.0.1');
  await once(router, 'listening');
});
afterAll(async () => {
  router.close();
  await pair.close();
});

const SPEC = 'application/json;callbackSpec=1.0';

it.each([
  [406, SPEC],
  [400, `${SPEC}, application/json`],
  [400, `${SPEC}, application/graphql-response+json, application/json`],
  [400, `${SPEC}, text/event-stream`],
  [400, `multipart/mixed;subscriptionSpec=1.0, ${SPEC}, application/json`],
])('is refused with %i: Accept: %s', async (status, accept) => {
  const { port } = router.address() as AddressInfo;
  const callbackUrl = `http://127.0.0.1:${port}/callback`;
  const response = await fetch(pair.url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept, authorization: `Bearer ${TOKEN}` },
    body: JSON.stringify({
      query: `subscription { firmwareUpgradeProgress(productId: "${PRODUCT}", deviceName: "lamp-busy") { device { id } } }`,
      extensions: { subscription: { callbackUrl, subscriptionId: '1', verifier: 'v', heartbeatIntervalMs: 5000 } },
    }),
  });
  const { errors } = (await response.json()) as { errors: { message: string }[] };
  expect([response.status, errors[0]?.message]).toEqual([status, expect.stringContaining('callback')]);
  expect([called, pair.simulator.received]).toEqual([[], []]);
});
