// What balancers and platforms ask, on both ports: those with one port have only that of GraphQL.

import { once } from 'node:events';
import { startSimulator } from '../../src/simulator/simulator';
import { startProcess } from '../gatewayProcess';
import { figureOf, type Pair, startPair } from '../pair';
import { connectTo, readToEnd } from '../rawClient';
import { CONFIRM_BODY } from '../refused';

const SECRET = 'the-secret-of-this-test';
const HEALTH_QUERY = '/graphql?query=%7B__typename%7D';
const ANSWER = '{"data":{"__typename":"Query"}}\n';

let pair: Pair;
let guarded: Pair;
beforeAll(async () => {
  [pair, guarded] = await Promise.all([startPair(), startPair({ env: { ROUTER_SECRET: SECRET } })]);
});
afterAll(async () => {
  await Promise.all([pair.close(), guarded.close()]);
  for (const { simulator } of [pair, guarded]) expect(simulator.received).toEqual([]);
});

const at = (port: 'url' | 'adminUrl', path: string) => new URL(path, guarded[port]);

describe.each(['url', 'adminUrl'] as const)('at the gateway’s %s', (port) => {
  it.each(['/livez', '/readyz', '/livez?verbose=1', '/readyz?verbose=1&x=/other', '/readyz?'])(
    'answers %s without a secret, never from a cache, and HEAD without a body',
    async (path) => {
      for (const method of ['GET', 'HEAD']) {
        const answer = await fetch(at(port, path), { method });
        expect([answer.status, answer.headers.get('cache-control')]).toEqual([200, 'no-store']);
        expect(await answer.text()).toBe(method === 'GET' ? 'ok\n' : '');
      }
    },
  );

  it.each(['/livez/x', '/livezz', '/readyz%3Fverbose', '/LIVEZ', '/?/livez'])('has nothing at %s', async (path) => {
    expect((await fetch(at(port, path))).status).toBe(404);
  });

  it('answers a target that is a whole URL, as some proxies send it', async () => {
    const client = connectTo(guarded[port]);
    client.end('GET http://gw.example.test/livez?x=1 HTTP/1.1\r\nhost: gw.example.test\r\n\r\n');
    expect(await readToEnd(client)).toMatch(/^HTTP\/1\.1 200 .*ok\n$/s);
  });
});

it('serves the metrics at ADMIN_PORT alone, whatever query follows', async () => {
  for (const path of ['/metrics', '/metrics?format=prometheus']) {
    const answer = await fetch(at('adminUrl', path));
    expect([answer.status, await answer.text()]).toEqual([200, expect.stringContaining('firmware_gateway_documents')]);
    expect((await fetch(at('url', path))).status).toBe(404);
  }
});

it.each(['POST', 'PUT', 'OPTIONS', 'DELETE'])('takes no %s for health', async (method) => {
  for (const path of ['/livez', '/readyz', '/metrics']) {
    const answer = await fetch(at('adminUrl', path), { method });
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
  }
  for (const path of ['/livez', '/readyz']) expect((await fetch(at('url', path), { method })).status).toBe(404);
});

