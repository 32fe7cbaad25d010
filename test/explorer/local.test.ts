// The explorer under /explorer: a page, the files that it names, and nothing else of the package or the machine.

import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { type Pair, startPair } from '../pair';
import { CONFIRM_BODY, JSON_HEADERS } from '../refused';
import { assets } from './assets';

let pair: Pair;
beforeAll(async () => {
  pair = await startPair({ env: { EXPLORER: 'sandbox' } });
});
afterAll(() => pair.close());

/** A GET of exactly this path: fetch would tidy it. */
const get = (path: string) =>
  new Promise<{ status?: number | undefined; headers: IncomingHttpHeaders; text: string }>((resolve, reject) => {
    httpRequest(pair.url, { path, agent: false }, async (response) => {
      const chunks = await response.toArray();
      resolve({ status: response.statusCode, headers: response.headers, text: Buffer.concat(chunks).toString() });
    })
      .once('error', reject)
      .end();
  });

it('serves a page with a policy, and every file that the page names', async () => {
  const { status, headers, text } = await get('/explorer?from=bookmark');
  expect([status, headers['cache-control']]).toEqual([200, 'no-store']);
  expect(headers['content-security-policy']).toMatch(/script-src 'self' 'nonce-[^']+';/);
  expect(headers['content-security-policy']).not.toContain('unsafe');
  expect(text).toContain('confirmFirmwareUpgrade');
  const base = /<base href="([^"]+)">/.exec(text)?.[1];
  const names = [...text.matchAll(/(?:src|href)="([^"]+\.[a-z]+)"/g)].map(([, name]) => name);
  expect(`/${base}`).toBe(assets);
  expect(names).toEqual(expect.arrayContaining(['main.js', 'styles.css', 'favicon.ico']));
  for (const name of names) {
    const asset = await get(`/${base}${name}`);
    expect([asset.status, asset.headers['cache-control']]).toEqual([200, 'public, max-age=31536000, immutable']);
    expect(asset.headers['content-type']).toMatch(/^(text\/(javascript|css); charset=utf-8|image\/(svg\+xml|x-icon))$/);
  }
});

it.each([
  '/explorer/main.js',
  `${assets}`,
  `${assets}index.html`,
  `${assets}iframe-sandbox/index.html`,
  `${assets}../../package.json`,
  `${assets}../index.js`,
  `${assets}%2e%2e/index.js`,
  `${assets}..\\index.js`,
  `${assets}/etc/hostname.json`,
  `${assets}constructor`,
  '/explorers',
])('serves no other file: %s', async (path) => {
  const { status, headers } = await get(path);
  expect([status, headers['content-type']]).toEqual([404, 'application/json; charset=utf-8']);
});

it('takes no operation', async () => {
  const url = pair.url.replace('/graphql', '/explorer');
  expect((await fetch(url, { method: 'POST', headers: JSON_HEADERS, body: CONFIRM_BODY })).status).toBe(404);
  expect(pair.simulator.received).toEqual([]);
});
