// The HTTP side: what is a request, what is none, and what browsers, balancers and explorers get.

import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { buildSchema, graphql } from 'graphql';
import { watched } from '../../src/engine/watch';
import { CONFIRM, confirm, type Pair, PRODUCT, startPair, TOKEN } from '../pair';

const assets = `/explorer/${(require('altair-static/package.json') as { version: string }).version}/`;

let pair: Pair;
beforeAll(async () => {
  pair = await startPair({ env: { CORS_ORIGINS: 'https://app.example.com' } });
});
afterAll(() => pair.close());
beforeEach(() => {
  pair.simulator.received.length = 0;
});

const json = { 'content-type': 'application/json', authorization: `Bearer ${TOKEN}` };
const document = JSON.stringify({ query: CONFIRM, variables: { productId: PRODUCT, deviceName: 'lamp-1' } });

interface Case {
  name: string;
  status: number;
  method?: string;
  path?: string;
  headers?: Record<string, string>;
  body?: string | Uint8Array<ArrayBuffer>;
}
const roots = (count: number) =>
  Array(count).fill('confirmFirmwareUpgrade(productId: "P", deviceName: "d") { __typename }');
const query = (text: string) => JSON.stringify({ query: text });
const aliases = (count: number) =>
  `{ device(productId: "P", deviceName: "d") { ${Array.from({ length: count }, (_, i) => `a${i}: id`).join(' ')} } }`;

it.each<Case>([
  { name: 'another path', path: '/', status: 404 },
  { name: 'GET', method: 'GET', status: 405 },
  { name: 'PUT', method: 'PUT', status: 405 },
  { name: 'text/plain', headers: { 'content-type': 'text/plain' }, status: 415 },
  { name: 'urlencoded', headers: { 'content-type': 'application/x-www-form-urlencoded' }, status: 415 },
  { name: 'another charset', headers: { 'content-type': 'application/json; charset=latin1' }, status: 415 },
  { name: 'an encoded body', headers: { 'content-encoding': 'gzip' }, status: 415 },
  { name: 'Accept without JSON', headers: { accept: 'text/html' }, status: 406 },
  { name: 'Accept with JSON at zero', headers: { accept: 'application/json;q=0' }, status: 406 },
  { name: 'a body over 512 KiB', body: `${document.slice(0, -1)},"x":"${'x'.repeat(524_288)}"}`, status: 413 },
  { name: 'invalid UTF-8', body: new Uint8Array([0x7b, 0xff, 0x7d]), status: 400 },
  { name: 'no JSON', body: '{', status: 400 },
  { name: 'null', body: 'null', status: 400 },
  { name: 'a batch', body: `[${document}]`, status: 400 },
  { name: 'no query', body: '{}', status: 400 },
  { name: 'a query that is no string', body: '{"query":1}', status: 400 },
  { name: 'variables that are an array', body: '{"query":"{__typename}","variables":[]}', status: 400 },
  { name: 'extensions that are a string', body: '{"query":"{__typename}","extensions":"x"}', status: 400 },
  { name: 'two mutation roots', body: query(`mutation { ${roots(2)} }`), status: 400 },
  { name: '500 mutation roots', body: query(`mutation { ${roots(500).map((r, i) => `a${i}: ${r}`)} }`), status: 400 },
  {
    name: 'roots in fragments',
    body: query(`mutation { ${roots(1)} ...F } fragment F on Mutation { ${roots(1)} }`),
    status: 400,
  },
  { name: 'two __typename beside a root', body: query(`mutation { ${roots(1)} __typename __typename }`), status: 400 },
  { name: '11 query roots', body: query(`{ ${Array(11).fill('__typename').join(' ')} }`), status: 400 },
  { name: '16 aliases', body: query(aliases(16)), status: 400 },
  { name: '6 directives', body: query(`{ __typename ${'@include(if: true) '.repeat(6)} }`), status: 400 },
  { name: '2,001 tokens', body: query(`{ ${'a '.repeat(2000)} }`), status: 400 },
  { name: '9 levels', body: query(`{ a${'{ a '.repeat(8)} ${'}'.repeat(8)} }`), status: 400 },
  {
    name: 'fragments in a circle',
    body: query('{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }'),
    status: 400,
  },
  { name: 'a subscription', body: query('subscription { device { id } }'), status: 400 },
  { name: 'an unknown field', body: query('{ devize { id } }'), status: 400 },
  { name: 'a number for a string', body: query('{ device(productId: 7, deviceName: "d") { id } }'), status: 400 },
  { name: 'introspection while it is off', body: query('{ __schema { types { name } } }'), status: 400 },
])(
  'refuses $name with $status and JSON, and sends nothing',
  async ({ status, method = 'POST', path = '/graphql', headers, body = document }) => {
    const url = new URL(path, pair.url);
    const response = await fetch(url, { method, headers: { ...json, ...headers }, ...(method !== 'GET' && { body }) });
    expect(response.status).toBe(status);
    expect(response.headers.get('content-type')).toBe('application/json; charset=utf-8');
    const text = await response.text();
    expect(JSON.parse(text)).toEqual({
      errors: expect.arrayContaining([expect.objectContaining({ message: expect.any(String) })]),
    });
    expect(text).not.toContain('Did you mean');
    expect(pair.simulator.received).toEqual([]);
  },
);

