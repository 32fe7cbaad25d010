// How many calls streams cause, and who comes first.

import { setTimeout as pause } from 'node:timers/promises';
import { confirm, type Pair, PRODUCT, prove, startPair } from '../pair';
import { follow, PROGRESS, type Stream, subscribe, UPGRADE } from '../stream';

const ACTION = 'AppDescribeFirmwareUpdateStatus';
const tokens = Array.from({ length: 10 }, (_, i) => `demo-token-user-${i}`);
const names = (count: number, prefix = 'd') => Array.from({ length: count }, (_, i) => `${prefix}${i}`);

let pair: Pair;
let streams: Stream[] = [];
afterEach(async () => {
  for (const stream of streams) stream.leave();
  streams = [];
  await pair.close();
});

/** Every device moves, and shows something new each time. */
function move(latencyMs = 0) {
  let nth = 0;
  pair.simulator.override = ({ action, body: { RequestId } }, response) => {
    if (action !== ACTION) return false;
    const answer = { Status: 3, Percent: nth++ % 100, OriVersion: '1.0', DstVersion: `1.${nth}` };
    setTimeout(() => response.end(JSON.stringify({ Response: { ...answer, RequestId } })), latencyMs);
    return true;
  };
}
const polls = (token?: string) =>
  pair.simulator.received.filter(
    ({ action, body }) => action === ACTION && (token === undefined || body.AccessToken === token),
  );
/** Most arrivals within one second, wherever that begins. */
function mostInASecond(calls: readonly { at: number }[]): number {
  let first = 0;
  let most = 0;
  for (const [i, { at }] of calls.entries()) {
    while ((calls[first]?.at ?? at) <= at - 1000) first++;
    most = Math.max(most, i - first + 1);
  }
  return most;
}

it('a thousand devices of ten users stay within the budget of the process, and all users get the same', async () => {
  pair = await startPair();
  for (const token of tokens) await prove(pair, token);
  move();
  streams = await Promise.all(tokens.map((token) => follow(pair, names(100), { token })));
  await pause(6000);
  // 50 a second, with a burst of a twentieth of a second; arrivals are a little closer now and then than sends were.
  expect(mostInASecond(polls())).toBeLessThanOrEqual(50 + 3 + 3);
  expect(polls().length).toBeGreaterThan(0.8 * 6 * 50);
  const each = tokens.map((token) => polls(token).length);
  // Those who came first have had a burst of their own.
  expect(Math.min(...each) / Math.max(...each)).toBeGreaterThan(0.7);
  for (const token of tokens)
    expect(new Set(polls(token).map(({ body }) => body.DeviceName)).size).toBe(polls(token).length);
}, 20_000);

it('one user stays within a user’s budget, which holds a second, and leaves the rest to others', async () => {
  pair = await startPair({ env: { LIVE_CALLS_PER_SECOND: '40', LIVE_CALLS_PER_SECOND_PER_USER: '10' } });
  const [many = '', few = ''] = tokens;
  await prove(pair, many);
  await prove(pair, few);
  move();
  streams = [await follow(pair, names(100), { token: many })];
  await pause(1000);
  streams.push(await follow(pair, names(1), { token: few }));
  const startedAt = performance.now();
  while ((streams[1] as Stream).events.length === 0) await pause(5);
  expect(performance.now() - startedAt).toBeLessThan(500);
  await pause(4500);
  expect(mostInASecond(polls(many))).toBeLessThanOrEqual(20 + 1);
  expect(polls(many).length).toBeLessThanOrEqual(10 + 10 * 6 + 1);
  expect(polls(few).length).toBeGreaterThanOrEqual(3);
}, 20_000);

it('those who come again and again do not keep one who stays waiting for ever', async () => {
  pair = await startPair({ env: { LIVE_CALLS_PER_SECOND_PER_USER: '2' } });
  await prove(pair);
  move();
  const stays = await follow(pair, ['stays']);
  streams = [stays];
  await stays.has(1);
  for (const name of names(60, 'comes')) {
    if (stays.events.length > 1) break;
    streams.push(await follow(pair, [name]));
    await pause(200);
  }
  expect(stays.events.length).toBeGreaterThan(1);
  // There was always somebody who had been told nothing.
  expect(polls().length).toBeLessThan(streams.length);
}, 30_000);

it('what else is selected of a device is within the budget, and an event does not wait for the polls of others', async () => {
  pair = await startPair();
  await prove(pair);
  move();
  const query = PROGRESS.replace(UPGRADE, `firmware { __typename } connectivity { __typename } ${UPGRADE}`);
  const stream = await subscribe(pair.url, query, { ids: names(100, 'lamp-').map((name) => `${PRODUCT}/${name}`) });
  streams = [stream];
  await pause(6000);
  expect(mostInASecond(pair.simulator.received)).toBeLessThanOrEqual(20 + 1);
  expect(pair.simulator.received.length).toBeLessThanOrEqual(10 + 10 * 6 + 1);
  // Each took three calls.
  expect(stream.events.length).toBeGreaterThan(15);
  expect(stream.events.every(({ data }) => data.firmwareUpgradesProgress.device.connectivity !== null)).toBe(true);
}, 20_000);

