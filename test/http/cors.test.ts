// Which browsers' pages may call, and what a cache between them and the gateway has to know.

import { type Pair, startPair } from '../pair';
import { CONFIRM_BODY, JSON_HEADERS } from '../refused';
import { openSocket, refusalOf } from '../webSocketClient';

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

describe('origins of every kind', () => {
  const APPS = ['capacitor://localhost', 'ionic://localhost', 'tauri://localhost', 'app://-', 'app://com.example.app'];
  const named = [
    ...APPS,
    'null',
    'file://',
    'http://localhost:8100',
    'https://*.example.com',
    'http://*.local.test:3000',
  ];
  let mixed: Pair;
  beforeAll(async () => {
    mixed = await startPair({ env: { CORS_ORIGINS: named.join(', '), CORS_HEADERS: 'X-Tenant, x-app_version' } });
  });
  afterAll(() => mixed.close());

  it.each([
    ...APPS,
    'null',
    'file://',
    'http://localhost:8100',
    'https://app.example.com',
    'https://pr-17_x.example.com',
    'https://xn--mller-kva.example.com',
    'http://one.local.test:3000',
  ])('admit %s, over HTTP and over WebSocket', async (origin) => {
    expect((await preflight(mixed.url, origin)).headers.get('access-control-allow-origin')).toBe(origin);
    const { headers } = await mixed.ask('{ __typename }', {}, { headers: { origin } });
    expect([headers.get('access-control-allow-origin'), headers.get('vary')]).toEqual([origin, 'Origin']);
    (await openSocket(mixed.url, { headers: { origin } })).socket.close();
  });

  it.each([
    'https://example.com',
    'https://a.b.example.com',
    'https://.example.com',
    'https://evil.example/.example.com',
    'https://evil.example#.example.com',
    'https://user@a.example.com',
    'https://app.example.com.evil.example',
    'https://appexample.com',
    'https://app.example.com:8443',
    'http://app.example.com',
    'http://one.local.test',
    'http://one.local.test:3001',
    'https://*.example.com',
    'http://localhost',
    'capacitor://localhost:1',
    'capacitor://other',
    'app://',
    'NULL',
    'undefined',
  ])('do not admit %s, over HTTP or over WebSocket', async (origin) => {
    expect((await preflight(mixed.url, origin)).headers.get('access-control-allow-origin')).toBeNull();
    const { status, headers } = await mixed.ask('{ __typename }', {}, { headers: { origin } });
    expect([status, headers.get('access-control-allow-origin')]).toEqual([200, null]);
    expect((await refusalOf(mixed.url, { headers: { origin } })).status).toBe(403);
  });

  it('do not take an app’s host for the gateway’s own', async () => {
    const origin = pair.url.replace('http', 'app').replace('/graphql', '');
    expect((await refusalOf(pair.url, { headers: { origin } })).status).toBe(403);
  });

  it('may send what ordinary clients send, and what was configured', async () => {
    const { headers } = await preflight(mixed.url, 'null');
    const allowed = headers.get('access-control-allow-headers')?.split(', ');
    expect(new Set(allowed).size).toBe(allowed?.length);
    expect(allowed).toEqual(
      expect.arrayContaining([
        ...['accept', 'authorization', 'content-type', 'idempotency-key', 'x-request-id', 'x-tenant', 'x-app_version'],
        ...['apollographql-client-name', 'apollographql-client-version', 'apollo-require-preflight'],
        ...['graphql-client-name', 'graphql-client-version', 'sentry-trace', 'baggage', 'traceparent', 'tracestate'],
      ]),
    );
    expect(allowed).not.toContain('x-router-secret');
  });
});
