// An upgrade that is confirmed and then followed in the explorer at /explorer.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startBrowser } from './browser.mjs';
import { startExplored } from './gateway.mjs';

const FOLLOW = `subscription Follow($productId: String!, $deviceName: String!) {
  firmwareUpgradeProgress(productId: $productId, deviceName: $deviceName) {
    device { firmwareUpgrade { ... on FirmwareUpgrade { phase } } }
  }
}`;

let gateway;
let browser;
before(async () => {
  // A whole upgrade takes nine: it is followed while it moves.
  gateway = await startExplored(300);
  browser = await startBrowser();
});
after(async () => {
  await browser.close();
  await gateway.close();
});

test('an upgrade is followed to its end, by the token that is filled in', async () => {
  const page = await browser.newPage();
  await page.goto(gateway.explorerUrl);
  const send = page.getByRole('button', { name: 'Send Request' });
  await send.click();
  await page.getByText('"ConfirmFirmwareUpgradeSuccess"').waitFor();

  const document = page.locator('.cm-content', { hasText: 'mutation Confirm' });
  await document.click();
  for (const key of ['Control+A', 'Delete']) await page.keyboard.press(key);
  await page.keyboard.insertText(FOLLOW);
  await send.click();
  await page.getByText('"SUCCEEDED"').waitFor();
  const shown = await page.locator('app-query-result').textContent();
  assert.match(shown, /"phase": "(?!SUCCEEDED).*"SUCCEEDED"/s);
  assert.deepEqual(new Set(gateway.lookedAtBy('lamp-online')), new Set(['demo-token-alice']));
  assert.deepEqual(page.abroad, []);
  assert.deepEqual(page.thrown, []);
  // One of its libraries asks whether it may, and does without.
  assert.deepEqual(await page.forbidden(), ['script-src eval']);
  await browser.screenshot(page, 'follow-1-ended');
});
