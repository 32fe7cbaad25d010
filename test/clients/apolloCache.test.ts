// What else the settings for Apollo Client do: merging what was selected apart, and following at the pace that is asked for.

import { gql } from '@apollo/client';
import { pollIntervalFrom } from 'firmware-gateway-client';
import { FollowFirmwareUpgradeDocument } from 'firmware-gateway-client/documents';
import { type Pair, startPair } from '../pair';
import { createApollo } from './apollo';
import { type Member, variablesFor } from './client';

let pair: Pair;
beforeAll(async () => {
  pair = await startPair({ simulator: { paceMs: 300 } });
});
afterAll(() => pair.close());

const firmware = (fields: string) => gql`{
  device(productId: "PRDEMO0001", deviceName: "lamp-1") {
    id
    firmware { __typename ... on TokenApiError { code nextStep } ... on DeviceFirmware { ${fields} } }
  }
}`;

it.each([
  [
    'keeps what another query selected of the same firmware',
    [],
    { currentVersion: '1.0.0', release: { name: 'lamp-1.1.0' } },
  ],
  ['loses it without the settings: the control', [{}], undefined],
] as const)('%s', async (_name, settings, kept) => {
  const { apollo, stop } = createApollo({ url: pair.url }, ...settings);
  const first = firmware('currentVersion release { name }');
  await apollo.query({ query: first });
  await apollo.query({ query: firmware('targetVersion release { notes }') });
  const view = apollo.readQuery<{ device: { firmware: unknown } }>({ query: first });
  if (kept) expect(view?.device.firmware).toMatchObject(kept);
  else expect(view).toBeNull();
  stop();
});

it('polls as often as the answer says, and stops at the end', async () => {
  const client = createApollo({ url: pair.url });
  await client.confirm('lamp-2');
  pair.simulator.received.length = 0;
  const following = client.apollo.watchQuery({
    query: FollowFirmwareUpgradeDocument,
    variables: variablesFor('lamp-2'),
    fetchPolicy: 'cache-and-network',
  });
  const seen: Member[] = [];
  await new Promise<void>((resolve) => {
    following.subscribe(({ data }) => {
      const upgrade = data?.device?.firmwareUpgrade;
      if (upgrade) following.startPolling(pollIntervalFrom(upgrade));
      if (upgrade) seen.push(upgrade as Member);
      if (seen.at(-1)?.isFinal) resolve();
    });
  });
  expect(following.options.pollInterval).toBe(0);
  expect(seen[0]).toMatchObject({ phase: 'PROCESSING' });
  expect(seen.at(-1)).toMatchObject({ phase: 'SUCCEEDED', toVersion: '1.1.0' });
  const polledAt = pair.simulator.received.map(({ at }) => at);
  expect(polledAt).toHaveLength(3);
  expect(polledAt.at(-1)! - polledAt.at(-2)!).toBeGreaterThan(1900);
  client.stop();
});

it.each<[number, Parameters<typeof pollIntervalFrom>[0]]>([
  [2000, { __typename: 'FirmwareUpgrade', pollAfterMs: 2000 }],
  [0, { __typename: 'FirmwareUpgrade', pollAfterMs: null }],
  [1500, { __typename: 'TokenApiRateLimitedError', nextStep: 'RETRY', retryAfterMs: 1500 }],
  [0, { __typename: 'TokenApiNoPermissionError', nextStep: 'GIVE_UP', retryAfterMs: null }],
])('asks again after %i ms: %j', (interval, upgrade) => {
  expect(pollIntervalFrom(upgrade)).toBe(interval);
});
