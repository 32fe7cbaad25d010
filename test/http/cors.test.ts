// Which browsers' pages may call, and what a cache between them and the gateway has to know.

import { type Pair, startPair } from '../pair';
import { CONFIRM_BODY, JSON_HEADERS } from '../refused';

const ORIGIN = 'https://app.example.com';
const HOSTED_SANDBOX = 'https://studio.apollographql.com';

let pair: Pair;
beforeAll(async () => {
  pair = await startPair({ env: { CORS_ORIGINS: ORIGIN } });
});
afterAll(() => pair.close());

const preflight = (url: string, origin: string) =>
  fetch(url, { method: 'OPTIONS', headers: { origin, 'access-control-request-method': 'POST' } });

it('gives CORS headers to configured origins alone', async () => {
  const allowed = await preflight(pair.url, ORIGIN);
  expect(allowed.status).toBe(204);
  expect(allowed.headers.get('access-control-allow-origin')).toBe(ORIGIN);
  expect(allowed.headers.get('access-control-allow-methods')).toBe('POST');
  expect(allowed.headers.get('access-control-allow-headers')).toContain('authorization');
  expect(allowed.headers.get('access-control-allow-credentials')).toBeNull();
  for (const origin of ['https://evil.example.com', HOSTED_SANDBOX, 'null'])
    expect((await preflight(pair.url, origin)).headers.get('access-control-allow-origin')).toBeNull();
  const { headers } = await pair.ask('{ __typename }', {}, { headers: { origin: ORIGIN } });
  expect(headers.get('access-control-allow-origin')).toBe(ORIGIN);
});

it('allows the hosted Sandbox where an explorer is on', async () => {
  const explored = await startPair({ env: { EXPLORER: 'sandbox' } });
  const { headers } = await preflight(explored.url, HOSTED_SANDBOX);
  expect(headers.get('access-control-allow-origin')).toBe(HOSTED_SANDBOX);
  await explored.close();
});

const answers: [status: number, what: string, path: string, init: RequestInit][] = [
  [200, 'a confirm', '/graphql', { method: 'POST', body: CONFIRM_BODY }],
  [204, 'a preflight', '/graphql', { method: 'OPTIONS' }],
  [400, 'a document that is refused', '/graphql', { method: 'POST', body: '{"query":"{ nope }"}' }],
  [400, 'what is no JSON', '/graphql', { method: 'POST', body: '{' }],
  [404, 'another path', '/other', { method: 'POST', body: CONFIRM_BODY }],
  [405, 'another method', '/graphql', { method: 'GET' }],
];
const origins = [undefined, ORIGIN, 'https://evil.example.com'];

it.each(answers)('says with %i, the answer to %s, that it varies by Origin', async (status, _what, path, init) => {
  for (const origin of origins) {
    const headers = { ...JSON_HEADERS, ...(origin && { origin }) };
    const answer = await fetch(new URL(path, pair.url), { ...init, headers });
    expect([origin, answer.status, answer.headers.get('vary')]).toEqual([origin, status, 'Origin']);
  }
});

it('says nothing of it where no origin may call', async () => {
  const closed = await startPair();
  for (const [status, , path, init] of answers) {
    const answer = await fetch(new URL(path, closed.url), { ...init, headers: { ...JSON_HEADERS, origin: ORIGIN } });
    expect([answer.status, answer.headers.get('vary')]).toEqual([status, null]);
  }
  await closed.close();
});
