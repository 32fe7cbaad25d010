// A router that names the user: what belongs to the user survives a new token, and what a token is told stays its own.

import { request } from 'node:http';
import { confirm, figureOf, type Pair, PRODUCT, type RequestOptions, startPair, until } from '../pair';
import { hasRedis, type RedisServer, startRedis } from '../redis';
import { follow, script, toldBy } from '../stream';
import { openSocket } from '../webSocketClient';

const SECRET = 'the-secret-of-the-router';
const SUCCESS = 'ConfirmFirmwareUpgradeSuccess';
const ENV = { ROUTER_SECRET: SECRET, OWNER_HEADER: 'X-User-Id', TOKENAPI_TIMEOUT_MS: '1500' };
const NEW_TOKEN = 'demo-token-carol';

const as = (user: string, more: Record<string, string> = {}, token?: string | null): RequestOptions => ({
  headers: { 'x-router-secret': SECRET, 'x-user-id': user, ...more },
  ...(token !== undefined && { token }),
});
const key = { 'idempotency-key': 'k' };

let redis: RedisServer | undefined;
let one: Pair;
/** Another replica where there is a Redis; else the same. */
let other: Pair;
afterEach(async () => {
  await Promise.all(new Set([one, other].map((pair) => pair.close())));
  await redis?.close();
  redis = undefined;
});

const sent = () =>
  one.simulator.received
    .filter(({ action }) => action === 'AppPublishFirmwareUpdateMessage')
    .map(({ body }) => body.AccessToken);
/** Holds the next confirm until it is released with an answer. */
function hold() {
  let release = (_refusal?: string): void => undefined;
  one.simulator.override = ({ body: { RequestId } }, response) => {
    one.simulator.override = undefined;
    release = (Code) =>
      response.end(JSON.stringify({ Response: { RequestId, ...(Code && { Error: { Code, Message: '' } }) } }));
    return true;
  };
  return { isHeld: () => until(() => sent().length === 1), release: (refusal?: string) => release(refusal) };
}
const phaseOf = async (pair: Pair, options: RequestOptions) => {
  const query = `{ device(productId: "${PRODUCT}", deviceName: "lamp-done-before") { firmwareUpgrade { ... on FirmwareUpgrade { phase } } } }`;
  return (await pair.ask(query, {}, options)).body.data.device.firmwareUpgrade.phase;
};

const stores = [
  ['in memory', async () => undefined],
  ...(hasRedis() ? [['in Redis', startRedis] as const] : []),
] as const;

