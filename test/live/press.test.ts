// A confirm of the same user, while its upgrade is followed.

import { setTimeout as pause } from 'node:timers/promises';
import { answerWith, confirm, type Pair, PRODUCT, startPair, until } from '../pair';
import { follow, type Stream, script, toldBy } from '../stream';

const DONE = { Status: 6 };
let pair: Pair;
let stream: Stream;
beforeEach(async () => {
  pair = await startPair();
});
afterEach(async () => {
  stream.leave();
  await pair.close();
});

it('opens a finished device of a list that is open, and at once', async () => {
  const { looksAt } = script(pair, { 'lamp-1': [DONE, DONE, { Status: 1 }, DONE], 'lamp-2': [{ Status: 8 }] });
  stream = await follow(pair, ['lamp-1', 'lamp-2']);
  await stream.has(2);
  await pause(200);
  expect([toldBy(stream, 'lamp-1'), looksAt('lamp-1')]).toEqual([['SUCCEEDED'], 1]);
  const startedAt = performance.now();
  await confirm(pair, 'lamp-1');
  await stream.has(3);
  expect(performance.now() - startedAt).toBeLessThan(1000);
  // The old end is told as what is being waited for.
  expect(toldBy(stream, 'lamp-1')).toEqual(['SUCCEEDED', 'SETTLING']);
  await stream.has(5);
  expect(toldBy(stream, 'lamp-1')).toEqual(['SUCCEEDED', 'SETTLING', 'PENDING', 'SUCCEEDED']);
  expect(stream.isComplete()).toBe(false);
});

it('wakes a device that is looked at seldom, and admits a step backwards', async () => {
  script(pair, {
    'lamp-1': [
      { Status: 3, Percent: 80 },
      { Status: 3, Percent: 5 },
    ],
  });
  stream = await follow(pair, ['lamp-1']);
  await stream.has(1);
  const startedAt = performance.now();
  await confirm(pair, 'lamp-1');
  await stream.has(2);
  expect(performance.now() - startedAt).toBeLessThan(1000);
  expect(toldBy(stream)).toEqual(['DOWNLOADING 80', 'DOWNLOADING 5']);
});

it('of another user changes nothing', async () => {
  const { looksAt } = script(pair, { 'lamp-1': [{ Status: 8 }] });
  stream = await follow(pair, ['lamp-1']);
  await stream.has(1);
  await confirm(pair, 'lamp-1', { token: 'demo-token-carol' });
  await pause(300);
  expect(looksAt('lamp-1')).toBe(1);
});

it('that is refused leaves what is told as it was', async () => {
  let refuse: (() => void) | undefined;
  pair.simulator.override = ({ action, body: { RequestId } }, response) => {
    const answer = (Response: object) => response.end(JSON.stringify({ Response: { ...Response, RequestId } }));
    if (action === 'AppDescribeFirmwareUpdateStatus') answer({ Status: 8, OriVersion: '1.0.0', DstVersion: '1.1.0' });
    else refuse = () => answer({ Error: { Code: 'FailedOperation.DeviceOffline', Message: '' } });
    return true;
  };
  const confirmed = confirm(pair, 'lamp-1');
  await until(() => refuse !== undefined);
  stream = await follow(pair, ['lamp-1']);
  await stream.has(1);
  refuse?.();
  expect((await confirmed).__typename).toBe('DeviceOfflineError');
  await stream.has(2);
  expect(toldBy(stream)).toEqual(['SETTLING', 'AWAITING_CONFIRMATION']);
});

it('that is refused while an upgrade moves forgets nothing of it', async () => {
  const statuses = [
    { Status: 3, Percent: 50 },
    { ...DONE, OriVersion: '0.9.0', DstVersion: '1.0.0' },
    { Status: 3, Percent: 40 },
    { Status: 3, Percent: 60 },
  ];
  let looks = 0;
  pair.simulator.override = ({ action, body: { RequestId } }, response) => {
    const answer = (Response: object) => response.end(JSON.stringify({ Response: { ...Response, RequestId } }));
    if (action === 'AppDescribeFirmwareUpdateStatus')
      answer({ OriVersion: '1.0.0', DstVersion: '1.1.0', ...statuses[Math.min(looks++, 3)] });
    else answer({ Error: { Code: 'RequestLimitExceeded', Message: '' } });
    return true;
  };
  stream = await follow(pair, ['lamp-1']);
  await stream.has(1);
  expect((await confirm(pair, 'lamp-1')).__typename).toBe('TokenApiRateLimitedError');
  await stream.has(2);
  expect([toldBy(stream), looks]).toEqual([['DOWNLOADING 50', 'DOWNLOADING 60'], 4]);
});

it('tells nothing that was read before it', async () => {
  const held: (() => void)[] = [];
  const answers = [DONE, { Status: 1 }];
  pair.simulator.override = ({ action, body: { RequestId } }, response) => {
    if (action !== 'AppDescribeFirmwareUpdateStatus') return false;
    const status = answers[Math.min(held.length, 1)];
    held.push(() =>
      response.end(JSON.stringify({ Response: { OriVersion: '1.0.0', DstVersion: '1.1.0', ...status, RequestId } })),
    );
    if (held.length > 1) held.at(-1)?.();
    return true;
  };
  stream = await follow(pair, ['lamp-1']);
  await until(() => held.length === 1);
  await confirm(pair, 'lamp-1');
  held[0]?.();
  await stream.has(1);
  expect(toldBy(stream)).toEqual(['PENDING']);
});

describe('and plain reads', () => {
  const UPGRADE = `{ device(productId: "${PRODUCT}", deviceName: "lamp-1") { firmwareUpgrade { ... on FirmwareUpgrade { phase toVersion } } } }`;
  const read = async () => (await pair.ask(UPGRADE)).body.data.device.firmwareUpgrade;
  const show = (fields: object) => answerWith(pair, (RequestId) => ({ body: { Response: { ...fields, RequestId } } }));
  const NEW = { OriVersion: '1.0', DstVersion: '1.1' };
  const OLD = { OriVersion: '0.9', DstVersion: '1.0' };

  it('tell no older end as this one’s, and the true one at once', async () => {
    await confirm(pair, 'lamp-1');
    show({ Status: 1, ...NEW });
    expect(await read()).toMatchObject({ phase: 'PENDING' });
    show({ Status: 6, ...OLD });
    expect(await read()).toEqual({ phase: 'SETTLING', toVersion: null });
    show({ Status: 5, ...OLD });
    expect(await read()).toEqual({ phase: 'SETTLING', toVersion: null });
    show({ Status: 6, ...NEW, OriVersion: '1.1' });
    expect(await read()).toEqual({ phase: 'SUCCEEDED', toVersion: '1.1' });
    // The replica still lags.
    show({ Status: 6, ...OLD });
    expect(await read()).toEqual({ phase: 'SETTLING', toVersion: null });
    stream = await follow(pair, []);
  });
});
