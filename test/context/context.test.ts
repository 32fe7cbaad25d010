// Who asks: which tokens are taken, and that each reads with its own.

import { confirm, type Pair, startPair } from '../pair';

let pair: Pair;
beforeAll(async () => {
  pair = await startPair();
});
afterAll(() => pair.close());
beforeEach(() => {
  pair.simulator.received.length = 0;
});

it.each<[string, string | null]>([
  ['no header', null],
  ['another scheme', 'Basic abc'],
  ['no token', 'Bearer '],
  ['a space in it', 'Bearer a b'],
  ['non-ASCII in it', 'Bearer caf\u00e9'],
  ['4097 characters', `Bearer ${'x'.repeat(4097)}`],
])('refuses a token before anything is sent: %s', async (_name, authorization) => {
  const headers = authorization === null ? {} : { authorization };
  expect(await confirm(pair, 'lamp-1', { token: null, headers })).toMatchObject({
    __typename: 'TokenApiInvalidAccessTokenError',
    code: 'Gateway.NoAccessToken',
    nextStep: 'SIGN_IN',
  });
  expect(pair.simulator.received).toEqual([]);
});

it('takes a token of 4096 characters, and sends it as it came', async () => {
  const token = 'x'.repeat(4096);
  expect(await confirm(pair, 'lamp-1', { token })).toMatchObject({
    __typename: 'TokenApiInvalidAccessTokenError',
    code: 'InvalidParameterValue.InvalidAccessToken',
  });
  expect(pair.simulator.received.map(({ body }) => body.AccessToken)).toEqual([token]);
});
