// Query.device, Query.devices and _entities: devices by name, each for itself, without a call.

import { type Pair, startPair } from '../pair';

let pair: Pair;
beforeAll(async () => {
  pair = await startPair();
});
afterAll(() => pair.close());
afterEach(() => expect(pair.simulator.received).toEqual([]));

const DEVICE = 'query ($p: String!, $d: String!) { device(productId: $p, deviceName: $d) { id productId deviceName } }';
const DEVICES = 'query ($ids: [ID!]!) { devices(ids: $ids) { id productId deviceName } }';
const ENTITIES =
  'query ($r: [_Any!]!) { _entities(representations: $r) { ... on Device { id productId deviceName } } }';
const lamp = { id: 'P/lamp', productId: 'P', deviceName: 'lamp' };
const other = { id: 'Q/lamp', productId: 'Q', deviceName: 'lamp' };
const badUserInput = (path: (string | number)[]) =>
  expect.objectContaining({ path, extensions: { code: 'BAD_USER_INPUT' } });

it('names a device by its two names, token or not', async () => {
  const { body } = await pair.ask(DEVICE, { p: 'P', d: 'lamp' }, { token: null });
  expect(body).toEqual({ data: { device: lamp } });
});

it.each(['', 'a/b', 'a b', 'x'.repeat(129)])('answers null and an error for a device named %j', async (name) => {
  const { status, body } = await pair.ask(DEVICE, { p: 'P', d: name });
  expect(status).toBe(200);
  expect(body).toEqual({ data: { device: null }, errors: [badUserInput(['device'])] });
});

it('answers devices in the order of their ids, and null for one that cannot name a device', async () => {
  const { body } = await pair.ask(DEVICES, { ids: ['P/lamp', 'lamp', 'Q/lamp', 'P/', 'P/lamp/x', 'P/lamp'] });
  expect(body.data).toEqual({ devices: [lamp, null, other, null, null, lamp] });
  expect(body.errors).toEqual([1, 3, 4].map((place) => badUserInput(['devices', place])));
});

it('answers one clear error for more than 100 ids', async () => {
  const { body } = await pair.ask(DEVICES, { ids: Array.from({ length: 101 }, (_, i) => `P/${i}`) });
  expect(body).toEqual({ data: { devices: null }, errors: [badUserInput(['devices'])] });
  expect(body.errors[0].message).toBe('ids is expected to hold at most 100 device ids, and holds 101.');
});

it('answers entities by either key, and null for an unusable one', async () => {
  const __typename = 'Device';
  const { body } = await pair.ask(ENTITIES, {
    r: [
      { __typename, id: 'P/lamp' },
      { __typename, productId: 'Q', deviceName: 'lamp' },
      { __typename, id: 'P/lamp', productId: 'Q' },
      { __typename },
      { __typename, id: 7 },
      { __typename: 'Room', id: 'P/lamp' },
      'P/lamp',
      { __typename, id: 'P/lamp', productId: 'P', deviceName: 'lamp' },
    ],
  });
  expect(body.data).toEqual({ _entities: [lamp, other, null, null, null, null, null, lamp] });
  expect(body.errors).toEqual([2, 3, 4, 5, 6].map((place) => badUserInput(['_entities', place])));
});

it('answers 1,000 representations, and no more', async () => {
  const representations = (count: number) =>
    Array.from({ length: count }, (_, i) => ({ __typename: 'Device', id: `P/${i}` }));
  const { body } = await pair.ask(ENTITIES, { r: representations(1000) });
  expect(body.data._entities).toHaveLength(1000);
  expect((await pair.ask(ENTITIES, { r: representations(1001) })).body.errors).toHaveLength(1);
});

it('answers _service with the schema', async () => {
  const { body } = await pair.ask('{ _service { sdl } }');
  expect(body.data._service.sdl).toContain('type Device\n  @key(fields: "id")\n  @key(fields: "productId deviceName")');
});
