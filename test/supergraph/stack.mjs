// All of it, over HTTP: the platform's double, this subgraph, the two others, and a router in front.

import { startFirmware } from './firmware.mjs';
import { startRooms, startStock } from './neighbours.mjs';

export const TOKEN = 'demo-token-alice';

/** Longer than anything is meant to take. */
const PATIENCE_MS = 20_000;

/**
 * @param startRouter one of routers.mjs
 * @param env variables of this subgraph
 * @param between starts what stands between the router and this subgraph, given its URL
 * @param changes to the router's configuration
 * @param paceMs how long a device takes for a step of its upgrade
 */
export async function startStack(startRouter, { env, between, changes, paceMs } = {}) {
  const firmware = await startFirmware(env, paceMs);
  const [rooms, stock] = await Promise.all([startRooms(), startStock()]);
  const middle = await between?.(firmware.url);
  const urls = { firmware: middle?.url ?? firmware.url, rooms: rooms.url, stock: stock.url };
  const router = await startRouter(urls, changes);
  return {
    firmware,
    rooms,
    middle,
    /** Asks the router. */
    ask: (query, options) => ask(router.url, query, options),
    /** The results of a subscription through the router, one after the other. */
    follow: (query, options) => follow(router.url, query, options),
    /** Asks this subgraph, without a router. */
    askDirectly: (query, options = {}) =>
      ask(firmware.url, query, {
        ...options,
        headers: { 'x-router-secret': process.env.ROUTER_SECRET, ...options.headers },
      }),
    async close() {
      await router.close();
      await middle?.close();
      await Promise.all([rooms.close(), stock.close(), firmware.close()]);
    },
  };
}

/** @param token null: no Authorization header */
const send = (url, query, { variables = {}, token = TOKEN, headers = {} } = {}) =>
  fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(token !== null && { authorization: `Bearer ${token}` }),
      ...headers,
    },
    body: JSON.stringify({ query, variables }),
    signal: AbortSignal.timeout(PATIENCE_MS),
  });

/** The answer's body. */
const ask = async (url, query, options) => (await send(url, query, options)).json();

/** What comes as Server-Sent Events. Whoever stops reading ends the subscription. */
async function* follow(url, query, options) {
  const response = await send(url, query, { ...options, headers: { accept: 'text/event-stream' } });
  let text = '';
  for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    const events = text.split('\n\n');
    text = events.pop();
    for (const event of events) {
      const [, data] = /^data: ?(\{.*)$/m.exec(event) ?? [];
      if (data) yield JSON.parse(data);
    }
  }
}

const ERROR = '... on TokenApiError { code message requestId nextStep retryAfterMs }';
const WITH_DEVICE = [
  'DeviceOfflineError',
  'DeviceHasNoFirmwareError',
  'FirmwareUpgradeInProgressError',
  'FirmwareUpgradeOutcomeUnknownError',
];

export const CONFIRM = `mutation Confirm($productId: String!, $deviceName: String!) {
  confirmFirmwareUpgrade(productId: $productId, deviceName: $deviceName) {
    __typename
    ${ERROR}
    ... on ConfirmFirmwareUpgradeSuccess { requestId device { id } }
    ${WITH_DEVICE.map((type) => `... on ${type} { device { id } }`).join('\n    ')}
  }
}`;

export const CONFIRMS = `mutation Confirms($productId: String!, $ids: [ID!]!) {
  a: confirmFirmwareUpgrade(productId: $productId, deviceName: "lamp-71") { __typename ${ERROR} }
  b: confirmFirmwareUpgrade(productId: $productId, deviceName: "lamp-offline") { __typename ${ERROR} }
  c: confirmFirmwareUpgrades(ids: $ids) { __typename ${ERROR} ... on ConfirmFirmwareUpgradeSuccess { requestId device { id room { name } } } }
}`;

export const ROOM = `query Room($id: ID!) {
  room(id: $id) { name devices { id firmware { __typename ${ERROR} ... on DeviceFirmware { currentVersion } } } }
}`;

export const CONNECTIVITY = `{
  rooms { name devices { id connectivity { __typename ${ERROR} ... on DeviceConnectivity { state } } } }
}`;
