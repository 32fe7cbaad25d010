// The whole time of an operation, and what it leaves to each of its reads.

import { confirm, figureOf, type Pair, PRODUCT, startPair } from '../pair';

/** Each lasts a tenth of what it is by default: so long an operation may take, and so long a call. */
const ENV = { OPERATION_TIMEOUT_MS: '3000', TOKENAPI_TIMEOUT_MS: '1000' };
const UNAVAILABLE = { __typename: 'TokenApiUnavailableError', code: 'Gateway.NoAnswer', nextStep: 'RETRY' };
const ERROR = '... on TokenApiError { code nextStep }';
const DEVICES = `query ($ids: [ID!]!) { devices(ids: $ids) {
  firmware { __typename ${ERROR} } firmwareUpgrade { __typename ${ERROR} }
} }`;
const ids = (count: number) => Array.from({ length: count }, (_, i) => `${PRODUCT}/lamp-${i + 1}`);

let pair: Pair;
afterEach(() => pair.close());

it('suffices for all 200 reads of a page of 100 devices, though each answer takes 90 ms and ten are asked at once', async () => {
  pair = await startPair({ env: ENV, simulator: { latencyMs: 90 } });
  const { body } = await pair.ask(DEVICES, { ids: ids(100) });
  const whole = { firmware: { __typename: 'DeviceFirmware' }, firmwareUpgrade: { __typename: 'FirmwareUpgrade' } };
  expect(body.data.devices).toEqual(Array(100).fill(whole));
  expect(pair.simulator.received).toHaveLength(200);
});

it('is held: what cannot be answered by then is not sent, and its rows say RETRY', async () => {
  pair = await startPair({
    env: { OPERATION_TIMEOUT_MS: '3000', TOKENAPI_TIMEOUT_MS: '2000' },
    simulator: { latencyMs: 200 },
  });
  const startedAt = performance.now();
  const { body } = await pair.ask(DEVICES, { ids: ids(100) });
  expect(performance.now() - startedAt).toBeLessThan(3000 + 250);
  const rows: { __typename: string }[] = body.data.devices.flatMap(Object.values);
  const read = rows.filter(({ __typename }) => __typename !== UNAVAILABLE.__typename);
  expect(rows).toHaveLength(200);
  expect(new Set(rows.filter((row) => !read.includes(row)).map((row) => JSON.stringify(row)))).toEqual(
    new Set([JSON.stringify(UNAVAILABLE)]),
  );
  // Whatever was sent had the time of a fair answer, which is a quarter of a call's, and was answered within it.
  expect(read.length).toBeGreaterThan(50);
  expect(pair.simulator.received).toHaveLength(read.length);
});

it('is not taken from a read by its waiting for a turn: the thirtieth has as much time as the first', async () => {
  pair = await startPair({
    env: { OPERATION_TIMEOUT_MS: '5000', TOKENAPI_TIMEOUT_MS: '1000' },
    simulator: { latencyMs: 700 },
  });
  const { body } = await pair.ask('query ($ids: [ID!]!) { devices(ids: $ids) { firmware { __typename } } }', {
    ids: ids(30),
  });
  expect(body.data.devices).toEqual(Array(30).fill({ firmware: { __typename: 'DeviceFirmware' } }));
});

describe('reads that the end of their operation cuts', () => {
  const CUT = { OPERATION_TIMEOUT_MS: '900', TOKENAPI_TIMEOUT_MS: '2000' };
  /** Each time of others: the same reads would share their calls. */
  const readThirty = (nth = 1) =>
    pair.ask('query ($ids: [ID!]!) { devices(ids: $ids) { firmware { __typename } } }', {
      ids: ids(30 * nth).slice(-30),
    });

  it('say nothing about the platform, and open no circuit', async () => {
    pair = await startPair({ env: CUT });
    await confirm(pair, 'lamp-offline');
    pair.simulator.override = () => true;
    await Promise.all([1, 2, 3].map(readThirty));
    // USER_PLACES of them.
    expect(pair.simulator.received).toHaveLength(25);
    expect(await figureOf(pair, 'breaker_state{calls="reads"}')).toBe(0);
  });

  it('a control: with their whole time they open it', async () => {
    pair = await startPair({ env: { OPERATION_TIMEOUT_MS: '4000', TOKENAPI_TIMEOUT_MS: '900' } });
    await confirm(pair, 'lamp-offline');
    pair.simulator.override = () => true;
    await Promise.all([1, 2, 3].map(readThirty));
    expect(await figureOf(pair, 'breaker_state{calls="reads"}')).toBe(2);
    expect(await figureOf(pair, 'breaker_state{calls="confirms"}')).toBe(0);
    // The circuit of confirms is its own.
    pair.simulator.override = undefined;
    expect((await confirm(pair, 'lamp-1')).__typename).toBe('ConfirmFirmwareUpgradeSuccess');
  });
});