describe.each(stores)('%s', (_name, startStore) => {
  beforeEach(async () => {
    redis = await startStore();
    const env = { ...ENV, ...(redis && { REDIS_URL: redis.url }) };
    one = await startPair({ env, simulator: { staleEndMs: 60_000 } });
    other = redis ? await startPair({ env: { ...env, TOKENAPI_URL: one.simulator.url } }) : one;
  });

  it('a key survives a new token', async () => {
    const first = await confirm(one, 'lamp-1', as('u1', key));
    expect(first.__typename).toBe(SUCCESS);
    expect(await confirm(other, 'lamp-1', as('u1', key, NEW_TOKEN))).toEqual(first);
    expect(sent()).toHaveLength(1);
  });

  it('a key is another user’s where the router says so, though the token is the same', async () => {
    await confirm(one, 'lamp-1', as('u1', key));
    expect((await confirm(other, 'lamp-1', as('u2', key))).__typename).toBe('FirmwareUpgradeInProgressError');
    expect(sent()).toHaveLength(2);
  });

  it('a key is free again after SIGN_IN, for the new token', async () => {
    const { release, isHeld } = hold();
    const refused = confirm(one, 'lamp-1', as('u1', key));
    await isHeld();
    release('InvalidParameterValue.InvalidAccessToken');
    expect((await refused).nextStep).toBe('SIGN_IN');
    expect((await confirm(other, 'lamp-1', as('u1', key, NEW_TOKEN))).__typename).toBe(SUCCESS);
    expect(sent()).toEqual(['demo-token-alice', NEW_TOKEN]);
  });

  it.each([
    ['with a key', key],
    ['without one', {}],
  ])('presses of one user with two tokens share a call %s', async (_how, headers) => {
    const { release, isHeld } = hold();
    const first = confirm(one, 'lamp-1', as('u1', headers));
    await isHeld();
    const second = confirm(other, 'lamp-1', as('u1', headers, NEW_TOKEN));
    await new Promise((resolve) => setTimeout(resolve, 60));
    release();
    expect(await second).toEqual(await first);
    expect(sent()).toHaveLength(1);
  });

  it.each([
    ['with a key', key],
    ['without one', {}],
  ])('SIGN_IN of one token is not the answer of another %s', async (_how, headers) => {
    const { release, isHeld } = hold();
    const first = confirm(one, 'lamp-1', as('u1', headers));
    await isHeld();
    const others = [other, other].map((pair) => confirm(pair, 'lamp-1', as('u1', headers, NEW_TOKEN)));
    await new Promise((resolve) => setTimeout(resolve, 60));
    release('InvalidParameterValue.InvalidAccessToken');
    expect((await first).nextStep).toBe('SIGN_IN');
    const [second, third] = await Promise.all(others);
    expect([second.__typename, third]).toEqual([SUCCESS, second]);
    expect(sent()).toEqual(['demo-token-alice', NEW_TOKEN]);
  });

  it('a confirm settles the reads of the user’s other token', async () => {
    await confirm(one, 'lamp-done-before', as('u1'));
    expect(await phaseOf(other, as('u1', {}, NEW_TOKEN))).toBe('SETTLING');
    expect(await phaseOf(other, as('u2', {}, NEW_TOKEN))).toBe('SUCCEEDED');
  });

  it('reads are shared by no two tokens', async () => {
    one.simulator.override = ({ body }, response) => {
      const shown = { RequestId: body.RequestId, CurrentVersion: body.AccessToken };
      setTimeout(() => response.end(JSON.stringify({ Response: shown })), 100);
      return true;
    };
    const read = async (token: string) => {
      const query = `{ device(productId: "${PRODUCT}", deviceName: "lamp-1") { firmware { __typename } } }`;
      return (await one.ask(query, {}, as('u1', {}, token))).status;
    };
    // Known, so that several of theirs may be under way at once.
    await read('demo-token-alice');
    one.simulator.received.length = 0;
    await Promise.all(['demo-token-alice', NEW_TOKEN, 'demo-token-alice', NEW_TOKEN].map(read));
    const tokens = one.simulator.received.map(({ body }) => body.AccessToken);
    expect(tokens.sort()).toEqual(['demo-token-alice', NEW_TOKEN].sort());
  });

  it('a request without a usable token is refused before a key is looked for', async () => {
    await confirm(one, 'lamp-1', as('u1', key));
    for (const token of [null, 'a b'])
      expect((await confirm(other, 'lamp-1', as('u1', key, token))).nextStep).toBe('SIGN_IN');
    expect(sent()).toHaveLength(1);
  });
});

it('what is followed is looked at for each token by itself, and a press with one wakes the other', async () => {
  one = await startPair({ env: ENV });
  other = one;
  const tokens = ['demo-token-alice', NEW_TOKEN];
  const { looksAt } = script(one, { 'lamp-1': [{ Status: 8 }] });
  const streams = await Promise.all(tokens.map((token) => follow(one, ['lamp-1'], as('u1', {}, token))));
  for (const stream of streams) await stream.has(1);
  expect(await figureOf(one, 'live_pollers')).toBe(2);
  expect(new Set(one.simulator.received.map(({ body }) => body.AccessToken))).toEqual(new Set(tokens));
  await confirm(one, 'lamp-1', as('u1'));
  for (const stream of streams) await stream.has(2);
  expect(streams.map((stream) => toldBy(stream))).toEqual(Array(2).fill(['AWAITING_CONFIRMATION', 'SETTLING']));
  expect(looksAt('lamp-1')).toBeGreaterThanOrEqual(4);
  for (const stream of streams) stream.leave();
  await until(async () => (await figureOf(one, 'live_pollers')) === 0);
});

