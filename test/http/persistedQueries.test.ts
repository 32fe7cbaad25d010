// Documents that are named by their hash instead of sent, over every transport: where that is off, and where it is automatic.

import { createHash } from 'node:crypto';
import { sendBy, type Told, transports } from '../everyTransport';
import { CONFIRM, figureOf, type Pair, PRODUCT, startPair } from '../pair';

const READ = `query Read($d: String!) { device(productId: "${PRODUCT}", deviceName: $d) { firmware { __typename } } }`;
const NONSENSE = '{nonsense device(productId:"a",deviceName:"b"){nope id}}';
const variables = { d: 'lamp-1' };
const named = (query: string, sha256Hash = createHash('sha256').update(query).digest('hex')) => ({
  extensions: { persistedQuery: { version: 1, sha256Hash } },
});
const FIRMWARE = { data: { device: { firmware: { __typename: 'DeviceFirmware' } } } };
const errorOf = (message: string, code: string) => ({ errors: [{ message, extensions: { code } }] });
const NOT_SUPPORTED = errorOf('PersistedQueryNotSupported', 'PERSISTED_QUERY_NOT_SUPPORTED');
const NOT_FOUND = errorOf('PersistedQueryNotFound', 'PERSISTED_QUERY_NOT_FOUND');

const pairs: Pair[] = [];
async function start(env: Record<string, string>): Promise<Pair> {
  const pair = await startPair({ env: { LOG_LEVEL: 'silent', ...env } });
  pairs.push(pair);
  return pair;
}
afterEach(() => Promise.all(pairs.splice(0).map((pair) => pair.close())));

/** What the platform was asked since it was asked last. */
const sentTo = ({ simulator }: Pair) => simulator.received.splice(0).map(({ action }) => action);
const statusIn = ({ status = 200 }: Told) => status;

describe.each(transports)('by %s', (transport) => {
  const send = sendBy[transport];

  it('says that they are not supported where they are off, as Apollo Server says it, and sends nothing', async () => {
    const pair = await start({});
    for (const byName of [named(READ), { documentId: 'any' }, { extensions: { persistedQuery: { version: 7 } } }]) {
      const told = await send(pair.url, { ...byName, variables });
      expect([statusIn(told), told.body]).toEqual([200, NOT_SUPPORTED]);
    }
    expect(sentTo(pair)).toEqual([]);
    expect(await figureOf(pair, 'persisted_queries_total{result="unsupported"}')).toBe(3);
  });

  it('finds a document by its hash once it was sent with it, where they are automatic', async () => {
    const pair = await start({ PERSISTED_QUERIES: 'automatic' });
    const missed = await send(pair.url, { ...named(READ), variables });
    expect([statusIn(missed), missed.body, sentTo(pair)]).toEqual([200, NOT_FOUND, []]);
    expect((await send(pair.url, { query: READ, ...named(READ), variables })).body).toEqual(FIRMWARE);
    expect(sentTo(pair)).toHaveLength(1);
    for (const other of transports) {
      expect((await sendBy[other](pair.url, { ...named(READ), variables })).body).toEqual(FIRMWARE);
      expect(sentTo(pair)).toHaveLength(1);
    }
    // The whole of Apollo Server has seen it once, and what is named takes the fast lane.
    const lanes = ['fast', 'whole'].map((lane) => figureOf(pair, `requests_by_lane_total{lane="${lane}"}`));
    expect(await Promise.all(lanes)).toEqual([transports.length, 1]);
    const results = ['hit', 'miss', 'stored', 'refused'].map((result) =>
      figureOf(pair, `persisted_queries_total{result="${result}"}`),
    );
    expect(await Promise.all(results)).toEqual([transports.length, 1, 1, undefined]);
  });

  it('refuses a hash that is not the document’s, and a version that is not known, and keeps nothing of them', async () => {
    const pair = await start({ PERSISTED_QUERIES: 'automatic' });
    const hash = named(READ).extensions.persistedQuery;
    const wrong = await send(pair.url, { query: '{ __typename } # another', extensions: { persistedQuery: hash } });
    expect([wrong.status ?? 400, wrong.body]).toEqual([
      400,
      errorOf('provided sha does not match query', 'BAD_REQUEST'),
    ]);
    for (const query of [{ query: READ }, {}]) {
      const later = await send(pair.url, { ...query, extensions: { persistedQuery: { ...hash, version: 2 } } });
      expect(later.status ?? 400).toBe(400);
      expect(later.body).toEqual(errorOf('Unsupported persisted query version', 'BAD_REQUEST'));
    }
    expect((await send(pair.url, named(READ))).body).toEqual(NOT_FOUND);
    expect(sentTo(pair)).toEqual([]);
  });

  it.each(['off', 'automatic'])(
    'validates what came with a hash, and stores nothing that is invalid: %s',
    async (kind) => {
      const pair = await start({ PERSISTED_QUERIES: kind });
      const other = transport === 'GET' ? sendBy.POST : send;
      for (const members of [named(NONSENSE), {}, named(NONSENSE)]) {
        const told = await other(pair.url, { query: NONSENSE, ...members });
        expect([told.status ?? 400, told.body.errors[0].extensions.code]).toEqual([400, 'GRAPHQL_VALIDATION_FAILED']);
      }
      expect((await other(pair.url, named(NONSENSE))).body).toEqual(kind === 'off' ? NOT_SUPPORTED : NOT_FOUND);
      expect(sentTo(pair)).toEqual([]);
    },
  );
});

