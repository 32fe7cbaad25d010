// Bodies on their way in: too many, or too much, costs the slow and the large, and never a small request that arrives whole.

import { BODIES_LIMIT, BODIES_LIMIT_BYTES } from '../../src/http/bodies';
import { sendAndLeave } from '../leavingClient';
import { confirm, figureOf, type Pair, startPair, until } from '../pair';
import { confirmOf, connectTo, readAnswers, requestOf } from '../rawClient';

const SUCCESS = 'ConfirmFirmwareUpgradeSuccess';
/** Beyond three bodies or 100,000 bytes, one has to go. */
const limits = { bodies: 3, bodiesBytes: 100_000 };

let pair: Pair;
beforeEach(async () => {
  pair = await startPair({ gateway: { limits } });
});
afterEach(() => pair.close());

const shed = () => figureOf(pair, 'shed_total');
const QUERY = '{"query":"{ __typename }","x":"';
const END = '"}';

/** A client whose request has so many bytes, of which the first part is sent. */
function slowClient(id: string, bytes: number, sentBytes: number) {
  const client = connectTo(pair.url);
  const body = `${QUERY}${'x'.repeat(bytes - QUERY.length - END.length)}${END}`;
  client.write(requestOf(body.slice(0, sentBytes), { id, contentLength: bytes }));
  return { sendRest: () => client.write(body.slice(sentBytes)), answer: () => readAnswers(client, 1), client };
}

it('refuses with 503 the body that began first where there are too many, and lets a confirm in', async () => {
  const slow = ['a', 'b', 'c', 'd'].map((id) => slowClient(id, 1000, 10));
  expect(await Promise.race(slow.map(({ answer }) => answer()))).toEqual([expect.stringMatching(/^503 /)]);
  for (const name of ['lamp-1', 'lamp-2', 'lamp-3']) expect((await confirm(pair, name)).__typename).toBe(SUCCESS);
  // The first confirm took the place of another one.
  expect(await shed()).toBe(2);
  expect(pair.simulator.received).toHaveLength(3);
  for (const { client } of slow) client.destroy();
});

it('refuses the largest body with 503 where they have too many bytes together', async () => {
  const large = slowClient('large', 80_000, 60_000);
  const small = slowClient('small', 60_000, 50_000);
  expect(await large.answer()).toEqual(['503 large']);
  expect((await confirm(pair, 'lamp-1')).__typename).toBe(SUCCESS);
  small.sendRest();
  expect(await small.answer()).toEqual(['200 small']);
  expect(await shed()).toBe(1);
  for (const { client } of [large, small]) client.destroy();
});

it('says in Retry-After when to come again', async () => {
  const slow = ['a', 'b', 'c', 'd'].map((id) => slowClient(id, 1000, 10));
  const text = await Promise.race(
    slow.map(({ client }) => new Promise<string>((resolve) => client.once('data', (data) => resolve(String(data))))),
  );
  expect(text).toMatch(/^HTTP\/1\.1 503 [\s\S]*retry-after: 1\r\n[\s\S]*"SERVICE_UNAVAILABLE"/);
  for (const { client } of slow) client.destroy();
});

it('holds nothing of bodies that were taken, refused, or whose client left', async () => {
  for (let nth = 0; nth < 4; nth++) {
    const client = connectTo(pair.url);
    const other = requestOf('{"query":1}').replace('/graphql', '/other');
    client.write(`${requestOf('{')}${other}${confirmOf('lamp-1')}`);
    expect(await readAnswers(client, 3)).toEqual(['400 raw', '404 raw', '200 lamp-1']);
    client.destroy();
    const leaving = await sendAndLeave(pair.url, requestOf('x'.repeat(80_000), { contentLength: 90_000 }));
    await leaving.leave();
  }
  expect(await shed()).toBe(0);
});

it('refuses what waits behind another request too, and sends nothing of it', async () => {
  let release = () => {};
  pair.simulator.override = ({ body: { RequestId } }, response) => {
    release = () => response.end(JSON.stringify({ Response: { RequestId } }));
    return true;
  };
  const client = connectTo(pair.url);
  client.write(['lamp-1', 'lamp-2', 'lamp-3', 'lamp-4', 'lamp-5'].map(confirmOf).join(''));
  await until(() => pair.simulator.received.length === 1);
  expect(await shed()).toBe(1);
  const answers = readAnswers(client, 5);
  pair.simulator.override = undefined;
  release();
  expect(await answers).toEqual(['200 lamp-1', '503 lamp-2', '200 lamp-3', '200 lamp-4', '200 lamp-5']);
  expect(pair.simulator.received.map(({ body }) => body.DeviceName)).toEqual(['lamp-1', 'lamp-3', 'lamp-4', 'lamp-5']);
  client.destroy();
});

it('takes a body that comes in single bytes', async () => {
  const body = JSON.stringify({ query: '{ __typename }', x: 'ü'.repeat(500) });
  const chunks = [...Buffer.from(body)].map((byte) =>
    Buffer.concat([Buffer.from('1\r\n'), Buffer.from([byte, 13, 10])]),
  );
  const head = requestOf('').replace(/content-length: 0/, 'transfer-encoding: chunked');
  const client = connectTo(pair.url);
  client.write(Buffer.concat([Buffer.from(head), ...chunks, Buffer.from('0\r\n\r\n')]));
  expect(await readAnswers(client, 1)).toEqual(['200 raw']);
  client.destroy();
});

it('has room for a thousand bodies, and 64 MiB of them', () => {
  expect([BODIES_LIMIT, BODIES_LIMIT_BYTES]).toEqual([1000, 67_108_864]);
});
