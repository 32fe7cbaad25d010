// The cache settings that are shipped: a failed poll does not take the progress off a view, and does without them.

import { FollowFirmwareUpgradeDocument as FOLLOW } from 'firmware-gateway-client/documents';
import { answerWith, type Pair, startPair } from '../pair';
import { createApollo } from './apollo';
import { type Client, type ClientOptions, type Member, variablesFor } from './client';
import { createRelay } from './relay';
import { createUrql } from './urql';

let pair: Pair;
beforeAll(async () => {
  pair = await startPair();
});
afterAll(() => pair.close());

/** A client, and what another view of the same cache shows without asking anybody. */
interface Viewed {
  client: Client;
  view(): Member | null | undefined;
}

/** Is downloading, and stays at 42 %. */
const DEVICE = 'lamp-busy';
const DOWNLOADING = { __typename: 'FirmwareUpgrade', phase: 'DOWNLOADING', percent: 42 };

function viewedApollo(options: ClientOptions, ...settings: [] | [object]): Viewed {
  const client = createApollo(options, ...settings);
  const question = { query: FOLLOW, variables: variablesFor(DEVICE) };
  return { client, view: () => client.apollo.readQuery(question)?.device?.firmwareUpgrade };
}

function viewedUrql(options: ClientOptions, ...settings: [] | [object]): Viewed {
  const client = createUrql(options, ...settings);
  return { client, view: () => client.urql.readQuery(FOLLOW, variablesFor(DEVICE))?.data?.device?.firmwareUpgrade };
}

/** One poll whose upstream call the platform refuses with this code. */
async function failedPoll({ client }: Viewed, Code: string): Promise<Member | null | undefined> {
  answerWith(pair, (RequestId) => ({ body: { Response: { Error: { Code, Message: 'no' }, RequestId } } }));
  const { firmwareUpgrade } = await client.follow(DEVICE);
  pair.simulator.override = undefined;
  return firmwareUpgrade;
}

describe.each([
  ['Apollo Client', viewedApollo],
  ['Graphcache', viewedUrql],
])('%s', (_name, create) => {
  it('keeps the progress while polls fail with RETRY, and shows the next good one', async () => {
    const viewed = create({ url: pair.url });
    expect((await viewed.client.follow(DEVICE)).firmwareUpgrade).toMatchObject(DOWNLOADING);
    for (const code of ['InternalError', 'RequestLimitExceeded']) {
      expect(await failedPoll(viewed, code)).toMatchObject(DOWNLOADING);
      expect(viewed.view()).toMatchObject(DOWNLOADING);
    }
    expect((await viewed.client.follow(DEVICE)).firmwareUpgrade).toMatchObject(DOWNLOADING);
    viewed.client.stop();
  });

  it('shows an error that is not to be retried, one that came first, and what comes after', async () => {
    const viewed = create({ url: pair.url });
    expect(await failedPoll(viewed, 'InternalError')).toMatchObject({ __typename: 'TokenApiInternalError' });
    expect(await failedPoll(viewed, 'FailedOperation')).toMatchObject({ __typename: 'TokenApiFailedOperationError' });
    await viewed.client.follow(DEVICE);
    expect(viewed.view()).toMatchObject(DOWNLOADING);
    const denied = { __typename: 'TokenApiNoPermissionError', code: 'UnauthorizedOperation', nextStep: 'GIVE_UP' };
    expect(await failedPoll(viewed, 'UnauthorizedOperation')).toMatchObject(denied);
    expect(viewed.view()).toMatchObject(denied);
    await viewed.client.follow(DEVICE);
    expect(viewed.view()).toMatchObject(DOWNLOADING);
    viewed.client.stop();
  });

  it('loses the progress without the settings: the control', async () => {
    const viewed = create({ url: pair.url }, {});
    expect((await viewed.client.follow(DEVICE)).firmwareUpgrade).toMatchObject(DOWNLOADING);
    expect(await failedPoll(viewed, 'InternalError')).toMatchObject({ __typename: 'TokenApiInternalError' });
    expect(viewed.view()).not.toMatchObject(DOWNLOADING);
    viewed.client.stop();
  });
});

it('has no such settings for Relay, where an error takes the place of what was known', async () => {
  const viewed = { client: createRelay({ url: pair.url }), view: () => undefined };
  expect((await viewed.client.follow(DEVICE)).firmwareUpgrade).toMatchObject(DOWNLOADING);
  expect(await failedPoll(viewed, 'InternalError')).toMatchObject({ nextStep: 'RETRY' });
  expect((await viewed.client.follow(DEVICE)).firmwareUpgrade).toMatchObject(DOWNLOADING);
});
