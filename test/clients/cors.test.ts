// What a browser would ask and be told on behalf of a page, for the requests that the clients really make.

import { type Pair, startPair } from '../pair';
import { everyClient } from './everyClient';

const APP = 'https://app.example.com';
const SHOP = 'http://shop.example.com:8080';

let pair: Pair;
beforeAll(async () => {
  pair = await startPair({ env: { CORS_ORIGINS: `${APP}, ${SHOP}` } });
});
afterAll(() => pair.close());

const preflight = (origin: string, headers = 'authorization,content-type') =>
  fetch(pair.url, {
    method: 'OPTIONS',
    headers: { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': headers },
  });

const corsHeadersOf = ({ headers }: Response) =>
  Object.fromEntries([...headers].filter(([name]) => name.startsWith('access-control-') || name === 'vary'));

const post = (origin: string) =>
  fetch(pair.url, {
    method: 'POST',
    headers: { origin, 'content-type': 'application/json' },
    body: '{"query":"{ __typename }"}',
  });

it.each([APP, SHOP])(
  'tells a page of %s exactly this, to be kept for two hours, and nothing of credentials',
  async (origin) => {
    const answer = await preflight(origin);
    expect([answer.status, await answer.text()]).toEqual([204, '']);
    expect(corsHeadersOf(answer)).toEqual({
      'access-control-allow-origin': origin,
      'access-control-allow-methods': 'POST',
      'access-control-allow-headers': expect.stringContaining(
        'authorization, content-type, idempotency-key, x-request-id, x-correlation-id, apollographql-client-name',
      ),
      'access-control-expose-headers': 'x-request-id, retry-after',
      'access-control-max-age': '7200',
      vary: 'Origin',
    });
    const exposed = { 'access-control-expose-headers': 'x-request-id, retry-after' };
    expect(corsHeadersOf(await post(origin))).toEqual({
      'access-control-allow-origin': origin,
      ...exposed,
      vary: 'Origin',
    });
  },
);

it.each([
  'https://evil.example.com',
  'http://app.example.com',
  'https://app.example.com:444',
  'https://app.example.com.evil.example',
  'https://APP.example.com',
  'https://studio.apollographql.com',
  'null',
])('tells a page of %s nothing', async (origin) => {
  expect(corsHeadersOf(await preflight(origin))).toEqual({ vary: 'Origin' });
  expect(corsHeadersOf(await post(origin))).toEqual({ vary: 'Origin' });
});

/**
 * Headers that a page may send anywhere without a preflight's leave, unless their values are long or hold signs such as `"`.
 *
 * @see https://fetch.spec.whatwg.org/#cors-safelisted-request-header
 */
const isSafelisted = (name: string, value: string): boolean =>
  ['accept', 'accept-language', 'content-language'].includes(name) && /^[^"():<>?@[\\\]{}]{0,128}$/.test(value);

it.each(everyClient)('lets everything through that a client sends: %s', async (_name, create) => {
  const sent: Request[] = [];
  const { fetch: real } = globalThis;
  globalThis.fetch = (input, init) => {
    sent.push(new Request(input, init));
    return real(input, init);
  };
  try {
    const client = create({ url: pair.url });
    await client.follow('lamp-busy');
    await client.confirm('lamp-offline');
    client.stop();
  } finally {
    globalThis.fetch = real;
  }
  expect(sent.map(({ method, credentials }) => [method, credentials])).toEqual([
    ['POST', 'same-origin'],
    ['POST', 'same-origin'],
  ]);
  const asked = sent
    .flatMap(({ headers }) => [...headers])
    .filter(([name, value]) => !isSafelisted(name, value))
    .map(([name]) => name);
  expect(asked).toEqual(expect.arrayContaining(['authorization', 'content-type']));
  const allowed = (await preflight(APP, asked.join())).headers.get('access-control-allow-headers')?.split(', ');
  expect(allowed).toEqual(expect.arrayContaining(asked));
});