describe('the header', () => {
  beforeEach(async () => {
    one = await startPair({ env: ENV });
    other = one;
  });

  const body = JSON.stringify({
    query: `mutation { confirmFirmwareUpgrade(productId: "${PRODUCT}", deviceName: "lamp-1") { __typename } }`,
  });
  /** Sent as they are: `fetch` would join headers of one name. */
  const statusOf = (headers: Record<string, string | string[]>) =>
    new Promise((resolve, reject) => {
      const given = {
        'content-type': 'application/json',
        authorization: 'Bearer demo-token-alice',
        'x-router-secret': SECRET,
        ...headers,
      };
      request(one.url, { method: 'POST', headers: given }, (response) => {
        response.resume();
        resolve(response.statusCode);
      })
        .on('error', reject)
        .end(body);
    });

  it.each<[string, Record<string, string | string[]>, number]>([
    ['is not there', {}, 400],
    ['is empty', { 'x-user-id': '' }, 400],
    ['has 257 characters', { 'x-user-id': 'u'.repeat(257) }, 400],
    ['has a space', { 'x-user-id': 'a b' }, 400],
    ['has another script', { 'x-user-id': 'é' }, 400],
    ['comes twice', { 'x-user-id': ['u1', 'u2'] }, 400],
    ['comes twice and says the same', { 'x-user-id': ['u1', 'u1'] }, 400],
    ['comes without the secret', { 'x-user-id': 'u1', 'x-router-secret': '' }, 401],
    ['has 256 characters', { 'x-user-id': '~'.repeat(256) }, 200],
  ])('that %s', async (_name, headers, status) => {
    expect(await statusOf(headers)).toBe(status);
    expect(sent()).toHaveLength(status === 200 ? 1 : 0);
  });

  it('counts at the upgrade to a WebSocket, and never among what its client says', async () => {
    const secret = { 'x-router-secret': SECRET };
    await expect(openSocket(one.url, { headers: secret })).rejects.toThrow('400');
    await confirm(one, 'lamp-1', as('u1', key));
    const client = await openSocket(one.url, { headers: { ...secret, 'x-user-id': 'u1' } });
    const authorization = `Bearer ${NEW_TOKEN}`;
    client.say({
      type: 'connection_init',
      payload: { authorization, 'x-user-id': 'u2', headers: { 'x-user-id': 'u2' } },
    });
    await client.got('connection_ack');
    const again = `mutation { confirmFirmwareUpgrade(productId: "${PRODUCT}", deviceName: "lamp-1", idempotencyKey: "k") { __typename } }`;
    client.subscribe('1', again);
    expect((await client.got('next', '1')).payload.data.confirmFirmwareUpgrade.__typename).toBe(SUCCESS);
    client.socket.terminate();
    expect(sent()).toHaveLength(1);
  });

  it('is not in the log', async () => {
    await confirm(one, 'lamp-1', as('user-of-the-router'));
    expect(JSON.stringify(one.log)).not.toContain('user-of-the-router');
    expect(sent()).toHaveLength(1);
  });
});

it('a control: without it, a key belongs to the token', async () => {
  one = await startPair();
  other = one;
  const user = { 'x-user-id': 'u1', ...key };
  await confirm(one, 'lamp-1', { headers: user });
  expect((await confirm(one, 'lamp-1', { headers: user, token: NEW_TOKEN })).__typename).toBe(
    'FirmwareUpgradeInProgressError',
  );
  expect(sent()).toHaveLength(2);
});
