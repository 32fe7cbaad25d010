// Answers that are not read: they cost memory for a bounded time, and no other client its answer.

import { READING_BYTES_PER_SECOND, READING_MS, UNREAD_BYTES_LIMIT } from '../../src/http/readers';
import { confirm, type Pair, PRODUCT, startPair, until } from '../pair';
import { connectTo, readToEnd, requestOf } from '../rawClient';

const NOTES = '新'.repeat(20_000);
const ID = `${PRODUCT}/lamp-1`;
/** An answer of 6 MB, which is more than the kernel takes for a client that does not read. */
const LARGE = requestOf(
  JSON.stringify({
    query: `query ($of: [_Any!]!) { _entities(representations: $of) { ... on Device { firmware { ... on DeviceFirmware {
      release { notes } } } } } }`,
    variables: { of: Array.from({ length: 100 }, () => ({ __typename: 'Device', id: ID })) },
  }),
);
const LARGE_BYTES = 6_000_000;

let pair: Pair;
async function start(limits: { readingMs?: number; unreadBytes?: number }): Promise<void> {
  pair = await startPair({ gateway: { limits } });
  pair.simulator.override = ({ action, body: { RequestId } }, response) => {
    if (action !== 'AppDescribeFirmware') return false;
    response.end(JSON.stringify({ Response: { RequestId, Description: NOTES } }));
    return true;
  };
}
afterEach(() => pair.close());

const cuts = async (): Promise<number> => {
  const text = await (await fetch(`${pair.adminUrl}/metrics`)).text();
  return Number(/connections_cut_total\{why="unread"\} (\d+)/.exec(text)?.[1] ?? 0);
};

function lazyClient() {
  const client = connectTo(pair.url).pause();
  client.write(LARGE);
  return client;
}

const answered = (count: number) => until(() => pair.log.filter(({ msg }) => msg === 'operation').length === count);

it('cuts a client that does not read its answer in time', async () => {
  await start({ readingMs: -60_000 });
  const client = lazyClient();
  await until(async () => (await cuts()) === 1);
  expect((await readToEnd(client)).length).toBeLessThan(LARGE_BYTES);
});

it('gives a large answer more time, a second for each 100 kB', async () => {
  await start({ readingMs: 0 });
  const client = lazyClient();
  await answered(1);
  await new Promise((resolve) => setTimeout(resolve, 1500));
  expect(await cuts()).toBe(0);
  const text = await new Promise<string>((resolve) => {
    let read = '';
    client.on('data', (chunk) => {
      read += chunk;
      if (read.endsWith(']}}\n')) resolve(read);
    });
    client.resume();
  });
  expect(Buffer.byteLength(text)).toBeGreaterThan(LARGE_BYTES);
  client.destroy();
});

it('cuts the largest, and of several the first, once too much is unread', async () => {
  await start({ unreadBytes: 2.5 * LARGE_BYTES });
  const clients = [];
  for (let count = 1; count <= 3; count++) {
    clients.push(lazyClient());
    await answered(count);
  }
  expect(await cuts()).toBe(1);
  expect((await readToEnd(clients.shift() as never)).length).toBeLessThan(LARGE_BYTES);
  expect((await confirm(pair, 'lamp-2')).__typename).toBe('ConfirmFirmwareUpgradeSuccess');
  expect(await cuts()).toBe(1);
  for (const client of clients) client.destroy();
});

it('works on no further request of a client that does not read', async () => {
  await start({});
  const client = connectTo(pair.url).pause();
  client.write(LARGE.repeat(5));
  await answered(1);
  await new Promise((resolve) => setTimeout(resolve, 300));
  await answered(1);
  client.destroy();
});

it('has 10 s and a second for each 100 kB, and 64 MiB over all', () => {
  expect([READING_MS, READING_BYTES_PER_SECOND, UNREAD_BYTES_LIMIT]).toEqual([10_000, 100_000, 67_108_864]);
});
