// A token that has expired: another one is asked for once, and the request is made again with it.

import { type Pair, startPair, TOKEN } from '../../pair';
import { all, clientOf, device, keysOf, sends, wireOf } from './device';

const EXPIRED = 'demo-token-expired';

let pair: Pair;
beforeEach(async () => {
  pair = await startPair();
});
afterEach(() => pair.close());

/** Gives the first one until it is rejected. */
function renewed(after: string) {
  const rejected: (string | undefined)[] = [];
  let current = EXPIRED;
  const token = async (old?: string) => {
    rejected.push(old);
    if (old === current) current = after;
    return current;
  };
  return { rejected, token };
}

it('confirms with the other token, under the same key: one send is accepted', async () => {
  const wire = wireOf();
  const { rejected, token } = renewed(TOKEN);
  const client = clientOf(pair, { ...wire, token });
  expect((await client.confirm(device('lamp-1'))).__typename).toBe('ConfirmFirmwareUpgradeSuccess');
  expect(rejected).toEqual([undefined, EXPIRED]);
  expect(new Set(keysOf(wire)).size).toBe(1);
  expect(sends(pair).map(({ body }) => body.AccessToken)).toEqual([EXPIRED, TOKEN]);
});

it('asks once: then the typed result says SIGN_IN', async () => {
  const { rejected, token } = renewed('demo-token-expired-too');
  const client = clientOf(pair, { token });
  expect(await client.confirm(device('lamp-1'))).toMatchObject({ nextStep: 'SIGN_IN' });
  expect(rejected).toEqual([undefined, EXPIRED]);
  expect(sends(pair)).toHaveLength(2);
});

it('does not send the same token again', async () => {
  expect(await clientOf(pair, { token: () => EXPIRED }).confirm(device('lamp-1'))).toMatchObject({
    __typename: 'TokenApiInvalidAccessTokenError',
  });
  expect(await clientOf(pair, { token: EXPIRED }).confirm(device('lamp-1'))).toMatchObject({ nextStep: 'SIGN_IN' });
  expect(sends(pair)).toHaveLength(2);
});

it('says SIGN_IN, and sends nothing, where there is no token', async () => {
  const failing = () => Promise.reject(new Error('The session has ended.'));
  for (const token of ['', () => '', failing]) {
    const client = clientOf(pair, { token });
    expect(await client.confirm(device('lamp-1'))).toMatchObject({
      __typename: 'TokenApiInvalidAccessTokenError',
      code: 'Client.NoAccessToken',
    });
    expect(await all(client.follow(device('lamp-1')))).toMatchObject([{ nextStep: 'SIGN_IN' }]);
  }
  expect(pair.simulator.received).toEqual([]);
});

it.each([undefined, false] as const)('checks and follows with the other token: push %s', async (push) => {
  const { rejected, token } = renewed(TOKEN);
  const client = clientOf(pair, { token, push });
  expect((await client.check(device('lamp-1'))).firmware).toMatchObject({ updateAvailable: true });
  expect(rejected).toEqual([undefined, EXPIRED]);
  const again = renewed(TOKEN);
  expect(await all(clientOf(pair, { token: again.token, push }).follow(device('lamp-1')))).toMatchObject([
    { phase: 'NONE' },
  ]);
  expect(again.rejected).toEqual([undefined, EXPIRED]);
});

it.each([undefined, false] as const)('ends with SIGN_IN where no token is accepted: push %s', async (push) => {
  const { token } = renewed('demo-token-expired-too');
  expect(await all(clientOf(pair, { token, push }).follow(device('lamp-1')))).toMatchObject([{ nextStep: 'SIGN_IN' }]);
  expect(await all(clientOf(pair, { token: EXPIRED, push }).follow(device('lamp-1')))).toMatchObject([
    { nextStep: 'SIGN_IN' },
  ]);
});

it('does not repeat a confirm whose answer was lost with another token, since its key would be another one: one send', async () => {
  const wire = wireOf();
  wire.fate = (_nth, query) => (query.startsWith('mutation') ? 'is lost' : 'arrives');
  let nth = 0;
  const client = clientOf(pair, { ...wire, token: () => `${TOKEN}-${nth++}` });
  const result = await client.confirm(device('lamp-1'));
  expect(result).toMatchObject({ __typename: 'FirmwareUpgradeOutcomeUnknownError', nextStep: 'CHECK_STATUS' });
  expect(keysOf(wire)).toHaveLength(1);
  expect(sends(pair)).toHaveLength(1);
}, 60_000);

it('keeps the key where a door on the way asks to sign in after an answer was lost', async () => {
  const wire = wireOf();
  let mutations = 0;
  const request: typeof wire.request = async (outgoing) => {
    if (outgoing.body.includes('mutation') && ++mutations === 2) return { status: 401, body: '' };
    return wire.request(outgoing);
  };
  wire.fate = (nth) => (nth === 0 ? 'is lost' : 'arrives');
  const client = clientOf(pair, { request });
  expect(await client.confirm(device('lamp-1'))).toMatchObject({ nextStep: 'SIGN_IN', requestId: '' });
  expect((await client.confirm(device('lamp-1'))).__typename).toBe('ConfirmFirmwareUpgradeSuccess');
  expect(new Set(keysOf(wire)).size).toBe(1);
  expect(sends(pair)).toHaveLength(1);
});
