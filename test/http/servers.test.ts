// Connections: how long an idle one is kept, and how long a slow client is waited for.

import { setTimeout as pause } from 'node:timers/promises';
import { HEADERS_TIMEOUT_MS, REQUEST_TIMEOUT_MS } from '../../src/http/servers';
import { figureOf, type Pair, PRODUCT, startPair, until } from '../pair';
import { connectTo, readAnswers, requestOf } from '../rawClient';

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

describe('a request of HTTP/1.1 without Host', () => {
  const HOSTLESS = 'GET /livez HTTP/1.1\r\n\r\n';
  const LIVEZ = 'GET /livez HTTP/1.1\r\nhost: a\r\n\r\n';
  const statuses = (answers: string[]) => answers.map((answer) => answer.slice(0, 3));

  it('gets 400 in its turn, on both ports; one of HTTP/1.0 needs none', async () => {
    for (const url of [pair.url, pair.adminUrl]) {
      const client = connectTo(url);
      client.write(LIVEZ + HOSTLESS + LIVEZ);
      expect(statuses(await readAnswers(client, 3))).toEqual(['200', '400', '200']);
      client.destroy();
      const old = connectTo(url);
      old.write('GET /livez HTTP/1.0\r\n\r\n');
      expect(Buffer.concat(await old.toArray()).toString()).toMatch(/^HTTP\/1\.1 200 /);
    }
  });

  /** Node's own answer to it would still be on its way: another for the upgrade ended the process. */
  it.each(['host: a\r\n', ''])('harms nobody with an upgrade behind it that is refused: %j', async (host) => {
    const client = connectTo(pair.url);
    const upgrade = `GET /x HTTP/1.1\r\n${host}connection: upgrade\r\nupgrade: websocket\r\n\r\n`;
    client.write(HOSTLESS + upgrade);
    expect(statuses(await readAnswers(client, 1))).toEqual(['400']);
    client.destroy();
    const alone = connectTo(pair.url);
    alone.write(upgrade);
    expect(statuses(await readAnswers(alone, 1))).toEqual([host === '' ? '400' : '404']);
    alone.destroy();
    expect(await pair.ask('{ __typename }')).toMatchObject({ status: 200 });
  });

  it('leaves no stream behind that was asked for behind it', async () => {
    const query = `subscription { firmwareUpgradeProgress(productId: "${PRODUCT}", deviceName: "lamp-busy") { device { id } } }`;
    const asked = requestOf(JSON.stringify({ query })).replace('\r\n', '\r\naccept: text/event-stream\r\n');
    const client = connectTo(pair.url);
    client.write(HOSTLESS + asked);
    await readAnswers(client, 2);
    await until(async () => (await figureOf(pair, 'live_watchers')) === 1);
    client.destroy();
    await until(async () => (await figureOf(pair, 'live_watchers')) === 0);
  });
});

/** Its answer is long. */
const TYPES =
  'types { name description fields { name description args { name description } } enumValues { name description } }';
const SCHEMA = `{ __schema { a: ${TYPES} b: ${TYPES} c: ${TYPES} } }`;

it('closes what asked for another protocol behind answers that nobody reads', async () => {
  const other = await startPair({ env: { INTROSPECTION: 'on' } });
  const ask = requestOf(JSON.stringify({ query: SCHEMA }));
  const client = connectTo(other.url);
  client.pause();
  const answered = () => other.log.filter(({ msg }) => msg === 'operation').length;
  const isHeldBack = async (asked: number) => {
    for (let i = 0; i < 4 && answered() < asked; i++) await pause(250);
    return answered() < asked;
  };
  // Until the kernel takes no more; never more than may wait.
  let asked = 0;
  do {
    client.write(ask.repeat(5));
    asked += 5;
  } while (!(await isHeldBack(asked)));
  client.write('GET /graphql HTTP/1.1\r\nhost: a\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n');
  await pause(250);
  await other.close();
  expect(other.log.filter(({ msg }) => msg === 'close cut')).toEqual([]);
  client.destroy();
});