it('holds every limit for a document that is named, too', async () => {
  const pair = await start({ PERSISTED_QUERIES: 'automatic' });
  const costly =
    'query ($ids: [ID!]!) { devices(ids: $ids) { connectivity { __typename } firmwareUpgrade { __typename } firmware { ... on DeviceFirmware { release { name } } } } }';
  const few = { query: costly, ...named(costly), variables: { ids: [] } };
  expect((await sendBy.POST(pair.url, few)).body).toHaveProperty('data');
  const ids = Array.from({ length: 100 }, (_, i) => `${PRODUCT}/lamp-${i}`);
  const { status, body } = await sendBy.POST(pair.url, { ...named(costly), variables: { ids } });
  expect([status, body.errors[0].extensions.code]).toEqual([400, 'TOO_MANY_UPSTREAM_CALLS']);
  const long = `{ __typename } # ${'x'.repeat(16_384)}`;
  expect((await sendBy.POST(pair.url, { query: long, ...named(long) })).status).toBe(400);
  expect((await sendBy.POST(pair.url, named(long))).body).toEqual(NOT_FOUND);
  expect(sentTo(pair)).toEqual([]);
});

it('sends no confirm by GET, whether its document is named or sent', async () => {
  const pair = await start({ PERSISTED_QUERIES: 'automatic' });
  const press = { variables: { productId: PRODUCT, deviceName: 'lamp-1' } };
  await sendBy.POST(pair.url, { query: CONFIRM, ...named(CONFIRM), ...press });
  expect(sentTo(pair)).toEqual(['AppPublishFirmwareUpdateMessage']);
  for (const members of [named(CONFIRM), { query: CONFIRM, ...named(CONFIRM) }, { query: CONFIRM }]) {
    const { status, body } = await sendBy.GET(pair.url, { ...members, ...press });
    expect([status, body]).toEqual([405, errorOf(expect.any(String) as never, 'BAD_REQUEST')]);
  }
  expect(sentTo(pair)).toEqual([]);
});

it('takes by GET the health check and what is persisted, and no other document', async () => {
  const pair = await start({});
  expect(await sendBy.GET(pair.url, { query: '{__typename}' })).toEqual({
    status: 200,
    body: { data: { __typename: 'Query' } },
  });
  const refused = await fetch(`${pair.url}?query=${encodeURIComponent(READ)}&variables=${JSON.stringify(variables)}`);
  expect([refused.status, refused.headers.get('allow')]).toEqual([405, 'POST, OPTIONS']);
  for (const search of ['query=%7B__typename%7D&query=%7Bx%7D', 'extensions=%7B', 'extensions=%7B%7D', 'query='])
    expect((await fetch(`${pair.url}?${search}`)).status).toBe(400);
  expect(sentTo(pair)).toEqual([]);
});

it('forgets what was stored and not asked for, before what was asked for', async () => {
  const pair = await start({ PERSISTED_QUERIES: 'automatic' });
  const texts = Array.from({ length: 600 }, (_, i) => `query q${i} { __typename }`);
  await sendBy.POST(pair.url, { query: READ, ...named(READ), variables });
  await sendBy.POST(pair.url, { ...named(READ), variables });
  for (const query of texts) await sendBy.POST(pair.url, { query, ...named(query) });
  expect((await sendBy.POST(pair.url, { ...named(READ), variables })).body).toEqual(FIRMWARE);
  expect((await sendBy.POST(pair.url, named(texts[0] as string))).body).toEqual(NOT_FOUND);
  expect((await sendBy.POST(pair.url, named(texts.at(-1) as string))).body).toHaveProperty('data');
});
