// Reads that are asked for at the same moment, in different requests of one user.

import { setTimeout as pause } from 'node:timers/promises';
import { sendAndLeave } from '../leavingClient';
import { confirm, type Pair, PRODUCT, prove, startPair, TOKEN, until } from '../pair';
import { requestOf } from '../rawClient';

const UPGRADE = `query ($name: String!) { device(productId: "${PRODUCT}", deviceName: $name) {
  firmwareUpgrade { __typename ... on FirmwareUpgrade { phase } ... on TokenApiError { code } }
} }`;
const ACTION = 'AppDescribeFirmwareUpdateStatus';

let pair: Pair;
/** The reads that arrived; each is answered when it is called with a status. */
let held: ((Status: number) => void)[];
beforeEach(async () => {
  pair = await startPair();
  await prove(pair);
  await prove(pair, 'demo-token-carol');
  held = [];
  pair.simulator.override = ({ action, body: { RequestId } }, response) => {
    if (action !== ACTION) return false;
    held.push((Status) => response.end(JSON.stringify({ Response: { Status, DstVersion: '1', RequestId } })));
    return true;
  };
});
afterEach(() => pair.close());
const read = async (name = 'lamp-1', token?: string) =>
  (await pair.ask(UPGRADE, { name }, token ? { token } : {})).body.data.device.firmwareUpgrade.phase;
const arrived = (count: number) => until(() => held.length === count);
const [DOWNLOADING, SUCCEEDED] = [3, 6];

it('share one call, and each of the later ones makes its own once that has ended', async () => {
  const first = read();
  await arrived(1);
  const others = [read(), read(), read()];
  await pause(100);
  expect(held).toHaveLength(1);
  held[0]?.(DOWNLOADING);
  expect(await Promise.all([first, ...others])).toEqual(Array(4).fill('DOWNLOADING'));
  const later = read();
  await arrived(2);
  held[1]?.(SUCCEEDED);
  expect(await later).toBe('SUCCEEDED');
});

it('of another device, or of another token, are their own', async () => {
  const reads = [read(), read('lamp-2'), read('lamp-1', 'demo-token-carol')];
  await arrived(3);
  for (const answer of held) answer(DOWNLOADING);
  expect(await Promise.all(reads)).toEqual(Array(3).fill('DOWNLOADING'));
});

it('get no answer to a call that began before a confirm of theirs had ended', async () => {
  const early = read();
  await arrived(1);
  await confirm(pair, 'lamp-1');
  const late = read();
  await arrived(2);
  held[1]?.(DOWNLOADING);
  expect(await late).toBe('DOWNLOADING');
  held[0]?.(SUCCEEDED);
  await early;
  expect(held).toHaveLength(2);
});

it('that share a call which began while a confirm was under way do not end its settling', async () => {
  let end: (() => void) | undefined;
  const whileReads = pair.simulator.override;
  pair.simulator.override = (call, response) => {
    if (call.action === ACTION) return whileReads?.(call, response) ?? false;
    end = () => response.end(JSON.stringify({ Response: { RequestId: call.body.RequestId } }));
    return true;
  };
  const confirmed = confirm(pair, 'lamp-1');
  await until(() => end !== undefined);
  const first = read();
  await arrived(1);
  const second = read();
  await pause(50);
  end?.();
  await confirmed;
  held[0]?.(DOWNLOADING);
  expect(await Promise.all([first, second])).toEqual(['DOWNLOADING', 'DOWNLOADING']);
  // What moved may have been an earlier upgrade, and this its end.
  const end2 = read();
  await arrived(2);
  held[1]?.(SUCCEEDED);
  expect(await end2).toBe('SETTLING');
});

it('are answered though the one that asked first has left before its call was sent', async () => {
  await pair.close();
  pair = await startPair({ env: { MAX_UPSTREAM_CALLS: '2', CONFIRM_PLACES: '1', USER_PLACES: '1' } });
  held = [];
  pair.simulator.override = ({ body: { RequestId } }, response) => {
    held.push((Status) => response.end(JSON.stringify({ Response: { Status, DstVersion: '1', RequestId } })));
    return true;
  };
  const before = read('lamp-2');
  await arrived(1);
  const body = JSON.stringify({ query: UPGRADE, variables: { name: 'lamp-1' } });
  const leaving = await sendAndLeave(pair.url, requestOf(body, { token: TOKEN }));
  await pause(100);
  const staying = read();
  await pause(100);
  await leaving.leave();
  await pause(100);
  held[0]?.(DOWNLOADING);
  await arrived(2);
  held[1]?.(DOWNLOADING);
  expect([await before, await staying]).toEqual(['DOWNLOADING', 'DOWNLOADING']);
});

it('do not share the end of an operation that began long before', async () => {
  await pair.close();
  pair = await startPair({ env: { OPERATION_TIMEOUT_MS: '2500', TOKENAPI_TIMEOUT_MS: '2000' } });
  held = [];
  let first: ((more: object) => void) | undefined;
  pair.simulator.override = ({ action, body: { RequestId } }, response) => {
    const answer = (more: object) => response.end(JSON.stringify({ Response: { ...more, RequestId } }));
    if (action === 'AppCheckFirmwareUpdate') first = answer;
    else held.push((Status) => answer({ Status, DstVersion: '1' }));
    return true;
  };
  // One call at a time of a user who is not known yet: the status is read once the offer has been.
  const both = pair.ask(UPGRADE.replace('firmwareUpgrade', 'firmware { __typename } firmwareUpgrade'), {
    name: 'lamp-1',
  });
  await until(() => first !== undefined);
  await pause(1300);
  first?.({ CurrentVersion: '1' });
  await arrived(1);
  const own = read();
  await arrived(2);
  held[1]?.(DOWNLOADING);
  expect(await own).toBe('DOWNLOADING');
  expect((await both).body.data.device.firmwareUpgrade.code).toBe('Gateway.NoAnswer');
});
