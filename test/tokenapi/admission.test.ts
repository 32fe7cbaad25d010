// More than can be done: what waits, and what is sent no more when its turn comes.

import { askAndLeave } from '../leavingClient';
import { confirm, figureOf, type Pair, PRODUCT, startPair, until } from '../pair';

const NOT_SENT = { __typename: 'TokenApiUnavailableError', code: 'Gateway.NotSent', nextStep: 'RETRY' };
const SUCCESS = 'ConfirmFirmwareUpgradeSuccess';

/** A call waits for a place for a quarter of its time at most. Where a test looks at one that waits, that must not end meanwhile. */
const TIMEOUT_MS = 13_000;
const SHORT_TIMEOUT_MS = 1000;

let pair: Pair;
let release: () => void = () => undefined;
beforeEach(() => start(TIMEOUT_MS));
/** One call upstream at a time. */
async function start(timeoutMs: number): Promise<void> {
  pair = await startPair({ env: { MAX_UPSTREAM_CALLS: '1', TOKENAPI_TIMEOUT_MS: String(timeoutMs) } });
  pair.simulator.override = (call, response) => {
    release = () => response.end(JSON.stringify({ Response: { RequestId: call.body.RequestId } }));
    return true;
  };
}
afterEach(() => pair.close());

const received = (count: number) => until(() => pair.simulator.received.length === count);
const oneWaits = () => until(async () => (await figureOf(pair, 'upstream_queued')) === 1);
/** The devices whose confirms reached the upstream, with one that is sent after all of them as the last. */
const devicesUntil = async (last: string) => {
  pair.simulator.override = undefined;
  expect((await confirm(pair, last)).__typename).toBe(SUCCESS);
  return pair.simulator.received.map(({ body }) => body.DeviceName);
};

it('lets one more wait, and sends it once the first has ended', async () => {
  const first = confirm(pair, 'lamp-1');
  await received(1);
  const second = confirm(pair, 'lamp-2');
  await oneWaits();
  expect(await figureOf(pair, 'upstream_in_flight')).toBe(1);
  release();
  expect((await first).__typename).toBe(SUCCESS);
  await received(2);
  release();
  expect((await second).__typename).toBe(SUCCESS);
  expect(pair.simulator.received).toHaveLength(2);
});

it('answers "not sent" to one that waited too long, and sends it no more', async () => {
  await pair.close();
  await start(SHORT_TIMEOUT_MS);
  const first = confirm(pair, 'lamp-1');
  await received(1);
  const startedAt = performance.now();
  expect(await confirm(pair, 'lamp-2')).toMatchObject(NOT_SENT);
  expect(performance.now() - startedAt).toBeLessThan(SHORT_TIMEOUT_MS);
  release();
  await first;
  expect(await devicesUntil('lamp-3')).toEqual(['lamp-1', 'lamp-3']);
});

it('drops one whose client left while it waited', async () => {
  const first = confirm(pair, 'lamp-1');
  await received(1);
  const query = `mutation { confirmFirmwareUpgrade(productId: "${PRODUCT}", deviceName: "lamp-2") { __typename } }`;
  const client = await askAndLeave(pair.url, query);
  await oneWaits();
  await client.leave();
  release();
  await first;
  expect(await devicesUntil('lamp-3')).toEqual(['lamp-1', 'lamp-3']);
});
