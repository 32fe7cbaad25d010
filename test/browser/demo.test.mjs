// The page of the demo, used as a person does: an upgrade to its end, and refusals, in both languages, light and dark; and by whom it
// can be used.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { startBrowser } from './browser.mjs';

const require = createRequire(import.meta.url);
const { startDemo } = require('../../dist/demo/start.js');
const { languageFrom, texts } = require('../../clients/dist/cjs/texts.js');
const AXE = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
const example = fileURLToPath(new URL('../../examples/react/', import.meta.url));

const WORDS = {
  en: {
    update: /^Update/,
    again: 'Try again',
    signIn: 'Sign in',
    network: 'Connected to the network',
    reset: 'Reset everything',
  },
  'zh-CN': { update: /^升级/, again: '重试', signIn: '重新登录', network: '已连接网络', reset: '全部重置' },
};

let demo;
before(async () => {
  demo = await startDemo({ env: { PORT: '0', ADMIN_PORT: '0', LOG_LEVEL: 'silent' }, paceMs: 700 });
});
after(() => demo.close());

/** What a tool for accessibility finds serious. */
async function serious(page) {
  // By the protocol of the developer tools, which the page's policy does not hold.
  await page.evaluate(AXE);
  const { violations } = await page.evaluate(() => globalThis.axe.run());
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
}

async function opened(locale, colorScheme) {
  const browser = await startBrowser({ locale, colorScheme, viewport: { width: 1300, height: 1000 } });
  const page = await browser.newPage();
  await page.goto(new URL('/', demo.url).href);
  const language = languageFrom(locale);
  const card = (alias) =>
    page.getByRole('listitem').filter({ has: page.getByRole('heading', { name: alias, exact: true }) });
  await card('Reading lamp').getByRole('button', { name: WORDS[language].update }).waitFor();
  const confirms = (name) =>
    demo.simulator.received.filter(
      ({ action, body }) => action === 'AppPublishFirmwareUpdateMessage' && body.DeviceName.startsWith(`${name}-`),
    ).length;
  return { browser, page, card, confirms, say: WORDS[language], told: texts[language] };
}

const end = { timeout: 20_000 };

for (const [locale, scheme] of [
  ['en-GB', 'light'],
  ['zh-TW', 'dark'],
])
  test(`in ${locale}, ${scheme}: an upgrade to its end, and every kind of trouble told`, async () => {
    demo.simulator.received.length = 0;
    const { browser, page, card, confirms, say, told } = await opened(locale, scheme);
    const name = (step) => `demo-${locale}-${step}`;
    assert.deepEqual(await serious(page), []);
    await browser.screenshot(page, name('1-opened'));

    const lamp = card('Reading lamp');
    await lamp.getByRole('button', { name: say.update }).click();
    await lamp.getByRole('progressbar').waitFor();
    await lamp.getByText(told.phases.DOWNLOADING).first().waitFor(end);
    await browser.screenshot(page, name('2-moving'));
    assert.deepEqual(await serious(page), []);
    await lamp.getByText(told.phases.SUCCEEDED).first().waitFor(end);
    assert.equal(await lamp.getByRole('progressbar').getAttribute('value'), '100');
    assert.equal(confirms('lamp-online'), 1);
    await lamp.getByText('"ConfirmFirmwareUpgradeSuccess"').waitFor();
    await lamp.getByText('mutation ConfirmFirmwareUpgrade').waitFor();
    await lamp.getByRole('button', { name: 'curl' }).click();
    await lamp.getByText(`curl -s ${new URL(demo.url).origin}/graphql`).waitFor();

    // It is waited for, brought back, and upgraded, by one press.
    const attic = card('Attic');
    await attic.getByRole('button', { name: say.update }).click();
    await attic.getByText(told.errors.DeviceOfflineError).first().waitFor(end);
    await attic.getByText(told.nextSteps.WAIT_FOR_DEVICE).first().waitFor(end);
    await browser.screenshot(page, name('3-offline'));
    await attic.getByRole('switch', { name: say.network }).click();
    await attic.getByText(told.phases.SUCCEEDED).first().waitFor(end);

    // The answer is lost; what became of it is looked up, and it is not sent again.
    const garden = card('Garden');
    await page
      .getByRole('switch')
      .filter({ hasText: /lost|丢失/ })
      .click();
    await garden.getByRole('button', { name: say.update }).click();
    await garden.getByText('FirmwareUpgradeOutcomeUnknownError · CHECK_STATUS').waitFor(end);
    await garden.getByText(told.errors.FirmwareUpgradeOutcomeUnknownError).waitFor(end);
    assert.equal(confirms('lamp-returns'), 1);
    await browser.screenshot(page, name('4-lost'));
    await page
      .getByRole('switch')
      .filter({ hasText: /lost|丢失/ })
      .click();

    // Refused for good: what is told is the package's words.
    await page.getByRole('combobox').selectOption('InvalidParameterValue.NoPermission');
    const hallway = card('Hallway');
    await hallway.getByRole('button', { name: say.update }).click();
    await hallway.getByRole('status').getByText(told.errors.TokenApiNoPermissionError).waitFor(end);
    await browser.screenshot(page, name('5-refused'));
    await page.getByRole('combobox').selectOption('');

    // Signed out, and in again.
    const second = card('书房台灯');
    await page
      .getByRole('switch')
      .filter({ hasText: /expired|失效/ })
      .click();
    await second.getByRole('button', { name: say.update }).click();
    await second.getByText(told.errors.TokenApiInvalidAccessTokenError).first().waitFor(end);
    assert.deepEqual(await serious(page), []);
    await browser.screenshot(page, name('6-signed-out'));
    await second.getByRole('button', { name: say.signIn }).click();
    await second.getByRole('button', { name: say.update }).click();
    await second.getByText(told.phases.SUCCEEDED).first().waitFor(end);

    await page.getByRole('button', { name: say.reset }).click();
    await card('Attic').getByRole('switch', { checked: false }).waitFor(end);
    await card('Attic').getByRole('button', { name: say.update }).waitFor(end);
    assert.deepEqual([page.abroad, page.thrown, await page.forbidden()], [[], [], []]);
    await browser.close();
  });

