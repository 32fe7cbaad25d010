// Persisted queries as client libraries send them: each falls back by itself where they are off, and sends a text once where not.

import { createHash } from 'node:crypto';
import { PersistedQueryLink } from '@apollo/client/link/persisted-queries';
import { persistedExchange } from '@urql/exchange-persisted';
import { figureOf, type Pair, PRODUCT, startPair } from '../pair';
import { createApollo } from './apollo';
import { createApollo3 } from './apollo3';
import { DeviceFirmwareDocument } from './artefacts/preset/graphql';
import { type Client, type ClientOptions, variablesFor } from './client';
import { createUrql } from './urql';

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const byGet = { sha256, useGETForHashedQueries: true };

const clients: readonly [name: string, create: (options: ClientOptions) => Client][] = [
  [
    'Apollo Client 4',
    (options) => createApollo(options, undefined, (http) => new PersistedQueryLink({ sha256 }).concat(http)),
  ],
  [
    'Apollo Client 4 by GET',
    (options) => createApollo(options, undefined, (http) => new PersistedQueryLink(byGet).concat(http)),
  ],
  ['Apollo Client 3', (options) => createApollo3(options, { sha256 })],
  ['Apollo Client 3 by GET', (options) => createApollo3(options, byGet)],
  [
    'urql',
    (options) =>
      createUrql(
        options,
        undefined,
        undefined,
        persistedExchange({ preferGetForPersistedQueries: false, enableForMutation: true }),
      ),
  ],
];

const RESULTS = ['hit', 'miss', 'stored', 'unsupported'];
const resultsOf = (pair: Pair) =>
  Promise.all(
    RESULTS.map(async (result) => (await figureOf(pair, `persisted_queries_total{result="${result}"}`)) ?? 0),
  );

/** Reads two devices and confirms on both. @returns what the platform was asked to do to which device */
async function use(client: Client, { simulator }: Pair) {
  for (const deviceName of ['lamp-1', 'lamp-2']) {
    expect((await client.ask(deviceName)).id).toBe(`${PRODUCT}/${deviceName}`);
    expect((await client.confirm(deviceName)).__typename).toBe('ConfirmFirmwareUpgradeSuccess');
  }
  client.stop();
  const confirms = simulator.received.filter(({ action }) => action === 'AppPublishFirmwareUpdateMessage');
  return confirms.map(({ body }) => body.DeviceName);
}

describe.each(clients)('%s', (_name, create) => {
  let pair: Pair;
  afterEach(() => pair.close());

  it('falls back to the text by itself where they are off, and confirms once', async () => {
    pair = await startPair();
    expect(await use(create({ url: pair.url }), pair)).toEqual(['lamp-1', 'lamp-2']);
    expect(await resultsOf(pair)).toEqual([0, 0, 0, 1]);
  });

  it('sends each text once where they are automatic, confirms once, and takes the fast lane from then on', async () => {
    pair = await startPair({ env: { PERSISTED_QUERIES: 'automatic' } });
    expect(await use(create({ url: pair.url }), pair)).toEqual(['lamp-1', 'lamp-2']);
    expect(await resultsOf(pair)).toEqual([2, 2, 2, 0]);
    expect(await figureOf(pair, 'requests_by_lane_total{lane="fast"}')).toBe(2);
  });
});

const pairs: Pair[] = [];
afterAll(() => Promise.all(pairs.map((pair) => pair.close())));

it('takes by GET what urql names and sends there where they are automatic, and not the first text where they are off', async () => {
  for (const [kind, expected] of [
    ['automatic', [[undefined, undefined], 2]],
    ['off', [[405, undefined], 1]],
  ] as const) {
    const pair = await startPair({ env: { PERSISTED_QUERIES: kind } });
    pairs.push(pair);
    const { urql } = createUrql({ url: pair.url }, undefined, undefined, persistedExchange());
    const statuses: (number | undefined)[] = [];
    for (const deviceName of ['lamp-1', 'lamp-2']) {
      const { error } = await urql.query(DeviceFirmwareDocument, variablesFor(deviceName));
      statuses.push(error?.response?.status);
    }
    const reads = pair.simulator.received.filter(({ action }) => action === 'AppCheckFirmwareUpdate');
    expect([statuses, reads.length]).toEqual(expected);
  }
});
