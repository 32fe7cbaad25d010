// The page at /graphql: the genuine @apollo/sandbox in it, in the place of Apollo's CDN, and a frame that says what
// Apollo's frame says.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startBrowser } from './browser.mjs';
import { startExplored } from './gateway.mjs';
import { frameHtml, relayScript } from './sandboxParts.mjs';

const CDN = 'https://embeddable-sandbox.cdn.apollographql.com/**';
const FRAME = 'https://sandbox.embed.apollographql.com/**';

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

test('the frame introspects, confirms and follows through the page', async () => {
  const page = await browser.newPage();
  await page.route(CDN, async (route) => route.fulfill({ contentType: 'text/javascript', body: await relayScript() }));
  await page.route(FRAME, (route) => route.fulfill({ contentType: 'text/html', body: frameHtml }));
  await page.goto(`${gateway.url}?from=a&bookmark=1`);
  const frame = page.frameLocator('#sandbox iframe');
  await frame.getByText('ConfirmFirmwareUpgradeSuccess').waitFor();
  const said = JSON.parse(await frame.locator('#said').textContent());
  assert.equal(said.parentHref, `${gateway.url}?from=a&bookmark=1`);
  assert.equal(said.mutation, 'confirmFirmwareUpgrade');
  assert.equal(said.confirmed.data.confirmFirmwareUpgrade.device.id, 'PRDEMO0001/lamp-online');
  assert.deepEqual(gateway.confirms(), [['lamp-online', 'demo-token-alice']]);
  const { 'graphql-ws': overWebSocket, 'http-multipart': inParts } = said.followed;
  assert.equal(overWebSocket[0].isFinal, false);
  assert.equal(overWebSocket.at(-1).phase, 'SUCCEEDED');
  assert.deepEqual(inParts, [{ phase: 'SUCCEEDED', isFinal: true }]);
  assert.deepEqual(new Set(gateway.lookedAtBy('lamp-online')), new Set(['demo-token-alice']));
  await browser.screenshot(page, 'sandbox-1-embedded');

  const { given } = said;
  assert.equal(given.endpoint, gateway.url);
  assert.equal(given.subscriptionEndpoint, gateway.url.replace('http', 'ws'));
  assert.deepEqual(JSON.parse(given.defaultHeaders), { Authorization: 'Bearer demo-token-alice' });
  assert.match(given.defaultDocument, /on FirmwareUpgradeOutcomeUnknownError/);
  const { runTelemetry, shouldDefaultAutoupdateSchema, endpointIsEditable, defaultIncludeCookies } = given;
  assert.deepEqual(
    [runTelemetry, shouldDefaultAutoupdateSchema, endpointIsEditable, defaultIncludeCookies],
    ['false', 'false', 'false', 'false'],
  );
  assert.deepEqual(await page.forbidden(), []);
  assert.deepEqual(page.thrown, []);
  const hosts = new Set(page.abroad.map((url) => new URL(url).host));
  assert.deepEqual([...hosts], ['embeddable-sandbox.cdn.apollographql.com', 'sandbox.embed.apollographql.com']);
  const { width, height } = await page.locator('#sandbox iframe').boundingBox();
  assert.ok(width === 1400 && height > 800, `the frame fills the page, got ${width}×${height}`);
});

test('without the CDN, leads to the local explorer', async () => {
  const page = await browser.newPage();
  await page.goto(gateway.url);
  await page.getByText('the CDN cannot be reached').waitFor();
  await browser.screenshot(page, 'sandbox-2-no-cdn');
  await page.locator('#note').getByRole('link', { name: 'the local explorer' }).click();
  await page.getByText('Reloaded doc successfully').waitFor();
  assert.equal(page.url(), gateway.explorerUrl);
});
