// Connections: how long an idle one is kept, how long a slow client is waited for, and how many there may be.

import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { CONNECTIONS_LIMIT, HEADERS_TIMEOUT_MS, REQUEST_TIMEOUT_MS } from '../../src/http/servers';
import { type GatewayProcess, startProcess } from '../gatewayProcess';
import { ask, type Pair, startPair, until } from '../pair';

/** Slow clients are looked for once a second; the rest is for a machine that is busy. */
const TOLERANCE_MS = 4000;

let pair: Pair;
beforeAll(async () => {
  pair = await startPair();
});
afterAll(() => pair.close());

/** A connection of our own, on which nothing is said that we do not say. */
const connectTo = (url: string): Socket => connect(Number(new URL(url).port), '127.0.0.1').on('error', () => undefined);

it('keeps an idle connection for 65 s, longer than balancers do, and says so', async () => {
  const { headers } = await pair.ask('{ __typename }');
  expect([headers.get('connection'), headers.get('keep-alive')]).toEqual(['keep-alive', 'timeout=65']);
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

describe('of many clients', () => {
  let gateway: GatewayProcess;
  const clients: Socket[] = [];
  beforeAll(async () => {
    // A process of its own: this one has to hold as many connections itself.
    gateway = await startProcess({ LOG_LEVEL: 'silent' });
  });
  afterAll(() => {
    for (const client of clients) client.destroy();
    gateway.child.kill('SIGKILL');
  });

  it(`serves ${CONNECTIONS_LIMIT} at once, refuses one more, and serves again once one has left`, async () => {
    while (clients.length < CONNECTIONS_LIMIT) {
      const some = Array.from({ length: 500 }, () => connectTo(gateway.url));
      await Promise.all(some.map((client) => once(client, 'connect')));
      clients.push(...some);
    }
    await expect(ask(gateway.url, '{ __typename }')).rejects.toThrow('fetch failed');
    clients.pop()?.destroy();
    await until(() =>
      ask(gateway.url, '{ __typename }').then(
        ({ status }) => status === 200,
        () => false,
      ),
    );
  });
});
