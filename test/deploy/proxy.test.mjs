// What the proxy sends again, and what never: asked of stand-ins for two gateways, since a real one does not fail on demand.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { after, before, beforeEach, test } from 'node:test';
import { exchange } from './ask.mjs';
import { freePorts, needs, until } from './machine.mjs';
import { startProxy } from './world.mjs';

const options = needs('haproxy');
const REQUESTS = 6;

const answers = (status) => (request, response) => request.resume().on('end', () => response.writeHead(status).end());
const cutsOff = (request) => request.resume().on('end', () => request.socket.destroy());
const cutsOffWithin = (request, response) =>
  request
    .resume()
    .on('end', () => response.writeHead(200, { 'content-length': 9 }).write('half', () => request.socket.destroy()));

const keepsSilent = (request) => request.resume();

/** How the first stand-in behaves, and by its `x-request-id`, how often a request came to the first and to the second. */
const stage = { first: answers(200), arrived: new Map() };
const servers = [];
let url;
let proxy;

const standIn = (behaviour, index) =>
  createServer((request, response) => {
    const id = request.headers['x-request-id'];
    if (id) {
      const counts = stage.arrived.get(id) ?? [0, 0];
      counts[index]++;
      stage.arrived.set(id, counts);
    }
    behaviour()(request, response);
  });

before(async () => {
  if (options.skip) return;
  const [port, ...ports] = await freePorts(5);
  const ready = () => answers(200);
  for (const behaviour of [() => stage.first, ready, ready, ready]) {
    // The ports come in pairs: a stand-in, and what says that it is ready.
    const server = standIn(behaviour, servers.length / 2).listen(ports[servers.length], '127.0.0.1');
    servers.push(server);
    await once(server, 'listening');
  }
  url = `http://127.0.0.1:${port}/graphql`;
  proxy = startProxy(port, ports, { ANSWER_TIMEOUT: '1s' });
  await until('the proxy', async () => (await exchange(url)).status === 200);
});

after(async () => {
  await proxy?.stop('SIGKILL');
  for (const server of servers) {
    server.close();
    server.closeAllConnections();
  }
});

beforeEach(() => stage.arrived.clear());

/** The statuses of some POSTs, one after the other, and how often each came to the first and to the second. */
async function posted() {
  const statuses = [];
  for (let nth = 0; nth < REQUESTS; nth++) {
    const headers = { 'x-request-id': String(nth), 'content-type': 'application/json' };
    statuses.push((await exchange(url, { method: 'POST', headers, body: '{"query":"mutation { x }"}' })).status);
  }
  return { statuses, arrived: [...stage.arrived.values()] };
}

const isOnce = ([first, second]) => first + second === 1;

test('what is answered 503 is sent to the other, once', options, async () => {
  stage.first = answers(503);
  const { statuses, arrived } = await posted();
  assert.deepEqual(new Set(statuses), new Set([200]));
  assert.equal(
    arrived.some(([first]) => first === 1),
    true,
  );
  assert.equal(
    arrived.every(([first, second]) => first <= 1 && second === 1),
    true,
  );
});

const lossy = {
  'cut off before an answer': cutsOff,
  'cut off within an answer': cutsOffWithin,
  'not answered': keepsSilent,
};
for (const [how, behaviour] of Object.entries(lossy))
  test(`what is ${how} is not sent again`, options, async () => {
    stage.first = behaviour;
    const { statuses, arrived } = await posted();
    const lost = statuses.filter((status) => status !== 200);
    assert.equal(lost.length, REQUESTS / 2);
    assert.equal(arrived.every(isOnce), true);
  });

test('an error of another kind is the answer', options, async () => {
  stage.first = answers(500);
  const { statuses, arrived } = await posted();
  assert.equal(statuses.filter((status) => status === 500).length, REQUESTS / 2);
  assert.equal(arrived.every(isOnce), true);
});

test('what finds no connection goes to the other', options, async () => {
  servers[0].close();
  servers[0].closeAllConnections();
  const { statuses, arrived } = await posted();
  assert.deepEqual(new Set(statuses), new Set([200]));
  assert.deepEqual(
    arrived,
    Array.from({ length: REQUESTS }, () => [0, 1]),
  );
});
