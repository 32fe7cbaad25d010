// Documents that the operator trusts: the manifests that tools write, what stops the start, and what is refused beside them.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sendBy, transports } from '../everyTransport';
import { CONFIRM, figureOf, type Pair, PRODUCT, startPair } from '../pair';
import { PROGRESS, subscribe } from '../stream';

const READ = `query Read($d: String!) { device(productId: "${PRODUCT}", deviceName: $d) { firmware { __typename } } }`;
const OTHER = '{ device(productId: "P", deviceName: "d") { id } }';
const variables = { d: 'lamp-1' };
const FIRMWARE = { data: { device: { firmware: { __typename: 'DeviceFirmware' } } } };
const byHash = (sha256Hash: string) => ({ extensions: { persistedQuery: { version: 1, sha256Hash } } });

const folder = mkdtempSync(join(tmpdir(), 'trusted-'));
afterAll(() => rmSync(folder, { recursive: true }));
const pairs: Pair[] = [];
afterEach(() => Promise.all(pairs.splice(0).map((pair) => pair.close())));

async function startWith(manifest: unknown, env: Record<string, string> = {}): Promise<Pair> {
  const path = join(folder, 'manifest.json');
  writeFileSync(path, typeof manifest === 'string' ? manifest : JSON.stringify(manifest));
  const pair = await startPair({ env: { LOG_LEVEL: 'silent', TRUSTED_DOCUMENTS: path, ...env } });
  pairs.push(pair);
  return pair;
}
const apollos = (...operations: unknown[]) => ({ format: 'apollo-persisted-query-manifest', version: 1, operations });

it.each<[string, unknown]>([
  ['an object of documents', { 'sha256:ab12': READ, confirm: CONFIRM }],
  ['Apollo’s', apollos({ id: 'ab12', name: 'Read', type: 'query', body: READ })],
  ['one that begins with a byte order mark', `\uFEFF${JSON.stringify({ ab12: READ })}`],
])(
  'finds a document of a manifest by its id, over every transport and in the fast lane: %s',
  async (_name, manifest) => {
    const pair = await startWith(manifest);
    const ids = [{ documentId: 'ab12' }, { documentId: 'sha256:ab12' }, byHash('ab12')];
    for (const transport of transports)
      for (const id of ids)
        expect((await sendBy[transport](pair.url, { ...id, operationName: '', variables })).body).toEqual(FIRMWARE);
    expect(pair.simulator.received).toHaveLength(transports.length * ids.length);
    expect(await figureOf(pair, 'requests_by_lane_total{lane="fast"}')).toBe(transports.length * ids.length);
    expect(await figureOf(pair, 'requests_by_lane_total{lane="whole"}')).toBeUndefined();
  },
);

