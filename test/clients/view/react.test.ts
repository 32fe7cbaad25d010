// The hook in a page, as React runs it: under StrictMode, which mounts everything twice, and on a server.

import { createFirmwareClient, type FirmwareClient } from 'firmware-gateway-client';
import { FirmwareClientProvider, type UseFirmwareUpgrade, useFirmwareUpgrade } from 'firmware-gateway-client/react';
import { JSDOM } from 'jsdom';
import { createElement, StrictMode } from 'react';
import { renderToString } from 'react-dom/server';
import { type Pair, startPair, TOKEN, until } from '../../pair';
import { clientOf, device, reads, refuseWith, sends } from '../core/device';

const { window } = new JSDOM('<div id="root"></div>');
Object.assign(globalThis, { window, document: window.document, navigator: window.navigator });

let pair: Pair;
beforeEach(async () => {
  pair = await startPair({ simulator: { paceMs: 300 } });
});
afterEach(() => pair.close());

interface RowProps {
  deviceName: string;
  tell?: (shown: UseFirmwareUpgrade) => void;
}

function Row({ deviceName, tell }: RowProps) {
  const shown = useFirmwareUpgrade(device(deviceName));
  tell?.(shown);
  return shown.state;
}

const rowWith = (client: FirmwareClient, props: RowProps) =>
  createElement(StrictMode, null, createElement(FirmwareClientProvider, { client }, createElement(Row, props)));

/** A page with one row, and every state that the row was shown in. */
async function mounted(deviceName: string, client = clientOf(pair)) {
  const { createRoot } = await import('react-dom/client');
  const shown: UseFirmwareUpgrade[] = [];
  const root = createRoot(window.document.body.appendChild(window.document.createElement('div')));
  root.render(rowWith(client, { deviceName, tell: (now) => shown.push(now) }));
  const now = () => shown.at(-1) as UseFirmwareUpgrade;
  await until(() => shown.length > 0 && !now().isLoading);
  return { shown, now, unmount: () => root.unmount() };
}

const statesOf = (shown: readonly UseFirmwareUpgrade[]) => [...new Set(shown.map(({ state }) => state))];

it('goes from the offer to the end, and does not offer the same version again', async () => {
  const { shown, now, unmount } = await mounted('lamp-1');
  expect(now()).toMatchObject({ state: 'offered', canPress: true, firmware: { targetVersion: '1.1.0' } });
  now().press();
  now().press();
  await until(() => now().state === 'done');
  expect(now()).toMatchObject({ canPress: false, upgrade: { toVersion: '1.1.0' }, error: undefined });
  expect(now().firmware).toMatchObject({ currentVersion: '1.1.0', updateAvailable: false });
  expect(statesOf(shown)).toEqual(['idle', 'offered', 'confirming', 'following', 'done']);
  const percents = shown.flatMap(({ percent }) => (percent === null ? [] : [percent]));
  expect(percents.length).toBeGreaterThan(0);
  expect(sends(pair)).toHaveLength(1);
  unmount();
});

it('waits for the device, and stops waiting when it is told to', async () => {
  const { now, unmount } = await mounted('lamp-offline');
  expect(now()).toMatchObject({ state: 'offered', isOnline: false });
  now().press();
  await until(() => now().state === 'waitingForDevice');
  expect(now()).toMatchObject({ canPress: false, error: { __typename: 'DeviceOfflineError' } });
  now().refresh();
  await until(() => now().state === 'offered');
  expect(sends(pair)).toHaveLength(1);
  unmount();
});

it('says why it failed, and lets the user try again', async () => {
  const { now, unmount } = await mounted('lamp-fails');
  now().press();
  await until(() => now().state === 'failed');
  await until(() => now().canPress);
  expect(now()).toMatchObject({ upgrade: { phase: 'FAILED' }, error: undefined });
  unmount();
  const refused = await mounted('lamp-shared');
  refused.now().press();
  await until(() => refused.now().state === 'failed');
  expect(refused.now()).toMatchObject({ canPress: false, error: { __typename: 'TokenApiNoPermissionError' } });
  refused.unmount();
});

it('follows an outcome that is unknown to its end: one send', async () => {
  const { shown, now, unmount } = await mounted('lamp-cut-off');
  now().press();
  await until(() => now().state === 'done');
  expect(statesOf(shown)).toEqual(['idle', 'offered', 'confirming', 'following', 'done']);
  expect(sends(pair)).toHaveLength(1);
  unmount();
});

it('follows what runs already, and asks for nothing once it is unmounted', async () => {
  const { now, unmount } = await mounted('lamp-busy');
  expect(now()).toMatchObject({ state: 'following', percent: 42, canPress: false });
  unmount();
  await new Promise((resolve) => setTimeout(resolve, 200));
  const before = reads(pair).length;
  // Longer than from one poll to the next.
  await new Promise((resolve) => setTimeout(resolve, 2500));
  expect(reads(pair)).toHaveLength(before);
});

it('asks to sign in, and goes on after that', async () => {
  let token = 'demo-token-expired';
  const client = createFirmwareClient({ url: pair.url, token: () => token });
  const { now, unmount } = await mounted('lamp-1', client);
  expect(now()).toMatchObject({ state: 'signIn', canPress: false });
  token = TOKEN;
  now().refresh();
  await until(() => now().state === 'offered');
  unmount();
});

it('reads again at a press where nothing could be read', async () => {
  refuseWith(pair, 'AppCheckFirmwareUpdate', 'ResourceNotFound');
  const { now, unmount } = await mounted('lamp-1');
  expect(now()).toMatchObject({ state: 'failed', canPress: false, error: { nextStep: 'GIVE_UP' } });
  pair.simulator.override = undefined;
  now().refresh();
  await until(() => now().state === 'offered');
  expect(sends(pair)).toEqual([]);
  unmount();
});

it('renders on a server, and asks for nothing there', () => {
  expect(renderToString(rowWith(clientOf(pair), { deviceName: 'lamp-1' }))).toBe('idle');
  expect(pair.simulator.received).toEqual([]);
});
