// Query.device: a device by its two names, without a call.

import { type Pair, startPair } from '../pair';

let pair: Pair;
beforeAll(async () => {
  pair = await startPair();
});
afterAll(() => pair.close());
afterEach(() => expect(pair.simulator.received).toEqual([]));

const DEVICE = 'query ($p: String!, $d: String!) { device(productId: $p, deviceName: $d) { id productId deviceName } }';
const lamp = { id: 'P/lamp', productId: 'P', deviceName: 'lamp' };
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
