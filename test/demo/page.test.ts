// The page at `/` of the demo: for browsers alone, in the browser's language, and with everything in it.

import { createHash } from 'node:crypto';
import { type Demo, startDemo } from '../../src/demo/start';
import { startPair } from '../pair';

let demo: Demo;
beforeAll(async () => {
  demo = await startDemo({ env: { PORT: '0', ADMIN_PORT: '0', LOG_LEVEL: 'silent' }, paceMs: 20 });
});
afterAll(() => demo.close());

async function opened(headers: Record<string, string>, method = 'GET', url = demo.url) {
  const response = await fetch(new URL('/', url), { method, headers: { accept: 'text/html', ...headers } });
  return { status: response.status, headers: response.headers, text: await response.text() };
}

it.each([
  ['en-GB,en;q=0.9', 'en'],
  ['zh-CN,zh;q=0.9,en;q=0.8', 'zh-CN'],
  ['zh-Hant-TW', 'zh-CN'],
  ['de, zh;q=0.2, en;q=0.5', 'en'],
  ['de', 'en'],
  ['*', 'en'],
  ['zh;q=0', 'en'],
  [';;;,,,', 'en'],
])('speaks to Accept-Language: %s in %s', async (language, lang) => {
  const { text, headers } = await opened({ 'accept-language': language });
  expect(/<html lang="([^"]+)">/.exec(text)?.[1]).toBe(lang);
  expect(headers.get('vary')).toContain('Accept-Language');
});

it('has everything in it, and a policy that lets nothing else in', async () => {
  const { status, headers, text } = await opened({});
  const policy = headers.get('content-security-policy') ?? '';
  expect(status).toBe(200);
  expect(text).not.toMatch(/<(script|link|img|iframe)[^>]+(src|href)="(?!data:)/);
  expect(policy).toMatch(/^default-src 'none'; /);
  expect(policy).not.toMatch(/unsafe|https?:|\*/);
  const [, script = ''] = /<script[^>]*>([\s\S]*?)<\/script>/.exec(text) ?? [];
  expect(policy).toContain(createHash('sha256').update(script).digest('base64'));
});

it('tells programs in a line, answers HEAD without a body, and leaves other methods to the gateway', async () => {
  expect((await opened({ accept: '*/*' })).text).toMatch(/^firmware-gateway: .*\/graphql.*\n$/);
  expect(await opened({}, 'HEAD')).toMatchObject({ status: 200, text: '' });
  expect((await opened({}, 'POST')).status).toBe(404);
});

it('is not there without the demo', async () => {
  const pair = await startPair({ env: { EXPLORER: 'sandbox' } });
  expect((await opened({}, 'GET', pair.url)).text).not.toContain('<script');
  await pair.close();
});
