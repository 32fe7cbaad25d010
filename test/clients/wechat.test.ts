// In a mini program: a press, and following it, over `wx.request` and `wx.connectSocket`; and in the forms of Taro and uni-app.

import { dirname, join } from 'node:path';
import type { FirmwareClient } from 'firmware-gateway-client';
import manifest from 'firmware-gateway-client/package.json';
import type * as Wechat from 'firmware-gateway-client/wechat';
import { type Pair, startPair, TOKEN, until } from '../pair';
import { all, device, reads, sends } from './core/device';
import { loadedInMiniProgram, wx } from './miniProgram';

let pair: Pair;
beforeEach(async () => {
  pair = await startPair({ simulator: { paceMs: 300 } });
});
afterEach(() => pair.close());

/** What the developer tools copy into a mini program. */
const COPIED = join(dirname(require.resolve('firmware-gateway-client/package.json')), manifest.miniprogram);

const { createMiniProgramClient, createUpgradeStates } = loadedInMiniProgram(join(COPIED, 'wechat.js'), {
  wx,
}) as unknown as typeof Wechat;

/** Both answer with a promise; Taro's also has what a task has. */
const taro = {
  request: (options: never) => Object.assign(new Promise(() => undefined), wx.request(options)),
  connectSocket: async (options: never) => wx.connectSocket(options),
};
/** As in a mini program that has as many sockets open as it may. */
const full = {
  ...wx,
  connectSocket({ fail }: { fail(cause: object): void }) {
    setTimeout(() => fail({ errMsg: 'connectSocket:fail' }), 1);
  },
};

const clientBy = (mini: object): FirmwareClient =>
  createMiniProgramClient(mini as never, { url: pair.url, token: async () => TOKEN });

it.each(Object.entries({ wx, taro, full }))(
  'confirms and follows to the end: %s',
  async (name, mini) => {
    const asked: string[] = [];
    const request = (options: never) => {
      asked.push(JSON.parse((options as { data: string }).data).query);
      return mini.request(options);
    };
    const client = clientBy({ ...mini, request });
    expect((await client.check(device('lamp-1'))).firmware).toMatchObject({ updateAvailable: true });
    const result = await client.confirm(device('lamp-1'));
    expect(result.__typename).toBe('ConfirmFirmwareUpgradeSuccess');
    const told = await all(client.follow(device('lamp-1')));
    expect(told.at(-1)).toMatchObject({ phase: 'SUCCEEDED', toVersion: '1.1.0' });
    expect(asked.some((query) => query.startsWith('query FollowFirmwareUpgrade'))).toBe(name === 'full');
    expect(sends(pair)).toHaveLength(1);
  },
  30_000,
);

it('loses an answer, and repeats under the same key: one send', async () => {
  let requests = 0;
  const losing = {
    ...wx,
    request: (options: Parameters<typeof wx.request>[0]) =>
      wx.request({ ...options, ...(requests++ === 0 && { success: () => options.fail({ errMsg: 'request:fail' }) }) }),
  };
  expect((await clientBy(losing).confirm(device('lamp-1'))).__typename).toBe('ConfirmFirmwareUpgradeSuccess');
  expect(requests).toBe(2);
  expect(sends(pair)).toHaveLength(1);
});

it('shows a page one state at a time, and asks for nothing once the page is left', async () => {
  const states = createUpgradeStates(clientBy(wx), device('lamp-1'));
  const shown: string[] = [];
  const leave = states.subscribe(() => shown.push(states.get().state));
  await until(() => states.get().canPress);
  states.press();
  await until(() => states.get().state === 'done');
  expect([...new Set(shown)]).toEqual(['offered', 'confirming', 'following', 'done']);
  leave();
  const before = reads(pair).length;
  // Longer than from one poll to the next.
  await new Promise((resolve) => setTimeout(resolve, 2500));
  expect(reads(pair)).toHaveLength(before);
  expect(sends(pair)).toHaveLength(1);
});
