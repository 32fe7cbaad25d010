// What a person finds at `/`, and at an address where nothing is.

import { type Pair, startPair } from '../pair';

const BROWSER = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8';

let alone: Pair;
let explored: Pair;
beforeAll(async () => {
  [alone, explored] = await Promise.all([startPair(), startPair({ env: { EXPLORER: 'sandbox' } })]);
});
afterAll(() => Promise.all([alone.close(), explored.close()]));

async function opened({ url }: Pair, path: string, accept?: string, method = 'GET') {
  const response = await fetch(new URL(path, url), { method, headers: { ...(accept !== undefined && { accept }) } });
  const text = await response.text();
  return { status: response.status, type: response.headers.get('content-type'), text, headers: response.headers };
}

it('says in one line of text what this is and where its doors are, which are there', async () => {
  const { status, type, text } = await opened(alone, '/');
  expect([status, type, text.trim().split('\n').length]).toEqual([200, 'text/plain; charset=utf-8', 1]);
  const doors = [...text.matchAll(/\/[a-z]+/g)].map(([path]) => path);
  expect(doors).toEqual(['/graphql', '/livez', '/readyz']);
  for (const path of doors) expect([path, (await opened(alone, path)).status]).not.toEqual([path, 404]);
  expect(alone.simulator.received).toEqual([]);
});

it('says nothing of what is not public', async () => {
  for (const pair of [alone, explored])
    for (const accept of ['*/*', BROWSER])
      for (const path of ['/', '/nowhere']) {
        const { text } = await opened(pair, path, accept);
        expect(text).not.toMatch(/metrics|127\.0\.0\.1|node|\d\.\d\.\d/i);
        expect(text).not.toContain(new URL(pair.adminUrl).port);
      }
});

it.each([
  ['/', 200],
  ['/?from=a-link', 200],
  ['/nowhere', 404],
  ['/graphql/<script>', 404],
  ['//evil.example/', 404],
])('shows a browser a page at %s, with %i and nothing of the address in it', async (path, status) => {
  const page = await opened(alone, new URL(alone.url).origin + path, BROWSER);
  expect([page.status, page.type]).toEqual([status, 'text/html; charset=utf-8']);
  expect(page.text).toContain('/graphql');
  expect(page.text.includes('Nothing is here')).toBe(status === 404);
  expect(page.text).not.toMatch(/script|evil|\/explorer/);
  expect(page.headers.get('content-security-policy')).toContain(`default-src 'none'`);
});

it('leads to the explorer where one is on', async () => {
  expect((await opened(explored, '/')).text).toContain('/explorer');
  const { text } = await opened(explored, '/', BROWSER);
  const [, href = ''] = /<a href="([^"]+)">/.exec(text) ?? [];
  expect((await opened(explored, href, BROWSER)).status).toBe(200);
});

it('answers programs in JSON where nothing is, and HEAD without a body', async () => {
  for (const accept of ['*/*', 'application/json', 'application/graphql-response+json'])
    expect(await opened(alone, '/nowhere', accept)).toMatchObject({
      status: 404,
      type: 'application/json; charset=utf-8',
    });
  expect(await opened(alone, '/', BROWSER, 'HEAD')).toMatchObject({ status: 200, text: '' });
  expect((await opened(alone, '/', BROWSER, 'DELETE')).type).toBe('application/json; charset=utf-8');
});