it('refuses two Authorization headers', async () => {
  const status = await new Promise((resolve, reject) => {
    const headers = ['content-type', 'application/json', 'Authorization', 'Bearer a', 'authorization', 'Bearer b'];
    httpRequest(pair.url, { method: 'POST', headers: [...headers, 'host', 'localhost'] as never }, (response) => {
      resolve(response.resume().statusCode);
    })
      .once('error', reject)
      .end(document);
  });
  expect(status).toBe(400);
  expect(pair.simulator.received).toEqual([]);
});

it.each([
  ['{ device(productId: "P", deviceName: 4711) { id } }', {}],
  ['query ($p: String!) { device(productId: $p, deviceName: "d") { id } }', { p: { secret: 4711 } }],
  ['query ($p: String!) { device(productId: $p, deviceName: 4711x) { id } }', {}],
])('repeats no value of a refused request: %s', async (text, variables) => {
  const { status, body } = await pair.ask(text, variables);
  expect(status).toBe(400);
  expect(JSON.stringify(body)).not.toContain('4711');
});

it('takes exactly what the limits allow', async () => {
  const directives = Array.from({ length: 5 }, (_, i) => `a${i}: __typename @include(if: true)`);
  for (const text of [aliases(15), `{ ${Array(10).fill('__typename').join(' ')} }`, `{ ${directives.join(' ')} }`])
    expect((await pair.ask(text)).body.errors).toBeUndefined();
  expect((await pair.ask(`mutation { ${roots(1)} __typename }`)).body.data.confirmFirmwareUpgrade).toBeDefined();
  expect(pair.simulator.received).toHaveLength(1);
});

it('answers in the type that the client accepts', async () => {
  const accept = 'application/graphql-response+json, application/json;q=0.9';
  const { headers } = await pair.ask('{ __typename }', {}, { headers: { accept } });
  expect(headers.get('content-type')).toBe('application/graphql-response+json; charset=utf-8');
});

it('takes a request id that is short and plain, and makes one otherwise', async () => {
  const idFor = async (id: string) =>
    (await pair.ask('{ __typename }', {}, { headers: { 'x-request-id': id } })).headers.get('x-request-id');
  expect(await idFor('page-7.a')).toBe('page-7.a');
  expect(await idFor('not plain')).toMatch(/^[0-9a-f-]{36}$/);
  expect(await idFor('x'.repeat(129))).toMatch(/^[0-9a-f-]{36}$/);
});

it('joins the lines of one operation by its id, without the token', async () => {
  const { requestId } = await confirm(pair, 'lamp-7', { headers: { 'x-request-id': 'joined' } });
  const lines = pair.log.filter((line) => line.requestId === 'joined');
  expect(lines.map(({ msg }) => msg)).toEqual(expect.arrayContaining(['upstream call', 'operation']));
  expect(lines).toContainEqual(expect.objectContaining({ RequestId: requestId, outcome: 'accepted' }));
  expect(JSON.stringify(pair.log)).not.toContain(TOKEN);
});

it('gives CORS headers to configured origins alone', async () => {
  const preflight = (origin: string) =>
    fetch(pair.url, { method: 'OPTIONS', headers: { origin, 'access-control-request-method': 'POST' } });
  const allowed = await preflight('https://app.example.com');
  expect(allowed.status).toBe(204);
  expect(allowed.headers.get('access-control-allow-origin')).toBe('https://app.example.com');
  expect(allowed.headers.get('access-control-allow-methods')).toBe('POST');
  expect(allowed.headers.get('access-control-allow-headers')).toContain('authorization');
  expect(allowed.headers.get('access-control-allow-credentials')).toBeNull();
  for (const origin of ['https://evil.example.com', 'https://studio.apollographql.com', 'null'])
    expect((await preflight(origin)).headers.get('access-control-allow-origin')).toBeNull();
  const { headers } = await pair.ask('{ __typename }', {}, { headers: { origin: 'https://app.example.com' } });
  expect(headers.get('access-control-allow-origin')).toBe('https://app.example.com');
});

