// What a balancer asks, and what Prometheus does: on a port of its own.

import { type Pair, startPair } from '../pair';

let pair: Pair;
beforeAll(async () => {
  pair = await startPair();
});
afterAll(() => pair.close());

it.each([
  ['/livez', 200],
  ['/readyz', 200],
  ['/metrics', 200],
  ['/graphql', 404],
])('answers %s with %i, never from a cache', async (path, status) => {
  const answer = await fetch(`${pair.adminUrl}${path}`);
  expect([answer.status, answer.headers.get('cache-control')]).toEqual([status, 'no-store']);
});

it.each(['/livez', '/readyz', '/metrics'])('serves no %s where GraphQL is', async (path) => {
  expect((await fetch(new URL(path, pair.url))).status).toBe(404);
});
