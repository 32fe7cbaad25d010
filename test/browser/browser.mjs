// A real Chromium that nobody sees, with a profile of its own. For it, no host but localhost exists, save what a test
// plays by routing.

import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

const ARTEFACTS = fileURLToPath(new URL('../../artefacts/browser/', import.meta.url));

const ARGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost',
];

export async function startBrowser(options = {}) {
  mkdirSync(ARTEFACTS, { recursive: true });
  const profile = mkdtempSync(join(tmpdir(), 'browser-'));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    headless: true,
    viewport: { width: 1400, height: 900 },
    args: ARGS,
    ...options,
  });
  return {
    context,
    newPage: () => watchedPage(context),
    screenshot: (page, name) => page.screenshot({ path: join(ARTEFACTS, `${name}.png`) }),
    async close() {
      await context.close();
      rmSync(profile, { recursive: true, force: true });
    },
  };
}

/** A page, with what it threw, what it asked of other hosts, and what its policy forbade. */
async function watchedPage(context) {
  const page = await context.newPage();
  const thrown = [];
  const abroad = [];
  page.on('pageerror', (error) => thrown.push(String(error)));
  page.on('request', (request) => {
    const { origin, hostname, pathname } = new URL(request.url());
    if (hostname !== 'localhost' && request.url().startsWith('http')) abroad.push(origin + pathname);
  });
  await page.addInitScript(() => {
    window.forbidden = [];
    document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) =>
      window.forbidden.push(`${violatedDirective} ${blockedURI}`),
    );
  });
  return Object.assign(page, { thrown, abroad, forbidden: () => page.evaluate(() => window.forbidden) });
}
