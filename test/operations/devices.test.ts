// Query.devices: devices by id, each for itself, without a call.

import { type Pair, startPair } from '../pair';

let pair: Pair;
beforeAll(async () => {
  pair = await startPair();
});
afterAll(() => pair.close());
afterEach(() => expect(pair.simulator.received).toEqual([]));

const DEVICES = 'query ($ids: [ID!]!) { devices(ids: $ids) { id productId deviceName } }';
const lamp = { id: 'P/lamp', productId: 'P', deviceName: 'lamp' };
const other = { id: 'Q/lamp', productId: 'Q', deviceName: 'lamp' };
const badUserInput = (path: (string | number)[]) =>
  expect.objectContaining({ path, extensions: { code: 'BAD_USER_INPUT' } });

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
