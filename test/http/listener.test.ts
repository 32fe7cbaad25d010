// Which requests are taken, from whom, and what joins everything that is logged of one.

import { CONFIRM, confirm, type Pair, startPair, TOKEN } from '../pair';
import { connectTo, readToEnd } from '../rawClient';
import { type RefusedRequest, refusalOf } from '../refused';

let pair: Pair;
beforeAll(async () => {
  pair = await startPair();
});
afterAll(() => pair.close());

it.each<RefusedRequest>([
  { name: 'another path', path: '/', status: 404 },
  { name: 'GET of another path', method: 'GET', path: '/favicon.ico', status: 404 },
  { name: 'GET', method: 'GET', status: 405 },
  { name: 'PUT', method: 'PUT', status: 405 },
])('refuses $name with $status and JSON, and sends nothing', (request) => refusalOf(pair, request));

it('takes a request id that is short and plain, and makes one otherwise', async () => {
  const idFor = async (id: string) =>
    (await pair.ask('{ __typename }', {}, { headers: { 'x-request-id': id } })).headers.get('x-request-id');
  for (const id of [
    'page-7.a',
    'f058ebd6-02f7-4d3f-942e-904344e8cde5#1',
    'Root=1-67891233-abcdef012345678912345678',
    'Self=1-67891234-12456789abcdef012345678;Root=1-67891233-abcdef012345678912345678',
    '105445aa7843bc8bf206b12000100000/1;o=1',
    '|a000b421-5d183ab6.1.',
    'dGVzdA+/==',
    'x'.repeat(128),
  ])
    expect(await idFor(id)).toBe(id);
  for (const id of ['not plain', 'x'.repeat(129), 'a"b', 'a\\b', '<b>', '\u00e4', ''])
    expect(await idFor(id)).toMatch(/^[0-9a-f-]{36}$/);
});

it('takes the id that a balancer of AWS gives where no other comes', async () => {
  const trace = 'Root=1-67891233-abcdef012345678912345678';
  const idFor = async (headers: Record<string, string>) =>
    (await pair.ask('{ __typename }', {}, { headers: { ...headers, 'x-amzn-trace-id': trace } })).headers.get(
      'x-request-id',
    );
  expect(await idFor({})).toBe(trace);
  expect(await idFor({ 'x-request-id': 'own' })).toBe('own');
});

it('joins the lines of one operation by its id, without the token', async () => {
  const { requestId } = await confirm(pair, 'lamp-7', { headers: { 'x-request-id': 'joined' } });
  const lines = pair.log.filter((line) => line.requestId === 'joined');
  expect(lines.map(({ msg }) => msg)).toEqual(expect.arrayContaining(['upstream call', 'operation']));
  expect(lines).toContainEqual(expect.objectContaining({ RequestId: requestId, outcome: 'accepted' }));
  expect(JSON.stringify(pair.log)).not.toContain(TOKEN);
});

it('requires the router’s secret where one is set, and takes the previous one while there is one', async () => {
  const [secret, previous] = ['the-secret-of-this-test', 'the-secret-before-that'];
  const statusOf = async (env: Record<string, string>, headers: Record<string, string>) => {
    const guarded = await startPair({ env });
    const { status } = await guarded.ask(CONFIRM, { productId: 'P', deviceName: 'd' }, { headers });
    const sent = guarded.simulator.received.length;
    await guarded.close();
    return [status, sent];
  };
  const one = { ROUTER_SECRET: secret };
  const two = { ...one, ROUTER_SECRET_PREVIOUS: previous };
  for (const env of [one, two]) {
    expect(await statusOf(env, {})).toEqual([401, 0]);
    expect(await statusOf(env, { 'x-router-secret': 'another' })).toEqual([401, 0]);
    expect(await statusOf(env, { 'x-router-secret': secret })).toEqual([200, 1]);
  }
  expect(await statusOf(one, { 'x-router-secret': previous })).toEqual([401, 0]);
  expect(await statusOf(two, { 'x-router-secret': previous })).toEqual([200, 1]);
});

describe('what stands in front may send', () => {
  const body = JSON.stringify({ query: '{ __typename }' });
  const post = (target: string, text: string | Buffer, header = 'x-none: 1'): Promise<string> => {
    const client = connectTo(pair.url);
    client.write(
      `POST ${target} HTTP/1.1\r\nhost: other.example.test\r\ncontent-type: application/json\r\nconnection: close\r\n${header}\r\ncontent-length: ${Buffer.byteLength(text)}\r\n\r\n`,
    );
    client.write(text);
    return readToEnd(client);
  };
  const TYPENAME = '{"data":{"__typename":"Query"}}';

  it.each([
    '/graphql/',
    '/graphql/?a=b',
    'http://gw.example.test/graphql',
    'HTTPS://gw.example.test:8443/graphql/?a=b',
  ])('%s as its target', async (target) => {
    const answer = await post(target, body);
    expect(answer).toMatch(/^HTTP\/1.1 200 /);
    expect(answer).toContain(TYPENAME);
  });

  it.each(['/graphql//', '/graphqlx', 'http://gw.example.test', 'http://gw.example.test/other?/graphql', 'graphql'])(
    'no operation to %s',
    async (target) => expect(await post(target, body)).toMatch(/^HTTP\/1.1 40[04] /),
  );

  it('the whole URL and a query string to the admin port, too', async () => {
    for (const target of ['http://gw.example.test/livez', '/readyz?verbose=1', '/metrics?format=prometheus']) {
      const client = connectTo(pair.adminUrl);
      client.write(`GET ${target} HTTP/1.1\r\nhost: other.example.test\r\nconnection: close\r\n\r\n`);
      expect(await readToEnd(client)).toMatch(/^HTTP\/1.1 200 /);
    }
  });

  it.each(['content-encoding: identity', 'content-encoding:', 'Content-Encoding: Identity, identity'])(
    'a body of which it says: %s',
    async (header) => expect(await post('/graphql', body, header)).toContain(TYPENAME),
  );

  it.each(['content-encoding: identity, gzip', 'content-encoding: utf-8'])(
    'no body of which it says: %s',
    async (header) => expect(await post('/graphql', body, header)).toMatch(/^HTTP\/1.1 415 /),
  );

  it('a byte order mark before the body, and no two', async () => {
    expect(await post('/graphql', `\uFEFF${body}`)).toContain(TYPENAME);
    expect(await post('/graphql', `\uFEFF\uFEFF${body}`)).toMatch(/^HTTP\/1.1 400 /);
  });

  it('an empty name for the only operation, and extensions that nobody knows', async () => {
    const text = JSON.stringify({
      query: 'query Q { __typename }',
      operationName: '',
      extensions: { a: [{ b: null }] },
    });
    expect(await post('/graphql', text)).toContain(TYPENAME);
  });
});
