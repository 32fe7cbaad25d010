// Why docs/clients.md asks of a client what it asks: what happens without it.

import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client, fetchExchange } from '@urql/core';
import { FollowFirmwareUpgradeDocument } from 'firmware-gateway-client/documents';
import { type Pair, startPair } from '../pair';
import { headersFor, variablesFor } from './client';
import relayConfig from './relay.config.json';

let pair: Pair;
beforeAll(async () => {
  pair = await startPair();
});
afterAll(() => pair.close());

it('answers the GET that urql makes of a query by 405', async () => {
  const headers = headersFor({ url: pair.url });
  const urql = new Client({ url: pair.url, fetchOptions: { headers }, exchanges: [fetchExchange] });
  const { data, error } = await urql.query(FollowFirmwareUpgradeDocument, variablesFor('lamp-busy'));
  expect([data, error?.response.status]).toEqual([undefined, 405]);
  expect(pair.simulator.received).toEqual([]);
});

it('stops relay-compiler at `extend schema`', () => {
  const artefacts = join(__dirname, 'artefacts');
  const config = { ...relayConfig, src: '../relay', schema: '../../../schema.graphql', artifactDirectory: './relay' };
  writeFileSync(join(artefacts, 'relay.config.json'), JSON.stringify(config));
  const options = { cwd: artefacts, encoding: 'utf8' } as const;
  const { status, stderr } = spawnSync('npx', ['relay-compiler', '--validate', 'relay.config.json'], options);
  expect(status).not.toBe(0);
  expect(stderr).toContain('SchemaExtension not implemented');
});
