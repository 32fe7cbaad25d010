// The explorer at /explorer, used as a person does: open, type, click, read.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { startBrowser } from './browser.mjs';
import { startExplored } from './gateway.mjs';

let gateway;
let browser;
let page;
before(async () => {
  gateway = await startExplored();
  browser = await startBrowser();
  page = await browser.newPage();
});
after(async () => {
  await browser.close();
  await gateway.close();
});

const editor = (text) => page.locator('.cm-content', { hasText: text }).last();
/** What the result shows, once it shows this. */
const shown = async (text) => JSON.parse(await editor(text).textContent()).data.confirmFirmwareUpgrade;

test('opens filled in, and knows the schema', async () => {
  await page.goto(gateway.explorerUrl);
  await page.getByText('Reloaded doc successfully').waitFor();
  assert.equal(await editor('http://').textContent(), gateway.url);
  assert.match(await editor('mutation Confirm').textContent(), /on TokenApiError \{\s*code\s*message/);
  await page.getByText('Variables').click();
  assert.deepEqual(JSON.parse(await editor('"productId"').textContent()), {
    productId: 'PRDEMO0001',
    deviceName: 'lamp-online',
  });
  await browser.screenshot(page, 'local-1-opened');
});

test('confirms by a click, as the one whose token is filled in', async () => {
  await page.getByRole('button', { name: 'Send Request' }).click();
  const { __typename, device } = await shown('__typename"');
  assert.deepEqual([__typename, device.id], ['ConfirmFirmwareUpgradeSuccess', 'PRDEMO0001/lamp-online']);
  assert.deepEqual(gateway.confirms(), [['lamp-online', 'demo-token-alice']]);
  await browser.screenshot(page, 'local-2-confirmed');
});

test('shows the typed refusal of the device that was typed in', async () => {
  await editor('"productId"').getByText('lamp-online').click();
  for (const key of ['End', 'ArrowLeft', 'Control+Shift+ArrowLeft']) await page.keyboard.press(key);
  await page.keyboard.type('offline');
  await page.getByRole('button', { name: 'Send Request' }).click();
  const { __typename, code, nextStep } = await shown('DeviceOfflineError"');
  assert.deepEqual(
    [__typename, code, nextStep],
    ['DeviceOfflineError', 'FailedOperation.DeviceOffline', 'WAIT_FOR_DEVICE'],
  );
  await browser.screenshot(page, 'local-3-refused');
});

test('shows what the schema says of the mutation', async () => {
  await page.getByRole('button', { name: 'Docs' }).click();
  await page.getByText('Mutation', { exact: true }).click();
  const docs = page.locator('app-doc-viewer');
  await docs.getByText('confirmFirmwareUpgrade').first().click();
  await docs.getByText('Sent upstream at most once').waitFor();
  await browser.screenshot(page, 'local-4-docs');
});

test('asks nothing of any other host, and needs of what its policy forbids nothing', async () => {
  assert.deepEqual(page.abroad, []);
  assert.deepEqual(page.thrown, []);
  // One of its libraries asks whether it may, and does without.
  assert.deepEqual(await page.forbidden(), ['script-src eval']);
});

/** Whether the browser has stored what was typed in: Altair writes it a moment after the typing. */
const isStored = (text) =>
  page.evaluate(async (wanted) => {
    const done = (request) =>
      new Promise((resolve) => request.addEventListener('success', () => resolve(request.result)));
    const database = await done(indexedDB.open('AltairDB'));
    const state = await done(database.transaction('appState').objectStore('appState').getAll());
    database.close();
    return JSON.stringify(state).includes(wanted);
  }, text);

test('keeps what was typed in over a reload', async () => {
  while (!(await isStored('lamp-offline'))) await pause(50);
  await page.reload();
  await editor('lamp-offline').waitFor();
  await page.getByRole('button', { name: 'Send Request' }).click();
  // The last result may be shown again at once: what counts is that the gateway was asked again.
  for (let tries = 0; gateway.confirms().length < 3 && tries < 200; tries++) await pause(50);
  const { __typename } = await shown('DeviceOfflineError"');
  assert.equal(__typename, 'DeviceOfflineError');
  const devices = gateway.confirms().map(([device]) => device);
  assert.deepEqual(devices, ['lamp-online', 'lamp-offline', 'lamp-offline']);
  await browser.screenshot(page, 'local-5-reloaded');
});

test('speaks Chinese to a Chinese browser', async () => {
  const chinese = await startBrowser({ locale: 'zh-CN' });
  const page = await chinese.newPage();
  await page.goto(gateway.explorerUrl);
  await page.getByText('发送').first().waitFor();
  await chinese.close();
});