test('is used by the keyboard alone, which keeps its place', async () => {
  const { browser, page, card, say, told } = await opened('en-GB', 'light');
  const button = card('Reading lamp').getByRole('button', { name: say.update });
  for (let tabs = 0; tabs < 30 && !(await button.evaluate((each) => each === document.activeElement)); tabs++)
    await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await card('Reading lamp').getByText(told.phases.SUCCEEDED).first().waitFor(end);
  assert.equal(await button.evaluate((each) => each === document.activeElement), true);
  await browser.close();
});

test('changes its language, and keeps it', async () => {
  const { browser, page } = await opened('en-GB', 'light');
  await page.getByRole('button', { name: '简体中文' }).click();
  await page.getByRole('heading', { name: '我的设备' }).waitFor();
  assert.equal(await page.evaluate(() => document.documentElement.lang), 'zh-CN');
  await page.reload();
  await page.getByRole('heading', { name: '我的设备' }).waitFor();
  assert.deepEqual(await serious(page), []);
  await browser.close();
});

test('is what examples/react makes', () => {
  const run = (...args) => spawnSync('npm', args, { cwd: example, encoding: 'utf8' });
  assert.equal(run('ci', '--silent').status, 0);
  const { status, stderr } = run('run', '--silent', 'build:demo', '--', '--check');
  assert.deepEqual([status, stderr], [0, '']);
});

test('the app to copy is built, and lists the devices from a page of its own', async () => {
  const { build, preview } = await import('../../examples/react/node_modules/vite/dist/node/index.js');
  const define = { 'import.meta.env.VITE_GATEWAY_URL': JSON.stringify(demo.url) };
  await build({ root: example, logLevel: 'error', define });
  const served = await preview({ root: example, logLevel: 'error', preview: { port: 0, host: 'localhost' } });
  const browser = await startBrowser();
  const page = await browser.newPage();
  await page.goto(`http://localhost:${served.httpServer.address().port}/`);
  const lamp = page.getByRole('listitem').filter({ has: page.getByRole('heading', { name: 'Reading lamp' }) });
  await lamp.getByRole('button', { name: /^Update/ }).click();
  await lamp.getByText(texts.en.phases.SUCCEEDED).waitFor(end);
  assert.deepEqual(page.thrown, []);
  await browser.close();
  await served.close();
});
