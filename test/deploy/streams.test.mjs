// Streams through the proxy that ships: quiet ones, and ones whose replicas are restarted.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { transports } from './follow.mjs';
import { nextDevice, pressed } from './load.mjs';
import { needs, until } from './machine.mjs';
import { startWorld } from './world.mjs';

/** Of the proxy: for a server that is silent, and for a client or a WebSocket that is. */
const [SERVER_MS, IDLE_MS] = [6000, 12_000];
const WATCHED_EACH = 10;
const options = needs('haproxy', 'redis-server');
const pollers = async () => {
  const figures = await Promise.all(world.replicas.map((replica) => replica.figure('firmware_gateway_live_pollers')));
  return figures[0] + figures[1];
};

let world;
before(async () => {
  if (!options.skip) world = await startWorld({}, { ANSWER_TIMEOUT: `${SERVER_MS}ms`, IDLE_TIMEOUT: `${IDLE_MS}ms` });
});
after(() => world?.close());

test('a stream that has nothing to tell outlives every time-out of the proxy', options, async () => {
  const leaving = new AbortController();
  const kinds = Object.keys(transports);
  const heard = Object.fromEntries(kinds.map((kind) => [kind, []]));
  const ended = [];
  const streams = kinds.map((kind) =>
    transports[kind](world.url, 'lamp-busy', (what) => heard[kind].push(what), leaving.signal).then(
      () => ended.push(kind),
      () => ended.push(kind),
    ),
  );
  // The first event is there while the stream is open: nothing on the way waits for its end.
  await until('the first events', () => kinds.every((kind) => heard[kind].some(({ phase }) => phase)), 3000);
  await pause(IDLE_MS + 2000);
  assert.deepEqual(ended, []);
  for (const kind of kinds) assert.equal(heard[kind].filter(({ phase }) => phase === 'DOWNLOADING').length, 1);
  assert.equal(heard.websocket.includes('again'), false);
  assert.ok(heard.sse.filter((what) => what === 'heartbeat').length > 2);

  leaving.abort();
  await Promise.allSettled(streams);
  await until('nobody is watched', async () => (await pollers()) === 0);
});

const RANKS = [
  'SETTLING',
  'PROCESSING',
  'PENDING',
  'DELIVERED',
  'DOWNLOADING',
  'DOWNLOADED',
  'INSTALLING',
  'SUCCEEDED',
];
const rankOf = ({ phase, percent }) => RANKS.indexOf(phase) * 1000 + (percent ?? 0);

/** Confirms, and follows until the end, however often the gateway says to come again. */
async function followed(kind, onBegun) {
  const device = nextDevice();
  await pressed(world.url, device);
  const told = [];
  let again = 0;
  const hear = (what) => {
    if (what === 'again') again++;
    else if (what !== 'heartbeat' && told.push(what) === 1) onBegun();
  };
  while (!told.at(-1)?.isFinal) {
    const status = await transports[kind](world.url, device, hear).catch(({ name }) => name);
    if (!told.at(-1)?.isFinal) again++;
    // Refused by a replica that leaves, when both were asked in vain: an app waits as `retry-after` says.
    if (status !== 200) await pause(1000);
  }
  const backwards = told.filter((upgrade, i) => i > 0 && rankOf(upgrade) < rankOf(told[i - 1]));
  return { kind, told, again, backwards };
}

async function restarted(replica) {
  const { code } = await replica.process.stop('SIGTERM');
  assert.equal(code, 0, replica.process.output);
  replica.start();
  await replica.ready();
}

test(
  'both replicas are restarted: each stream comes again at the other, and takes no step back',
  options,
  async (t) => {
    const kinds = Object.keys(transports).flatMap((kind) => Array(WATCHED_EACH).fill(kind));
    let begun = 0;
    const following = kinds.map((kind) => followed(kind, () => begun++));
    await until('all are told of', () => begun === kinds.length);
    for (const replica of world.replicas) await restarted(replica);
    const streams = await Promise.all(following);
    for (const { kind, told, backwards } of streams) {
      assert.deepEqual(backwards, [], kind);
      assert.equal(told.at(-1).phase, 'SUCCEEDED');
    }
    const againBy = (kind) => streams.filter((stream) => stream.kind === kind && stream.again > 0).length;
    for (const kind of Object.keys(transports)) assert.ok(againBy(kind) > 0, kind);
    t.diagnostic(
      `${streams.length} streams, of which ${againBy('sse')} over SSE and ${againBy('websocket')} over WebSocket came again: 0 steps back`,
    );
  },
);
