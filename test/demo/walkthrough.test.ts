// The upgrade in the terminal, over a running gateway and a running simulator, on a clock that goes on only while it waits.

import { polled, pushed } from '../../src/demo/following';
import { terminalFrom } from '../../src/demo/terminal';
import { upgradeDevice } from '../../src/demo/walkthrough';
import type { Language } from '../../src/languages/language';
import { type Pair, PRODUCT, startPair, TOKEN } from '../pair';
import { clock } from '../simulator/device';

let pair: Pair;
beforeAll(async () => {
  pair = await startPair({ simulator: { paceMs: 2000, envelope: 'alternate' } });
});
afterAll(() => pair.close());
beforeEach(clock.stop);
afterEach(clock.run);

async function walk(deviceName: string, token = TOKEN, url = pair.url, language: Language = 'en') {
  const written: string[] = [];
  const pauses: number[] = [];
  const pause = async (ms: number) => {
    pauses.push(ms);
    clock.advance(ms);
  };
  const terminal = terminalFrom({ write: (text) => written.push(text) }, undefined);
  const done = await upgradeDevice({ url, token, productId: PRODUCT, deviceName }, terminal, polled, language, pause);
  const confirms = pair.simulator.received.filter(
    ({ action, body }) => action === 'AppPublishFirmwareUpdateMessage' && body.DeviceName === deviceName,
  );
  return { done, written: written.join(''), pauses, confirms: confirms.length };
}

it('asks, confirms once, follows to the end, and has nothing to do the second time', async () => {
  const first = await walk('lamp-online');
  const second = await walk('lamp-online');
  expect([first.done, second.done, second.confirms]).toEqual([true, true, 1]);
  expect(first.written).toMatch(
    /Installed {2}1\.0\.0\n.*\n.*Notes.*Warmer white.*\n\n✓ Confirmed(?:.|\n)*Downloading(?:.|\n)*Installing(?:.|\n)*✓ Upgraded 1\.0\.0 → 1\.1\.0\./,
  );
  expect(new Set(first.pauses)).toEqual(new Set([2000]));
  expect(second.written).toMatch(/✓ Up to date/);
});

it.each([
  ['lamp-fails', /✗ It failed; the user may confirm again\. \(固件校验失败: md5 mismatch\)/, 1],
  ['lamp-gone', /Offline: goes on when the device is back(?:.|\n)*✗ It has not moved for a minute/, 1],
  ['lamp-lost', /Offline: goes on when the device is back(?:.|\n)*✗ It timed out/, 1],
  [
    'lamp-offline',
    /✗ The device is offline\. Bring it online, then confirm again\.\n {2}FailedOperation\.DeviceOff/,
    1,
  ],
  ['lamp-shared', /✗ This user may not do that with this device\. Nothing more/, 1],
  ['lamp-no-firmware', /✗ There is nothing to install/, 0],
  ['toaster', /✗ The platform does not know this device\. Nothing more/, 0],
  ['confirm-error-RequestLimitExceeded', /✗ Too many requests\. Try again in a moment/, 3],
  [
    'confirm-error-Strange.Code',
    /✗ It was refused\. Not confirming again(?:.|\n)*✗ The platform knows of no upgrade/,
    1,
  ],
  ['error-InvalidParameterValue', /✗ The platform does not accept a value\. The request is wrong/, 0],
  ['two words', /✗ /, 0],
])('%s ends without an upgrade', async (name, said, confirmed) => {
  const { done, written, confirms } = await walk(name);
  expect([done, confirms]).toEqual([false, confirmed]);
  expect(written).toMatch(said);
});

it.each([
  [
    'lamp-2',
    /^设备 {2}PRDEMO0001\/lamp-2\n状态 {2}在线\n当前 {2}1\.0\.0\n目标 {2}1\.1\.0\n(?:.|\n)*✓ 已确认，请求 .*。\n(?:.|\n)*下载中\n(?:.|\n)*烧录中，请勿断电\n(?:.|\n)*✓ 升级成功：1\.0\.0 → 1\.1\.0。/,
  ],
  ['lamp-fails', /✗ 升级失败，用户可以再次确认。 \(固件校验失败: md5 mismatch\)/],
  ['lamp-offline', /✗ 设备离线。请让设备上线，然后再次确认。\n {2}FailedOperation\.DeviceOffline · 请求 /],
  ['confirm-error-Strange.Code', /✗ 请求被拒绝。不再次确认，改为跟踪可能已开始的升级。(?:.|\n)*✗ 平台上没有升级/],
])('says it in Chinese: %s', async (name, said) => {
  const { written } = await walk(name, TOKEN, pair.url, 'zh');
  expect(written).toMatch(said);
  expect(written.split('\n').filter((line) => /[a-z] [a-z]/i.test(line) && !/说明|md5/.test(line))).toEqual([]);
});

it('follows an order whose answer was lost, and does not repeat it', async () => {
  const { done, written, confirms } = await walk('lamp-cut-off');
  expect([done, confirms]).toEqual([true, 1]);
  expect(written).toMatch(/✗ The order may have arrived; no answer came\. Not confirming again(?:.|\n)*✓ Upgraded/);
});

it('asks to sign in when the session has ended', async () => {
  const { done, written } = await walk('lamp-1', 'demo-token-expired');
  expect([done, written]).toEqual([false, expect.stringContaining('✗ The session has ended. Sign in')]);
});

it('says how to start a gateway where none answers', async () => {
  const { done, written } = await walk('lamp-1', TOKEN, 'http://127.0.0.1:9/graphql');
  expect([done, written]).toEqual([false, expect.stringMatching(/No gateway answers at .* with: npm run demo/)]);
});

it('follows by subscription: the same states, pushed', async () => {
  clock.run();
  const live = await startPair({ simulator: { paceMs: 300 } });
  const written: string[] = [];
  const terminal = terminalFrom({ write: (text) => written.push(text) }, undefined);
  const target = { url: live.url, token: TOKEN, productId: PRODUCT, deviceName: 'lamp-1' };
  expect(await upgradeDevice(target, terminal, pushed, 'en')).toBe(true);
  expect(written.join('')).toMatch(/✓ Confirmed(?:.|\n)*✓ Upgraded 1\.0\.0 → 1\.1\.0\./);
  await live.close();
});
