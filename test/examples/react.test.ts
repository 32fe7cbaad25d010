// A React page, from an empty folder: served by Vite, and pressed in a browser until the upgrade is complete.

import { type Browser, chromium } from 'playwright-core';
import { sectionOf } from '../docs/pages';
import { Folder } from './folder';

const { files, commands } = sectionOf('docs/clients.md', 'React');

let folder: Folder;
let browser: Browser;
beforeAll(async () => {
  folder = await Folder.begun();
  browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu'],
  });
});
afterAll(async () => {
  await browser?.close();
  folder?.close();
});

it('confirms once, moves a bar, and does not offer the same version at the end', async () => {
  folder.write(files);
  expect(Object.keys(files)).toEqual(['index.html', 'vite.config.mjs', 'main.tsx']);
  const [install = '', serve = ''] = commands;
  await folder.run(install);
  const printed = await folder.start(`NO_COLOR=1 ${serve}`, /http:\S+/);
  const page = await browser.newPage();
  const thrown: Error[] = [];
  page.on('pageerror', (error) => thrown.push(error));
  await page.goto(/http:\S+/.exec(printed)?.[0] ?? '');
  const lamp = page.locator('p', { hasText: 'lamp-4' });
  await lamp.getByRole('button', { name: 'Update to 1.1.0' }).click();
  await lamp.getByRole('progressbar').waitFor();
  await lamp.getByText('The upgrade is complete.').waitFor({ timeout: 60_000 });
  // The demo's devices are never used up: what is offered next is another version.
  await lamp.getByRole('button', { name: 'Update to 1.2.0' }).waitFor();
  expect(await page.locator('p', { hasText: 'lamp-5' }).getByRole('button').isEnabled()).toBe(true);
  expect(thrown).toEqual([]);
  expect([folder.sends('lamp-4'), folder.sends('lamp-5')]).toEqual([1, 0]);
});
