// The page at /graphql: for browsers alone, and where an explorer is on alone.

import { startPair } from '../pair';
import { assets } from './assets';

const browser = { headers: { accept: 'text/html,application/xhtml+xml' } };

it('serves a browser a page with a policy, and the schema that the page asks for', async () => {
  const pair = await startPair({ env: { EXPLORER: 'sandbox' } });
  const page = await fetch(pair.url, browser);
  expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
  expect(page.headers.get('content-security-policy')).toMatch(/script-src 'nonce-[^']+' https:\/\/embeddable-sandbox/);
  expect(await page.text()).toContain('confirmFirmwareUpgrade');
  expect((await pair.ask('{ __schema { queryType { name } } }')).body.data.__schema.queryType.name).toBe('Query');
  await pair.close();
});

it('serves no page and no file of one where none is on', async () => {
  const pair = await startPair();
  for (const [path, status, type] of [
    ['/graphql', 405, 'application/json; charset=utf-8'],
    ['/explorer', 404, 'text/html; charset=utf-8'],
    [`${assets}main.js`, 404, 'text/html; charset=utf-8'],
  ] as const) {
    const nothing = await fetch(new URL(path, pair.url), browser);
    expect([nothing.status, nothing.headers.get('content-type')]).toEqual([status, type]);
    expect(await nothing.text()).not.toContain('script');
  }
  await pair.close();
});
