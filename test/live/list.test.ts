// Several devices in one stream, and the streams of one user together.

import { setTimeout as pause } from 'node:timers/promises';
import { type Pair, PRODUCT, startPair, until } from '../pair';
import { follow, PROGRESS, script, subscribe, toldBy, UPGRADE } from '../stream';

const DONE = { Status: 6 };
const AWAITING = { Status: 8 };
const REFUSED = 'error InvalidParameterValue.InvalidAccessToken';
let pair: Pair;
beforeEach(async () => {
  pair = await startPair();
});
afterEach(() => pair.close());
const looks = () => pair.simulator.received.filter(({ action }) => action === 'AppDescribeFirmwareUpdateStatus').length;

it('tells each device as it stands, then whichever changed, and completes once nothing can follow for any', async () => {
  script(pair, { a: [DONE], b: [{ Status: 1 }, DONE], c: ['error InvalidParameterValue.NoPermission'] });
  const stream = await follow(pair, ['a', 'b', 'c', 'a']);
  await stream.ended;
  expect([toldBy(stream, 'a'), toldBy(stream, 'b'), toldBy(stream, 'c')]).toEqual([
    ['SUCCEEDED'],
    ['PENDING', 'SUCCEEDED'],
    ['InvalidParameterValue.NoPermission'],
  ]);
  expect([stream.isComplete(), looks()]).toEqual([true, 4]);
});

it('tells of one device by its two names', async () => {
  script(pair, { a: [DONE] });
  const query = `subscription { firmwareUpgradeProgress(productId: "${PRODUCT}", deviceName: "a") { device { id ${UPGRADE} } } }`;
  const stream = await subscribe(pair.url, query);
  await stream.ended;
  expect([toldBy(stream), stream.isComplete()]).toEqual([['SUCCEEDED'], true]);
});

it('ends every stream of a user whose token is refused, with that said of each device, and nobody else’s', async () => {
  const { looksAt } = script(pair, { a: [AWAITING], b: [AWAITING], c: [REFUSED], d: [AWAITING] });
  const first = await follow(pair, ['a', 'b']);
  const others = await follow(pair, ['d'], { token: 'demo-token-carol' });
  await Promise.all([first.has(2), others.has(1)]);
  const second = await follow(pair, ['a', 'c']);
  await Promise.all([first.ended, second.ended]);
  const code = 'InvalidParameterValue.InvalidAccessToken';
  expect(toldBy(first, 'a')).toEqual(['AWAITING_CONFIRMATION', code]);
  expect(toldBy(first, 'b')).toEqual(['AWAITING_CONFIRMATION', code]);
  expect(toldBy(second, 'c')).toEqual([code]);
  expect(toldBy(second, 'a').at(-1)).toBe(code);
  expect([first.isComplete(), second.isComplete(), others.isComplete()]).toEqual([true, true, false]);
  expect(['a', 'b', 'c'].map(looksAt)).toEqual([1, 1, 1]);
  others.leave();
});

it('without a token tells so once, and asks nobody', async () => {
  const stream = await follow(pair, ['a', 'b'], { token: null });
  await stream.ended;
  expect([stream.status, toldBy(stream), stream.isComplete()]).toEqual([200, ['Gateway.NoAccessToken'], true]);
  expect(stream.events[0].data.firmwareUpgradesProgress.device.firmwareUpgrade.nextStep).toBe('SIGN_IN');
  expect(pair.simulator.received).toEqual([]);
});

it('looks once for a thousand watchers, and no more once they have left', async () => {
  await pair.close();
  pair = await startPair({ env: { LIVE_STREAMS_PER_USER: '2000' } });
  const { looksAt } = script(pair, { a: [{ Status: 1 }, { Status: 2 }, { Status: 4 }] });
  const streams = await Promise.all(Array.from({ length: 1000 }, () => follow(pair, ['a'])));
  await Promise.all(streams.map((stream) => stream.has(3)));
  expect(new Set(streams.map((stream) => toldBy(stream).join())).size).toBe(1);
  expect(looksAt('a')).toBe(3);
  for (const stream of streams.slice(1)) stream.leave();
  await until(() => looksAt('a') === 4);
  streams[0]?.leave();
  await pause(2500);
  expect(looksAt('a')).toBe(4);
}, 30_000);

it('reads the other fields of a device once an event, whoever watches, and nothing for who selects none', async () => {
  script(pair, { 'lamp-1': [{ Status: 1 }, { Status: 1 }, { Status: 2 }] });
  const query = PROGRESS.replace(UPGRADE, `connectivity { __typename } firmware { __typename } ${UPGRADE}`);
  const ids = [`${PRODUCT}/lamp-1`];
  const alone = await follow(pair, ['lamp-1']);
  await alone.has(1);
  const count = (name: string) => pair.simulator.received.filter(({ action }) => action === name).length;
  const reads = () => [count('AppGetDeviceStatuses'), count('AppCheckFirmwareUpdate')];
  expect(reads()).toEqual([0, 0]);
  const streams = await Promise.all(Array.from({ length: 20 }, () => subscribe(pair.url, query, { ids })));
  const other = await subscribe(pair.url, query.replace('connectivity', 'also: connectivity'), { ids });
  await Promise.all([...streams, other].map((stream) => stream.has(1)));
  expect(reads()).toEqual([1, 1]);
  await Promise.all([...streams, other].map((stream) => stream.has(2)));
  expect(reads()).toEqual([2, 2]);
  for (const stream of [alone, other, ...streams]) stream.leave();
});

it('tells a reader that was slow the latest of each device, not all that it missed', async () => {
  await pair.close();
  pair = await startPair({ env: { LIVE_CALLS_PER_SECOND: '1000', LIVE_CALLS_PER_SECOND_PER_USER: '1000' } });
  const names = Array.from({ length: 12 }, (_, i) => `d${i}`);
  const seen = new Map<string, number>();
  pair.simulator.override = ({ action, body }, response) => {
    const name = String(body.DeviceName);
    const Percent = (seen.get(name) ?? 0) + 1;
    if (action === 'AppDescribeFirmwareUpdateStatus') seen.set(name, Percent);
    // All together, more than what lies between the gateway and its reader can hold.
    const Description = '说'.repeat(20_000);
    const answer = { Status: 3, Percent, OriVersion: '1.0', CurrentVersion: '1.0', DstVersion: '1.1', Description };
    response.end(JSON.stringify({ Response: { ...answer, Version: '1.1', RequestId: body.RequestId } }));
    return true;
  };
  const notes = Array.from({ length: 14 }, (_, i) => `n${i}: notes`).join(' ');
  const query = PROGRESS.replace(UPGRADE, `firmware { ... on DeviceFirmware { release { ${notes} } } } ${UPGRADE}`);
  const stream = await subscribe(pair.url, query, { ids: names.map((name) => `${PRODUCT}/${name}`) });
  stream.pause();
  await until(() => names.every((name) => (seen.get(name) ?? 0) >= 4));
  stream.resume();
  await until(() => names.every((name) => toldBy(stream, name).some((told) => Number(told.split(' ')[1]) >= 4)));
  const counts = names.map((name) => toldBy(stream, name).length);
  expect(Math.min(...counts)).toBeLessThan(4);
  expect(counts.reduce((sum, count) => sum + count)).toBeLessThan(names.length * 3);
  stream.leave();
}, 30_000);