describe('Apollo’s health check', () => {
  it.each([
    HEALTH_QUERY,
    '/graphql?query={__typename}',
    '/graphql?query=%7B+__typename+%7D',
    '/graphql?query=query+%7B%0A__typename%0A%7D&operationName=',
    '/graphql?query=query%7B__typename%7D&extensions=%7B%7D',
  ])('%s is answered without a secret, with the header that Apollo asks for and without it', async (path) => {
    const statuses = () =>
      Promise.all(['200', '405'].map((status) => figureOf(guarded, `http_answers_total{status="${status}"}`)));
    const before = await statuses();
    for (const headers of [{}, { 'apollo-require-preflight': 'true' }]) {
      const answer = await fetch(at('url', path), { headers });
      expect([answer.status, answer.headers.get('cache-control')]).toEqual([200, 'no-store']);
      expect(answer.headers.get('content-type')).toBe('application/json; charset=utf-8');
      expect(await answer.text()).toBe(ANSWER);
    }
    const head = await fetch(at('url', path), { method: 'HEAD' });
    expect([head.status, await head.text()]).toEqual([200, '']);
    expect(await statuses()).toEqual(before);
  });

  it('is answered in the type that is accepted', async () => {
    for (const [accept, status, type] of [
      ['application/graphql-response+json', 200, 'application/graphql-response+json; charset=utf-8'],
      ['*/*', 200, 'application/json; charset=utf-8'],
      ['image/png', 406, 'application/json; charset=utf-8'],
    ] as const) {
      const answer = await fetch(at('url', HEALTH_QUERY), { headers: { accept } });
      expect([answer.status, answer.headers.get('content-type')]).toEqual([status, type]);
    }
  });

  it.each([
    '/graphql',
    '/graphql?query=',
    '/graphql?query=%7B__schema%7B__typename%7D%7D',
    '/graphql?query=%7B__typename+__typename%7D',
    '/graphql?query=mutation%7B__typename%7D',
    '/graphql?query=query+Health%7B__typename%7D&operationName=Health',
    '/graphql?query=subscription%7B__typename%7D',
    '/graphql?query=%7B__typename%7D%7B__typename%7D',
    '/graphql?query=%7B__typename%7D&query=mutation%7Bx%7D',
    `/graphql?query=%7B${'+'.repeat(2000)}__typename%7D`,
    '/graphql?query=%7B_service%7Bsdl%7D%7D',
    '/graphql?Query=%7B__typename%7D',
  ])('is the only one by GET that needs no secret, and %.60s is not it', async (path) => {
    for (const headers of [{}, { 'apollo-require-preflight': 'true' }]) {
      // What may name a persisted document needs the secret, and is none where these are off.
      expect([401, 405]).toContain((await fetch(at('url', path), { headers })).status);
      const answer = await fetch(new URL(path, pair.url), { headers });
      expect([400, 405]).toContain(answer.status);
      expect(await answer.json()).toEqual({
        errors: [expect.objectContaining({ extensions: { code: 'BAD_REQUEST' } })],
      });
    }
    expect((await fetch(at('url', path), { method: 'PUT' })).status).toBe(405);
  });

  it('is not what asks for more by an extension: that needs the secret', async () => {
    const extension = '&extensions=%7B%22persistedQuery%22%3A1%7D';
    expect((await fetch(at('url', `${HEALTH_QUERY}${extension}`))).status).toBe(401);
    expect((await fetch(at('url', HEALTH_QUERY))).status).toBe(200);
  });

  it('opens no way around the secret: a POST there needs it', async () => {
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch(at('url', HEALTH_QUERY), { method: 'POST', headers, body: CONFIRM_BODY });
    expect(answer.status).toBe(401);
  });

  it('leaves a browser its explorer', async () => {
    const explored = await startPair({ env: { EXPLORER: 'sandbox' } });
    const url = new URL(HEALTH_QUERY, explored.url);
    const page = await fetch(url, { headers: { accept: 'text/html,*/*' } });
    expect(page.headers.get('content-type')).toContain('text/html');
    expect(await (await fetch(url)).text()).toBe(ANSWER);
    await explored.close();
  });
});

it('says on both ports that a process that leaves is not ready, and closes the connection', async () => {
  const simulator = await startSimulator();
  const gateway = await startProcess({ TOKENAPI_URL: simulator.url, DRAIN_DELAY_MS: '1000' });
  gateway.child.kill('SIGTERM');
  await gateway.written(/"msg":"leaving"/);
  for (const base of [gateway.url, gateway.adminUrl]) {
    const answers = ['/readyz', '/livez'].map((path) => fetch(new URL(path, base)));
    const said = (await Promise.all(answers)).map(({ status, headers }) => [status, headers.get('connection')]);
    expect(said).toEqual([
      [503, 'close'],
      [200, 'close'],
    ]);
  }
  const asked = await fetch(new URL(HEALTH_QUERY, gateway.url));
  expect([asked.status, await asked.text()]).toEqual([503, expect.stringContaining('SERVICE_UNAVAILABLE')]);
  if (gateway.child.exitCode === null) await once(gateway.child, 'exit');
  await simulator.close();
});