it('tells a balancer that it lives and is ready', async () => {
  for (const [path, status] of [
    ['/livez', 200],
    ['/readyz', 200],
    ['/graphql', 404],
  ] as const)
    expect((await fetch(`${pair.adminUrl}${path}`)).status).toBe(status);
  expect((await fetch(pair.url.replace('/graphql', '/readyz'))).status).toBe(404);
});

it('serves the explorer’s page to browsers where one is on, and nothing of it otherwise', async () => {
  const browser = { headers: { accept: 'text/html,application/xhtml+xml' } };
  expect((await fetch(pair.url, browser)).status).toBe(405);
  for (const path of ['/explorer', `${assets}main.js`]) {
    const nothing = await fetch(new URL(path, pair.url), browser);
    expect([nothing.status, nothing.headers.get('content-type')]).toEqual([404, 'application/json; charset=utf-8']);
  }
  const explored = await startPair({ env: { EXPLORER: 'sandbox' } });
  const page = await fetch(explored.url, browser);
  expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
  expect(page.headers.get('content-security-policy')).toMatch(/script-src 'nonce-[^']+' https:\/\/embeddable-sandbox/);
  expect(await page.text()).toContain('confirmFirmwareUpgrade');
  expect((await explored.ask('{ __schema { queryType { name } } }')).body.data.__schema.queryType.name).toBe('Query');
  const hosted = { origin: 'https://studio.apollographql.com', 'access-control-request-method': 'POST' };
  const preflight = await fetch(explored.url, { method: 'OPTIONS', headers: hosted });
  expect(preflight.headers.get('access-control-allow-origin')).toBe(hosted.origin);
  await explored.close();
});

it('requires the router’s secret where one is set', async () => {
  const guarded = await startPair({ env: { ROUTER_SECRET: 'a secret of some length' } });
  const ask = async (headers: Record<string, string>) =>
    (await guarded.ask(CONFIRM, { productId: 'P', deviceName: 'd' }, { headers })).status;
  expect(await ask({})).toBe(401);
  expect(await ask({ 'x-router-secret': 'another' })).toBe(401);
  expect(guarded.simulator.received).toEqual([]);
  expect(await ask({ 'x-router-secret': 'a secret of some length' })).toBe(200);
  await guarded.close();
});

describe('the local explorer', () => {
  let explored: Pair;
  beforeAll(async () => {
    explored = await startPair({ env: { EXPLORER: 'sandbox' } });
  });
  afterAll(() => explored.close());

  /** A GET of exactly this path: fetch would tidy it. */
  const get = (path: string) =>
    new Promise<{ status?: number | undefined; headers: IncomingHttpHeaders; text: string }>((resolve, reject) => {
      httpRequest(explored.url, { path, agent: false }, async (response) => {
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
      expect(asset.headers['content-type']).toMatch(
        /^(text\/(javascript|css); charset=utf-8|image\/(svg\+xml|x-icon))$/,
      );
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
    const url = explored.url.replace('/graphql', '/explorer');
    expect((await fetch(url, { method: 'POST', headers: json, body: document })).status).toBe(404);
    expect(explored.simulator.received).toEqual([]);
  });
});

it('tells a bug whole to the log and masked to the client', async () => {
  const schema = buildSchema('type Query { broken: String, fine: String }');
  const { broken } = schema.getQueryType()?.getFields() ?? {};
  if (broken)
    broken.resolve = () => {
      throw new TypeError('inner words');
    };
  const bugs: unknown[] = [];
  const contextValue = { requestId: 'r-1' };
  const onBug = (bug: unknown, requestId: string) => bugs.push([bug, requestId]);
  const { errors } = await graphql({
    schema: watched(schema, { bug: onBug, fieldEnded: () => undefined }),
    source: '{ broken }',
    contextValue,
  });
  expect(errors?.map(({ message, extensions }) => [message, extensions.code])).toEqual([
    ['Internal server error', 'INTERNAL_SERVER_ERROR'],
  ]);
  expect(bugs).toEqual([[new TypeError('inner words'), 'r-1']]);
});