it('calls that are repeated since a connection was cut are of the budget, too', async () => {
  pair = await startPair({ env: { LIVE_CALLS_PER_SECOND: '20', LIVE_CALLS_PER_SECOND_PER_USER: '20' } });
  const [user = ''] = tokens;
  await prove(pair, user);
  let calls = 0;
  pair.simulator.override = ({ action, body: { RequestId } }, response) => {
    if (action !== ACTION) return false;
    // A call's first attempt more often than not, and never two in a row.
    if (++calls % 2 === 1) response.destroy();
    else response.end(JSON.stringify({ Response: { Status: 3, Percent: 1, DstVersion: '1', RequestId } }));
    return true;
  };
  streams = [await follow(pair, names(100), { token: user })];
  await pause(6000);
  expect(polls().length).toBeLessThanOrEqual(20 * 6 + 20 + 4);
  expect(polls().length).toBeGreaterThan(20 * 6 * 0.7);
}, 20_000);

it('what waited until the platform had accepted its user does not go out at once then', async () => {
  pair = await startPair({ env: { LIVE_CALLS_PER_SECOND: '10', LIVE_CALLS_PER_SECOND_PER_USER: '10' } });
  const held: (() => void)[] = [];
  pair.simulator.override = ({ action, body: { RequestId } }, response) => {
    if (action !== ACTION) return false;
    const answer = () =>
      response.end(JSON.stringify({ Response: { Status: 3, Percent: 1, DstVersion: '1', RequestId } }));
    if (polls().length > 1) answer();
    else held.push(answer);
    return true;
  };
  streams = [await follow(pair, names(100))];
  await pause(2000);
  for (const answer of held) answer();
  await pause(2000);
  // A user's budget holds a second, and the process' a twentieth.
  expect(mostInASecond(polls())).toBeLessThanOrEqual(10 + 1 + 2);
  expect(polls().length).toBeGreaterThan(15);
}, 20_000);

it('made-up tokens take turns as one: a known user gets half of what there is', async () => {
  pair = await startPair({ env: { LIVE_CALLS_PER_SECOND: '20', LIVE_CALLS_PER_SECOND_PER_USER: '20' } });
  await prove(pair);
  // The platform is away for those whom it has not accepted yet.
  pair.simulator.override = ({ action, body: { AccessToken, RequestId } }, response) => {
    if (action !== ACTION) return false;
    if (String(AccessToken).startsWith('made-up')) response.destroy();
    else response.end(JSON.stringify({ Response: { Status: 1, DstVersion: '1', RequestId } }));
    return true;
  };
  streams = await Promise.all(names(30, 'made-up').map((token) => follow(pair, names(5), { token })));
  const before = polls().length;
  streams.push(await follow(pair, names(50)));
  await pause(5000);
  const all = polls().length - before;
  expect(polls('demo-token-alice').length / all).toBeGreaterThan(0.3);
  expect(polls('demo-token-alice').length).toBeGreaterThan(25);
}, 20_000);

describe('where the platform is sent ten calls a second', () => {
  const READ = `query ($d: String!) { device(productId: "${PRODUCT}", deviceName: $d) { firmware { __typename } } }`;
  beforeEach(async () => {
    pair = await startPair({ env: { TOKENAPI_CALLS_PER_SECOND: '10' } });
    for (const token of tokens.slice(0, 5)) await prove(pair, token);
    await pause(1000);
    move();
    streams = await Promise.all(tokens.slice(0, 5).map((token) => follow(pair, names(100), { token })));
    await pause(2000);
  });

  it('confirms and reads come before polls', async () => {
    for (let i = 0; i < 10; i++) {
      const startedAt = performance.now();
      await (i % 2 ? confirm(pair, 'lamp-1') : pair.ask(READ, { d: 'lamp-1' }));
      // A tenth of a second until the next call may be sent, and no poll before it.
      expect(performance.now() - startedAt).toBeLessThan(350);
    }
  }, 20_000);

  it('reads that take all of it leave polls a tenth', async () => {
    const before = polls().length;
    const startedAt = performance.now();
    let reads = 0;
    const read = async (): Promise<void> => {
      while (performance.now() - startedAt < 8000) {
        await pair.ask(READ, { d: `lamp-${++reads}` });
      }
    };
    await Promise.all(Array.from({ length: 20 }, read));
    const share = (polls().length - before) / (pair.simulator.received.length || 1);
    expect(polls().length - before).toBeGreaterThanOrEqual(5);
    expect(reads).toBeGreaterThan(60);
    expect(share).toBeLessThan(0.25);
  }, 20_000);
});