it('answers the same by both lanes', async () => {
  const all: unknown[] = [];
  for (const FAST_LANE of ['on', 'off']) {
    const pair = await startWith({ read: READ, confirm: CONFIRM }, { FAST_LANE });
    for (const members of [
      { documentId: 'read', variables },
      { documentId: 'read', variables: { d: {} } },
      { documentId: 'read', operationName: 'None' },
      { ...byHash('confirm'), variables: { productId: PRODUCT, deviceName: 'lamp-offline' } },
      { documentId: 'unknown' },
    ]) {
      const told = await sendBy.POST(pair.url, members);
      all.push(JSON.stringify(told).replace(/"requestId":"[^"]*"/, ''));
    }
  }
  expect(all.slice(0, 5)).toEqual(all.slice(5));
});

it('streams a subscription that is named', async () => {
  const pair = await startWith({ progress: PROGRESS });
  const ids = [`${PRODUCT}/lamp-done-before`];
  const named = await sendBy.SSE(pair.url, { documentId: 'progress', variables: { ids } });
  const sent = await subscribe(pair.url, PROGRESS, { ids });
  await sent.ended;
  expect([named.body]).toEqual(sent.events);
});

it('executes no other document where that is asked for, but the health check, over every transport', async () => {
  const pair = await startWith({ ab12: READ }, { TRUSTED_DOCUMENTS_ONLY: 'on', PERSISTED_QUERIES: 'automatic' });
  for (const transport of transports) {
    const send = sendBy[transport];
    const refused = await send(pair.url, { query: OTHER, ...byHash('ab12') });
    expect([refused.status ?? 400, refused.body.errors[0].extensions.code]).toEqual([400, 'QUERY_NOT_IN_SAFELIST']);
    const unknown = await send(pair.url, byHash('cd34'));
    expect(unknown.body.errors[0].extensions.code).toBe('PERSISTED_QUERY_NOT_FOUND');
    for (const query of ['{__typename}', 'query{ __typename }', ' query\n{ __typename }\n'])
      expect((await send(pair.url, { query })).body).toEqual({ data: { __typename: 'Query' } });
    const another = await send(pair.url, { query: 'query HealthCheck { __typename }' });
    expect(another.body.errors[0].extensions.code).toBe('QUERY_NOT_IN_SAFELIST');
  }
  expect(pair.simulator.received).toEqual([]);
  expect((await sendBy.POST(pair.url, { query: READ, variables })).body).toEqual(FIRMWARE);
});

it('lets nobody take a trusted id over', async () => {
  const hash = 'f56d0f0e1ac1f6cb06c8f0d5b5d4a2a2d7e7a1b9a6b5c4d3e2f1a0b9c8d7e6f5';
  const pair = await startWith({ [hash]: READ }, { PERSISTED_QUERIES: 'automatic' });
  const { status } = await sendBy.POST(pair.url, { query: OTHER, ...byHash(hash) });
  expect(status).toBe(400);
  expect((await sendBy.POST(pair.url, { ...byHash(hash), variables })).body).toEqual(FIRMWARE);
});

it('forgets no trusted document, however many others come', async () => {
  const pair = await startWith({ ab12: READ });
  // Twice each: what comes once is not kept.
  for (let i = 0; i < 600; i++) await pair.ask(`query q${Math.floor(i / 2)} { __typename }`);
  const before = await figureOf(pair, 'requests_by_lane_total{lane="whole"}');
  expect((await sendBy.POST(pair.url, { documentId: 'ab12', variables })).body).toEqual(FIRMWARE);
  expect(await figureOf(pair, 'requests_by_lane_total{lane="whole"}')).toBe(before);
});

const list = Array.from({ length: 151 }, (_, i) => `{ __typename: "Device", id: "P/${i}" }`);
it.each<[string, unknown, RegExp]>([
  ['no JSON', '{', /cannot be read as JSON/],
  ['a list', [], /JSON object/],
  ['nothing', {}, /no document/],
  ['another version', { ...apollos({ id: 'x', body: READ }), version: 2 }, /version 1/],
  ['no list of operations', { ...apollos(), operations: {} }, /list of operations/],
  ['an operation without an id', apollos({ body: READ }), /id is no text/],
  ['a document that is no text', { bad: 1 }, /"bad"/],
  ['one that cannot be parsed', { good: READ, bad: '{' }, /"bad".*not valid GraphQL/],
  ['one that is not valid', { good: READ, bad: '{ nope }' }, /"bad".*nope/],
  ['one of fragments alone', { bad: 'fragment A on Query { __typename }' }, /"bad"/],
  ['introspection, which is off', { bad: '{ __schema { description } }' }, /"bad"/],
  ['one of too many levels', { bad: `{ ${'... { '.repeat(16)}__typename${' }'.repeat(16)} }` }, /"bad".*at most 16/],
  ['one that is too long', { bad: `{ __typename } # ${'x'.repeat(16_384)}` }, /"bad".*16384/],
  [
    'one that is too costly',
    {
      bad: `{ _entities(representations: [${list.join(' ')}]) { ... on Device { firmware { __typename } firmwareUpgrade { __typename } id } } }`,
    },
    /"bad".*302 calls/,
  ],
  ['two documents of one id', { 'sha256:ab': READ, ab: OTHER }, /"ab".*same id/],
  ['too many', Object.fromEntries(Array.from({ length: 1001 }, (_, i) => [`${i}`, READ])), /1001 documents/],
])('does not start with a manifest that holds %s, and says which document', async (_name, manifest, reason) => {
  await expect(startWith(manifest)).rejects.toThrow(/^TRUSTED_DOCUMENTS: /);
  await expect(startWith(manifest)).rejects.toThrow(reason);
});

it('does not start without the manifest', async () => {
  const env = { LOG_LEVEL: 'silent', TRUSTED_DOCUMENTS: join(folder, 'none.json') };
  await expect(startPair({ env })).rejects.toThrow(/^TRUSTED_DOCUMENTS: .*none\.json/);
});
