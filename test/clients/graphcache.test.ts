// What else the settings for Graphcache do: a key for every type without an id.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { keys, updates } from 'firmware-gateway-client/urql';
import { buildSchema, isObjectType } from 'graphql';
import { type Pair, startPair } from '../pair';
import { createUrql } from './urql';

let pair: Pair;
beforeAll(async () => {
  pair = await startPair();
});
afterAll(() => pair.close());

const sdl = readFileSync(join(__dirname, '../../schema.graphql'), 'utf8');
const types = Object.values(buildSchema(sdl, { assumeValidSDL: true }).getTypeMap()).filter(
  (type) => isObjectType(type) && !/^(__|Query$|Mutation$|Subscription$)/.test(type.name),
);

it('knows how every type without an id is kept, and leaves those with one alone', () => {
  expect(types.length).toBeGreaterThan(15);
  for (const type of types)
    expect([type.name, keys[type.name] === undefined]).toEqual([
      type.name,
      isObjectType(type) && 'id' in type.getFields(),
    ]);
});

it('leaves the keys of another API’s errors as they were', () => {
  expect(keys.OtherError?.({ __typename: 'OtherError', id: '7' } as never)).toBe('7');
  expect(keys.OtherError?.({ __typename: 'OtherError' } as never)).toBeNull();
});

it('says nothing to the developer about missing keys', async () => {
  const told: string[] = [];
  const logger = (_severity: string, message: string) => told.push(message);
  const withKeys = createUrql({ url: pair.url }, { keys, updates, logger: logger as never });
  for (const deviceName of ['lamp-1', 'error-InternalError']) {
    await withKeys.ask(deviceName);
    await withKeys.confirm(deviceName);
    await withKeys.follow(deviceName);
  }
  expect(told.filter((message) => message.includes('Invalid key'))).toEqual([]);
  await createUrql({ url: pair.url }, { logger: logger as never }).ask('lamp-1');
  expect(told.filter((message) => message.includes('Invalid key'))).not.toEqual([]);
});

it('loses a refusal’s fields without keys: the control', async () => {
  const refused = await createUrql({ url: pair.url }, {}).confirm('lamp-offline');
  expect(refused.__typename).toBe('DeviceOfflineError');
  expect(refused.nextStep).toBeUndefined();
  expect((await createUrql({ url: pair.url }).confirm('lamp-offline')).nextStep).toBe('WAIT_FOR_DEVICE');
});
