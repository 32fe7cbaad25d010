// Clients that follow upgrades, each over a connection of its own: by a stream, or by asking again and again. In a process of their
// own, so that neither the gateway nor the bench pays for them. GET /open/<n> opens more, until there are n; GET /ask/<n>
// lets n of them ask each second from then on, in turn. Each answers what they saw so far.

import { createServer } from 'node:http';
import { connect } from 'node:net';
import { WebSocket } from 'ws';
import { requestText } from './firstAnswer.mjs';
import { lineTo } from './line.mjs';

const { PORT, GATEWAY_PORT, WAY } = process.env;
const [devices, users] = ['DEVICES', 'USERS'].map((name) => Number(process.env[name]));
/** Connections that are opened at once: the kernel's queue of new ones is short. */
const OPENED_AT_ONCE = 100;
const ASK_EVERY_MS = 5;

const FIELDS =
  'id firmwareUpgrade { __typename ... on FirmwareUpgrade { phase percent fromVersion toVersion isFinal failureReason pollAfterMs } ... on TokenApiError { code nextStep } }';
const VARIABLES = '($productId: String!, $deviceName: String!)';
const ARGUMENTS = '(productId: $productId, deviceName: $deviceName)';
const QUERY = `query Follow${VARIABLES} { device${ARGUMENTS} { ${FIELDS} } }`;
const SUBSCRIPTION = `subscription Follow${VARIABLES} { firmwareUpgradeProgress${ARGUMENTS} { device { ${FIELDS} } } }`;
/** Stands once in each answer that tells an upgrade. */
const TOLD = '"percent":';

const counts = { open: 0, told: 0, closed: 0 };

/** Whoever watches the same device is the same user: what is read by one token is shared with no other. */
const deviceOf = (i) => ({ productId: 'PR1234567890', deviceName: `device-${i % devices}` });
const authorizationOf = (i) => `Bearer bench-user-${(i % devices) % users}-0123456789abcdef`;

/** Counts what is told, and says so after the first. */
function counting(opened) {
  let hasBegun = false;
  let rest = '';
  return (chunk) => {
    const parts = (rest + chunk.latin1Slice()).split(TOLD);
    rest = parts.at(-1).slice(1 - TOLD.length);
    counts.told += parts.length - 1;
    if (hasBegun || parts.length === 1) return;
    hasBegun = true;
    opened();
  };
}

const ways = {
  sse(i, opened) {
    const headers = { accept: 'text/event-stream', authorization: authorizationOf(i) };
    const socket = connect(GATEWAY_PORT, '127.0.0.1', () =>
      socket.write(requestText(SUBSCRIPTION, deviceOf(i), headers)),
    );
    socket.on('data', counting(opened)).on('error', () => undefined);
    socket.once('close', () => counts.closed++);
  },
  websocket(i, opened) {
    const options = { perMessageDeflate: false };
    const socket = new WebSocket(`ws://127.0.0.1:${GATEWAY_PORT}/graphql`, 'graphql-transport-ws', options);
    const send = (message) => socket.send(JSON.stringify(message));
    const count = counting(opened);
    socket.once('open', () => send({ type: 'connection_init', payload: { authorization: authorizationOf(i) } }));
    socket.once('message', () =>
      send({ id: '1', type: 'subscribe', payload: { query: SUBSCRIPTION, variables: deviceOf(i) } }),
    );
    socket.on('message', count).on('error', () => undefined);
    socket.once('close', () => counts.closed++);
  },
  async polling(i, opened) {
    const line = await lineTo(GATEWAY_PORT);
    const text = requestText(QUERY, deviceOf(i), { authorization: authorizationOf(i) });
    lines.push(async () => {
      const answer = await line.ask(text);
      if (answer?.includes(TOLD)) counts.told++;
      else counts.closed++;
    });
    await lines.at(-1)();
    opened();
  },
};
const lines = [];

let begun = 0;
let wanted = 0;
function openNext() {
  if (begun === wanted) return;
  void ways[WAY](begun++, () => {
    counts.open++;
    openNext();
  });
}

/** So many ask each second, in turn, by the clock. */
function askBy(aSecond) {
  const startedAt = performance.now();
  let asked = 0;
  setInterval(() => {
    for (; asked < ((performance.now() - startedAt) * aSecond) / 1000; asked++) void lines[asked % lines.length]();
  }, ASK_EVERY_MS);
}

const orders = {
  open(all) {
    wanted = all;
    for (let i = 0; i < OPENED_AT_ONCE; i++) openNext();
  },
  ask: askBy,
};

createServer(({ url }, response) => {
  const [, order, number] = /^\/(\w+)\/(\d+)$/.exec(url) ?? [];
  if (order) orders[order](Number(number));
  response.end(JSON.stringify(counts));
}).listen(Number(PORT), '127.0.0.1');
