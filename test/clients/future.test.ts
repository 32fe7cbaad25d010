// An error type that no client has heard of reaches an app through the fragment on the interface.

import { typePolicies } from 'firmware-gateway-client/apollo';
import possibleTypes from 'firmware-gateway-client/possibleTypes.json';
import { keys, updates } from 'firmware-gateway-client/urql';
import { createApollo } from './apollo';
import { everyClient } from './everyClient';
import { LOCKED, startNewerGateway } from './newerGateway';
import { createUrql } from './urql';

let newer: Awaited<ReturnType<typeof startNewerGateway>>;
beforeAll(async () => {
  newer = await startNewerGateway();
});
afterAll(() => newer.close());

it.each(everyClient)('comes whole, as the answer to a confirm and to a read: %s', async (_name, create) => {
  const client = create({ url: newer.url });
  expect(await client.confirm('lamp-1')).toMatchObject(LOCKED);
  expect((await client.follow('lamp-1')).firmwareUpgrade).toMatchObject(LOCKED);
  const { connectivity, firmware } = await client.ask('lamp-1');
  expect([connectivity, firmware]).toMatchObject([LOCKED, LOCKED]);
  client.stop();
});

/** What is left of it where the settings are not those that are shipped. */
const BARE = { __typename: 'DeviceLockedError' };

it('loses its fields in Apollo Client without possibleTypes, and without the pattern in them', async () => {
  const known = { ...possibleTypes, TokenApiError: possibleTypes.TokenApiError.filter((type) => /^\w+$/.test(type)) };
  for (const settings of [{ typePolicies }, { typePolicies, possibleTypes: known }]) {
    const client = createApollo({ url: newer.url }, settings);
    expect((await client.follow('lamp-1')).firmwareUpgrade).toEqual(BARE);
    client.stop();
  }
});

it('loses its fields in Graphcache with possibleTypes', async () => {
  const client = createUrql({ url: newer.url }, { keys, updates, possibleTypes });
  expect((await client.follow('lamp-1')).firmwareUpgrade).toEqual(BARE);
});
