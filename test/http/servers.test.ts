// Connections: how long an idle one is kept, and how long a slow client is waited for.

import { setTimeout as pause } from 'node:timers/promises';
import { HEADERS_TIMEOUT_MS, REQUEST_TIMEOUT_MS } from '../../src/http/servers';
import { type Pair, startPair } from '../pair';
import { connectTo, readAnswers } from '../rawClient';

/** Slow clients are looked for once a second; the rest is for a machine that is busy. */
const TOLERANCE_MS = 4000;

let pair: Pair;
beforeAll(async () => {
  pair = await startPair();
});
afterAll(() => pair.close());

it('keeps an idle connection for 65 s, longer than balancers do, and says so', async () => {
  const { headers } = await pair.ask('{ __typename }');
  expect([headers.get('connection'), headers.get('keep-alive')]).toEqual(['keep-alive', 'timeout=65']);
});

it('keeps one as long as KEEP_ALIVE_MS says, on both ports, and closes it then', async () => {
  const other = await startPair({ env: { KEEP_ALIVE_MS: '600000' } });
  for (const url of [`${other.adminUrl}/livez`, new URL('/livez', other.url)])
    expect((await fetch(url)).headers.get('keep-alive')).toBe('timeout=600');
  await other.close();
  const short = await startPair({ env: { KEEP_ALIVE_MS: '1000' } });
  for (const url of [short.url, short.adminUrl]) {
    const client = connectTo(url);
    client.write('GET /livez HTTP/1.1\r\nhost: localhost\r\n\r\n');
    // Nobody but the server ends it.
    expect(Buffer.concat(await client.toArray()).toString()).toMatch(/^HTTP\/1\.1 200 /);
  }
  await short.close();
});

it('takes a request on a connection that was idle for longer than headers may take', async () => {
  const client = connectTo(pair.url);
  const ask = () => client.write('GET /livez HTTP/1.1\r\nhost: localhost\r\n\r\n');
  ask();
  expect(await readAnswers(client, 1)).toHaveLength(1);
  await pause(HEADERS_TIMEOUT_MS + 1500);
  ask();
  expect(await readAnswers(client, 1)).toEqual([expect.stringMatching(/^200 /)]);
  client.destroy();
});

const POST = 'POST /graphql HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n';
const slowClients: [what: string, limitMs: number, beginning: string][] = [
  ['headers', HEADERS_TIMEOUT_MS, `${POST}content-`],
  ['body', REQUEST_TIMEOUT_MS, `${POST}content-length: 99\r\n\r\n{`],
];

it('cuts clients that do not end their headers in 5 s or their body in 10 s', async () => {
  expect([HEADERS_TIMEOUT_MS, REQUEST_TIMEOUT_MS]).toEqual([5000, 10_000]);
  // At the same time: that is ten seconds as it is.
  await Promise.all(
    slowClients.map(async ([what, limitMs, beginning]) => {
      const startedAt = performance.now();
      const client = connectTo(pair.url);
      client.write(beginning);
      const answer = Buffer.concat(await client.toArray()).toString();
      const ms = performance.now() - startedAt;
      expect([what, answer]).toEqual([what, expect.stringMatching(/^HTTP\/1\.1 408 /)]);
      expect(ms).toBeGreaterThanOrEqual(limitMs);
      expect(ms).toBeLessThan(limitMs + TOLERANCE_MS);
    }),
  );
});
