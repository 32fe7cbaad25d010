// Who is measured, by which document, and what this gateway is to reach.

import { readFileSync } from 'node:fs';

const { dependencies } = JSON.parse(readFileSync(new URL('package.json', import.meta.url), 'utf8'));
const named = (...packages) => packages.map((name) => `${name}@${dependencies[name]}`).join(', ');

const CONFIRM =
  'mutation Confirm($productId: String!, $deviceName: String!) { confirmFirmwareUpgrade(productId: $productId, deviceName: $deviceName) { __typename ... on ConfirmFirmwareUpgradeSuccess { requestId } } }';
/** Mesh keeps the names of the upstream: the same two facts, one level further down. */
const CONFIRM_OF_MESH =
  'mutation Confirm($productId: String!, $deviceName: String!) { confirmFirmwareUpgrade(input: { ProductId: $productId, DeviceName: $deviceName }) { Response { __typename RequestId } } }';

export const CONNECTIVITY =
  'query Online($ids: [ID!]!) { devices(ids: $ids) { id connectivity { __typename ... on DeviceConnectivity { state } } } }';

const server = (name) => new URL(`servers/${name}.mjs`, import.meta.url);
const gateway = new URL('../../dist/main.js', import.meta.url);

/** In the order in which they are shown. `script` takes PORT and TOKENAPI_URL from its environment. */
export const candidates = [
  {
    name: 'limit',
    title: 'LIMIT',
    about: `node:http and Pool.dispatch, JSON in and out, no GraphQL (${named('undici')})`,
    script: server('limit'),
  },
  { name: 'gateway', title: 'firmware-gateway', about: 'FAST_LANE=on', script: gateway, env: { FAST_LANE: 'on' } },
  {
    name: 'gateway-apollo',
    title: 'firmware-gateway, Apollo only',
    about: 'FAST_LANE=off',
    script: gateway,
    env: { FAST_LANE: 'off' },
  },
  {
    name: 'mercurius',
    title: 'mercurius + jit, Pool.dispatch',
    about: named('mercurius', 'graphql-jit', 'fastify'),
    script: server('mercurius'),
  },
  {
    name: 'apollo-fastify',
    title: 'Apollo + Fastify, Pool.request',
    about: named('@apollo/server', '@as-integrations/fastify', 'fastify'),
    script: server('apolloFastify'),
  },
  { name: 'yoga', title: 'graphql-yoga, Pool.request', about: named('graphql-yoga'), script: server('yoga') },
  {
    name: 'apollo-standalone',
    title: 'Apollo standalone, global fetch',
    about: named('@apollo/server'),
    script: server('apolloStandalone'),
  },
  {
    name: 'hive',
    title: 'Hive Gateway with Mesh',
    about: named('@graphql-hive/gateway-runtime', '@graphql-mesh/transport-rest', '@omnigraph/json-schema'),
    script: server('hive'),
    query: CONFIRM_OF_MESH,
  },
].map((candidate) => ({ query: CONFIRM, env: {}, ...candidate }));

/** What this gateway is to reach: ratios of the medians of one run, unless a unit is named. */
export const targets = {
  requestsToLimit: 0.7,
  /** By candidate. */
  requestsTo: { mercurius: 1, 'apollo-fastify': 1.5, yoga: 4, hive: 10 },
  /** What Apollo Client 4 sends: a ratio of the two ratios. */
  apolloClientToBare: 0.9,
  peakRssMb: 150,
  startToLimit: 2.5,
  p50ToLimit: 1.4,
  cpuOf100DevicesToOne: 5,
  floodRssMb: 200,
  /** The last quarter's RSS to the first's. */
  floodGrowth: 1.1,
  /** p50 at a distance, to one kept-alive connection that posts the call itself. */
  confirmToWire: 1.15,
  readToWire: 1.1,
  /** CPU of an event that a stream brings, to that of an answer to a client that asks for it. */
  eventToPoll: 0.2,
};
