// What a balancer asks, and what Prometheus does: on a port of its own.

import { once } from 'node:events';
import { ADMIN_CONNECTIONS_LIMIT } from '../../src/http/admin';
import { NEWCOMERS_LIMIT } from '../../src/http/connections';
import { HEADERS_TIMEOUT_MS } from '../../src/http/servers';
import { type Pair, startPair, until } from '../pair';
import { connectTo } from '../rawClient';

/** Slow clients are looked for once a second; the rest is for a machine that is busy. */
const TOLERANCE_MS = 4000;

let pair: Pair;
beforeAll(async () => {
  pair = await startPair();
});
afterAll(() => pair.close());

it.each([
  ['/metrics', 200],
  ['/graphql', 404],
])('answers %s with %i, never from a cache', async (path, status) => {
  const answer = await fetch(`${pair.adminUrl}${path}`);
  expect([answer.status, answer.headers.get('cache-control')]).toEqual([status, 'no-store']);
});

it('keeps few clients that do not end their headers, and those for 5 s; whoever asks is answered meanwhile', async () => {
  const startedAt = performance.now();
  const slow = Array.from({ length: 300 }, () => connectTo(pair.adminUrl));
  const closed = slow.map((client) => {
    client.write('GET /livez HTTP/1.1\r\nhost: ');
    return once(client.resume(), 'close');
  });
  for (const path of ['/livez', '/readyz', '/metrics'])
    expect((await fetch(`${pair.adminUrl}${path}`)).status).toBe(200);
  await until(() => slow.filter((client) => !client.closed).length <= ADMIN_CONNECTIONS_LIMIT + NEWCOMERS_LIMIT);
  expect(performance.now() - startedAt).toBeLessThan(HEADERS_TIMEOUT_MS);
  await Promise.all(closed);
  expect(performance.now() - startedAt).toBeLessThan(HEADERS_TIMEOUT_MS + TOLERANCE_MS);
});

it('listens on an address of its own', async () => {
  const other = await startPair({ env: { ADMIN_HOST: '127.0.0.2' } });
  expect(new URL(other.adminUrl).hostname).toBe('127.0.0.2');
  expect((await fetch(`${other.adminUrl}/readyz`)).status).toBe(200);
  await expect(fetch(`http://127.0.0.1:${new URL(other.adminUrl).port}/readyz`)).rejects.toThrow();
  await other.close();
});
