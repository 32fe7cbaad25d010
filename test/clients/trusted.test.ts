// Trusted documents as tools write them, asked for as the libraries name them: where nothing else is executed.

import { join } from 'node:path';
import { PersistedQueryLink } from '@apollo/client/link/persisted-queries';
import { generatePersistedQueryIdsFromManifest } from '@apollo/persisted-query-lists';
import { commitMutation, Environment, fetchQuery, Network, RecordSource, Store } from 'relay-runtime';
import { figureOf, type Pair, PRODUCT, startPair } from '../pair';
import { createApollo } from './apollo';
import * as preset from './artefacts/presetTrusted/graphql';
import askQuery, { type firmwareAskQuery } from './artefacts/relayTrusted/firmwareAskQuery.graphql';
import confirmMutation, {
  type firmwareConfirmMutation,
} from './artefacts/relayTrusted/firmwareConfirmMutation.graphql';
import { headersFor, required, variablesFor } from './client';

interface Use {
  ask(): Promise<{ id?: string } | null | undefined>;
  confirm(): Promise<{ __typename?: string } | undefined>;
}

const variables = variablesFor('lamp-1');

/** A request that names a document, as the client preset's page shows it. */
async function named(url: string, documentId: string | null | undefined, given: object) {
  const headers = { 'content-type': 'application/json', ...headersFor({ url }) };
  const body = JSON.stringify({ documentId, variables: given });
  return (await fetch(url, { method: 'POST', headers, body })).json();
}

const hashOf = (document: object) => String(Object(Object(document).__meta__).hash);

const tools: readonly [tool: string, manifest: string, create: (url: string) => Use][] = [
  [
    'graphql-codegen’s client preset',
    'presetTrusted/persisted-documents.json',
    (url) => ({
      ask: async () => (await named(url, hashOf(preset.DeviceFirmwareDocument), variables)).data?.device,
      confirm: async () =>
        (await named(url, hashOf(preset.ConfirmFirmwareUpgradeDocument), variables)).data?.confirmFirmwareUpgrade,
    }),
  ],
  [
    'relay-compiler',
    'relayTrusted/manifest.json',
    (url) => {
      const network = Network.create(({ id }, given) => named(url, id, given));
      const environment = new Environment({ network, store: new Store(new RecordSource()) });
      return {
        ask: async () => (await fetchQuery<firmwareAskQuery>(environment, askQuery, variables).toPromise())?.device,
        confirm: () =>
          new Promise((resolve, reject) => {
            commitMutation<firmwareConfirmMutation>(environment, {
              mutation: confirmMutation,
              variables,
              onCompleted: ({ confirmFirmwareUpgrade }) => resolve(confirmFirmwareUpgrade),
              onError: reject,
            });
          }),
      };
    },
  ],
  [
    'Apollo’s generator, with Apollo Client',
    'apolloManifest.json',
    (url) => {
      const loadManifest = () => import('./artefacts/apolloManifest.json');
      const link = new PersistedQueryLink(generatePersistedQueryIdsFromManifest({ loadManifest }));
      const client = createApollo({ url }, undefined, (http) => link.concat(http));
      return { ask: () => client.ask('lamp-1'), confirm: () => client.confirm('lamp-1') };
    },
  ],
];

let pair: Pair;
afterEach(() => pair.close());

it.each(tools)('%s: reads and confirms by ids alone, in the fast lane', async (_tool, manifest, create) => {
  const env = { TRUSTED_DOCUMENTS: join(__dirname, 'artefacts', manifest), TRUSTED_DOCUMENTS_ONLY: 'on' };
  pair = await startPair({ env });
  const { ask, confirm } = create(pair.url);
  expect(required(await ask()).id).toBe(`${PRODUCT}/lamp-1`);
  expect(required(await confirm()).__typename).toBe('ConfirmFirmwareUpgradeSuccess');
  const confirms = pair.simulator.received.filter(({ action }) => action === 'AppPublishFirmwareUpdateMessage');
  expect(confirms).toHaveLength(1);
  expect(await figureOf(pair, 'persisted_queries_total{result="hit"}')).toBe(2);
  expect(await figureOf(pair, 'requests_by_lane_total{lane="whole"}')).toBeUndefined();
});
