// Pages of other origins that call the gateway from the user's browser: the hosted Apollo Sandbox may, any other may not.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { getIntrospectionQuery } from 'graphql';
import { startBrowser } from './browser.mjs';
import { sample, startExplored } from './gateway.mjs';

const CONFIRM = `mutation Confirm($productId: String!, $deviceName: String!) {
  confirmFirmwareUpgrade(productId: $productId, deviceName: $deviceName) { __typename }
}`;

let gateway;
let browser;
before(async () => {
  gateway = await startExplored();
  browser = await startBrowser();
});
after(async () => {
  await browser.close();
  await gateway.close();
});

/**
 * A page of this origin. Only its document is played: while anything of a page is routed, Playwright answers preflights
 * itself, with yes.
 */
async function pageOf(origin) {
  // What Chromium asks the user before a public page may speak to this machine.
  await browser.context.grantPermissions(['local-network-access'], { origin });
  const page = await browser.newPage();
  await page.route(`${origin}/**`, (route) =>
    route.fulfill({ contentType: 'text/html', body: `<!doctype html><h1>played as ${origin}</h1><pre></pre>` }),
  );
  await page.goto(`${origin}/sandbox/explorer`);
  await page.unrouteAll();
  const preflights = [];
  const session = await browser.context.newCDPSession(page);
  await session.send('Network.enable');
  session.on('Network.responseReceived', ({ type, response }) => {
    if (type === 'Preflight') preflights.push(response.status);
  });
  return { page, preflights };
}

/** What the page's script gets, and shows. */
const asked = (page, body) =>
  page.evaluate(
    async ([url, body, token]) => {
      const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` };
      const answer = await fetch(url, { method: 'POST', headers, body, credentials: 'omit' }).then(
        (response) => response.json(),
        (error) => ({ refused: String(error) }),
      );
      document.querySelector('pre').textContent += `${JSON.stringify(answer).slice(0, 300)}\n`;
      return answer;
    },
    [gateway.url, JSON.stringify(body), sample.token],
  );

const confirm = { query: CONFIRM, variables: { productId: sample.productId, deviceName: sample.deviceName } };

test('the hosted Sandbox’s origin preflights, introspects and confirms', async () => {
  const { page, preflights } = await pageOf('https://studio.apollographql.com');
  const introspected = await asked(page, { query: getIntrospectionQuery() });
  assert.equal(introspected.data.__schema.mutationType.name, 'Mutation');
  const confirmed = await asked(page, confirm);
  assert.equal(confirmed.data.confirmFirmwareUpgrade.__typename, 'ConfirmFirmwareUpgradeSuccess');
  assert.deepEqual(gateway.confirms(), [['lamp-online', 'demo-token-alice']]);
  assert.deepEqual(preflights, [204]);
  await browser.screenshot(page, 'hosted-1-allowed');
});

for (const origin of ['https://evil.example.com', 'https://studio.apollographql.com.example.com'])
  test(`${origin} gets no further than the preflight`, async () => {
    const before = gateway.confirms().length;
    const { page, preflights } = await pageOf(origin);
    assert.deepEqual(await asked(page, confirm), { refused: 'TypeError: Failed to fetch' });
    assert.deepEqual(preflights, [204]);
    assert.equal(gateway.confirms().length, before);
    await browser.screenshot(page, 'hosted-2-refused');
  });

test('what needs no preflight is no operation', async () => {
  const before = gateway.confirms().length;
  const { page, preflights } = await pageOf('https://evil.example.com');
  const type = await page.evaluate(
    ([url, body]) => fetch(url, { method: 'POST', mode: 'no-cors', body }).then((response) => response.type),
    [gateway.url, JSON.stringify(confirm)],
  );
  assert.equal(type, 'opaque');
  assert.deepEqual(preflights, []);
  assert.equal(gateway.confirms().length, before);
});
