// Two gateways that share one Redis: what one knows of a confirm, the other one goes by; and what each does without Redis.

import { setTimeout as pause } from 'node:timers/promises';
import { confirm, figureOf, type Pair, PRODUCT, startPair, until } from '../pair';
import { hasRedis, type RedisServer, startRedis } from '../redis';

const TIMEOUT_MS = 800;
const DAY_MS = 24 * 3_600_000;
const key = { headers: { 'idempotency-key': 'k' } };
const SUCCESS = 'ConfirmFirmwareUpgradeSuccess';
const UNKNOWN = 'FirmwareUpgradeOutcomeUnknownError';

// Whoever has only Node is shown the rest; in CI there is a Redis.
(hasRedis() ? describe : describe.skip)('over one Redis', () => {
  let redis: RedisServer;
  let one: Pair;
  let other: Pair;
  beforeEach(async () => {
    redis = await startRedis();
    const env = { REDIS_URL: redis.url, TOKENAPI_TIMEOUT_MS: String(TIMEOUT_MS) };
    one = await startPair({ env, simulator: { staleEndMs: 60_000 } });
    other = await startPair({ env: { ...env, TOKENAPI_URL: one.simulator.url } });
  });
  afterEach(async () => {
    await Promise.all([one.close(), other.close()]);
    await redis.close();
  });

  const sends = () =>
    one.simulator.received.filter(({ action }) => action === 'AppPublishFirmwareUpdateMessage').length;
  /** Holds the next confirm until it is released with an answer. */
  function hold() {
    let release = (_refusal?: string): void => undefined;
    one.simulator.override = ({ body: { RequestId } }, response) => {
      one.simulator.override = undefined;
      release = (Code) =>
        response.end(JSON.stringify({ Response: { RequestId, ...(Code && { Error: { Code, Message: '' } }) } }));
      return true;
    };
    return { isHeld: () => until(() => sends() === 1), release: (refusal?: string) => release(refusal) };
  }
  const upgradeOf = async (pair: Pair, name: string) =>
    (
      await pair.ask(
        `{ device(productId: "${PRODUCT}", deviceName: "${name}") { firmwareUpgrade { ... on FirmwareUpgrade { phase } } } }`,
      )
    ).body.data.device.firmwareUpgrade.phase;
  const markOf = async (kind: 'sending' | 'settling') => {
    const [name] = await redis.client.keys(`firmware-gateway:*:${kind}:*`);
    const text = name && (await redis.client.get(name));
    return text ? JSON.parse(text) : undefined;
  };
  /** What a replica writes at the end of its claim is lost, as if it had been killed. */
  const loseEndOf = async (name: string) => {
    const text = String(await redis.client.get(name));
    await redis.client.set(name, text.replace(/"claim":"[^"]+"/, '"claim":"another"'), 'PX', 60_000);
  };
  const keyNames = () => redis.client.keys('firmware-gateway:*:key:*');

  it('one waits for the answer of the other under the same key', async () => {
    const { isHeld, release } = hold();
    const first = confirm(one, 'lamp-1', key);
    await isHeld();
    const second = confirm(other, 'lamp-1', key);
    await pause(120);
    release();
    expect(await second).toEqual(await first);
    expect((await first).__typename).toBe(SUCCESS);
    expect(other.log.find(({ msg }) => msg === 'confirm')).toMatchObject({ by: 'replayed', outcome: SUCCESS });
    expect(sends()).toBe(1);
  });

  it('the other sends itself once the first was refused and has freed the key', async () => {
    const { isHeld, release } = hold();
    const first = confirm(one, 'lamp-1', key);
    await isHeld();
    const second = confirm(other, 'lamp-1', key);
    await pause(60);
    release('FailedOperation.DeviceOffline');
    expect((await first).__typename).toBe('DeviceOfflineError');
    expect((await second).__typename).toBe(SUCCESS);
    expect(sends()).toBe(2);
  });

  it('the outcome is unknown at the deadline of one that waits for an end that nobody writes', async () => {
    await confirm(one, 'lamp-1', key);
    const [name = ''] = await keyNames();
    await redis.client.set(name, JSON.stringify({ v: 1, state: 'about-to-send', claim: 'c' }), 'PX', DAY_MS);
    const startedAt = performance.now();
    expect((await confirm(other, 'lamp-1', key)).__typename).toBe(UNKNOWN);
    const ms = performance.now() - startedAt;
    expect([ms > TIMEOUT_MS - 100, ms < TIMEOUT_MS + 500]).toEqual([true, true]);
    // Whoever claimed it so long ago is gone: there is nothing to wait for.
    await redis.client.pexpire(name, DAY_MS - TIMEOUT_MS - 1100);
    const again = performance.now();
    expect((await confirm(other, 'lamp-1', key)).__typename).toBe(UNKNOWN);
    expect(performance.now() - again).toBeLessThan(TIMEOUT_MS / 2);
    expect(sends()).toBe(1);
  });

  it('presses that wait together for a record that is not understood get the same unknown outcome', async () => {
    await confirm(one, 'lamp-1', key);
    const [name = ''] = await keyNames();
    await redis.client.set(name, '{"v":2}');
    const answers = await Promise.all([confirm(other, 'lamp-1', key), confirm(other, 'lamp-1', key)]);
    expect(answers.map(({ __typename }) => __typename)).toEqual([UNKNOWN, UNKNOWN]);
    expect(sends()).toBe(1);
  });

  it('a confirm on one settles reads on the other, until the upgrade moves', async () => {
    expect(await upgradeOf(other, 'lamp-done-before')).toBe('SUCCEEDED');
    await confirm(one, 'lamp-done-before');
    expect(await upgradeOf(other, 'lamp-done-before')).toBe('SETTLING');
    one.simulator.override = (call, response) => {
      response.end(JSON.stringify({ Response: { RequestId: call.body.RequestId, Status: 3, Percent: 1 } }));
      return true;
    };
    expect(await upgradeOf(other, 'lamp-done-before')).toBe('DOWNLOADING');
    one.simulator.override = undefined;
    await until(async () => (await markOf('settling'))?.state === 'moved');
    expect(await upgradeOf(one, 'lamp-done-before')).toBe('SUCCEEDED');
  });

  it('a confirm that is under way on one settles reads on both', async () => {
    const { isHeld, release } = hold();
    const answer = confirm(one, 'lamp-done-before');
    await isHeld();
    expect([await upgradeOf(one, 'lamp-done-before'), await upgradeOf(other, 'lamp-done-before')]).toEqual([
      'SETTLING',
      'SETTLING',
    ]);
    expect(await markOf('sending')).toEqual({ v: 1, state: 'sent', id: expect.any(String) });
    expect(await markOf('settling')).toBeUndefined();
    release();
    await answer;
    await until(async () => (await markOf('sending')) === undefined);
    expect(await markOf('settling')).toMatchObject({ v: 1, state: 'sent' });
    const [name = ''] = await redis.client.keys('firmware-gateway:*:settling:*');
    expect(await redis.client.pttl(name)).toBeLessThanOrEqual(15_000);
  });

  it('a refused confirm on one leaves nothing behind for the other', async () => {
    await confirm(one, 'confirm-error-FailedOperation.DeviceOffline');
    await until(async () => (await redis.client.keys('*:{*')).every((name) => name.includes(':device:')));
    expect(await upgradeOf(other, 'confirm-error-FailedOperation.DeviceOffline')).toBe('NONE');
  });

  it('a refused confirm with a key leaves no count of keys behind', async () => {
    const device = 'confirm-error-FailedOperation.DeviceOffline';
    await confirm(one, device, { ...key, token: 'made-up-token' });
    await confirm(one, device, key);
    await until(async () => (await redis.client.keys('*:{*')).every((name) => name.includes(':device:')));
  });

  it('without Redis a confirm with a key is not sent, one without goes on, and each settles by itself', async () => {
    await redis.kill();
    await until(() => one.log.some(({ msg }) => String(msg).startsWith('redis is down')));
    expect(await confirm(one, 'lamp-1', key)).toMatchObject({
      __typename: 'TokenApiUnavailableError',
      code: 'Gateway.NotSent',
      nextStep: 'RETRY',
      message: 'The idempotency key cannot be kept now.',
    });
    expect(sends()).toBe(0);
    expect((await confirm(one, 'lamp-done-before')).__typename).toBe(SUCCESS);
    expect(await upgradeOf(one, 'lamp-done-before')).toBe('SETTLING');
  });

  it('the outcome is unknown where Redis goes away while one waits for the other', async () => {
    const { isHeld, release } = hold();
    const first = confirm(one, 'lamp-1', key);
    await isHeld();
    const second = confirm(other, 'lamp-1', key);
    await pause(120);
    await redis.kill();
    release();
    expect((await first).__typename).toBe(SUCCESS);
    expect((await second).__typename).toBe(UNKNOWN);
    expect(sends()).toBe(1);
  });

  it('says that an answer could not be written where another one has the key by then', async () => {
    const { isHeld, release } = hold();
    const answer = confirm(one, 'lamp-1', key);
    await isHeld();
    const [name = ''] = await keyNames();
    const claimed = JSON.parse((await redis.client.get(name)) ?? '');
    expect(claimed).toEqual({ v: 1, state: 'about-to-send', claim: expect.any(String) });
    await redis.client.set(name, 'of another');
    release();
    expect((await answer).__typename).toBe(SUCCESS);
    await until(() => one.log.some(({ msg, what }) => msg === 'idempotency key not written' && what === 'answer'));
    expect(await redis.client.get(name)).toBe('of another');
    expect(await figureOf(one, 'key_ends_lost_total')).toBe(1);
  });

  it.each([
    ['answer', undefined],
    ['release', 'FailedOperation.DeviceOffline'],
  ])('says that the %s could not be written where Redis is gone until the end', async (what, refusal) => {
    const { isHeld, release } = hold();
    const answer = confirm(one, 'lamp-1', key);
    await isHeld();
    await redis.kill();
    await until(() => one.log.some(({ msg }) => String(msg).startsWith('redis is down')));
    release(refusal);
    expect((await answer).__typename).toBe(refusal ? 'DeviceOfflineError' : SUCCESS);
    await one.close();
    expect(one.log.find(({ msg }) => msg === 'idempotency key not written')).toMatchObject({ level: 50, what });
  });

  it.each([
    ['accepted', undefined, SUCCESS, 1],
    ['refused', 'FailedOperation.DeviceOffline', SUCCESS, 2],
  ])('what was %s while Redis was silent is written once it is back', async (_what, refusal, again, sent) => {
    const { isHeld, release } = hold();
    const first = confirm(one, 'lamp-1', key);
    await isHeld();
    redis.pause();
    await pause(300);
    release(refusal);
    await first;
    redis.resume();
    await until(async () => {
      const [name] = await keyNames();
      return refusal ? name === undefined : String(name && (await redis.client.get(name))).includes('answered');
    });
    await until(async () => (await figureOf(other, 'redis_up')) === 1);
    expect((await confirm(other, 'lamp-1', key)).__typename).toBe(again);
    expect(sends()).toBe(sent);
  });

  it('this process answers from what it knows of its own keys while Redis is away, and after Redis came back empty', async () => {
    const first = await confirm(one, 'lamp-1', key);
    await redis.kill();
    expect(await confirm(one, 'lamp-1', key)).toEqual(first);
    expect(sends()).toBe(1);
  });

  it('no key is sent again after Redis lost its data, whichever replica is asked, and the log says so', async () => {
    const first = await confirm(one, 'lamp-1', key);
    await redis.client.flushall();
    expect(await Promise.all([confirm(other, 'lamp-1', key), confirm(one, 'lamp-1', key)])).toEqual([first, first]);
    expect(sends()).toBe(1);
    for (const pair of [one, other]) {
      await until(async () => (await figureOf(pair, 'redis_data_lost_total')) === 1);
      expect(pair.log.find(({ msg }) => String(msg).startsWith('redis lost its data'))).toMatchObject({ level: 50 });
    }
  });

  it('who was told of a key tells it again after Redis lost its data, although the replica that sent it is gone', async () => {
    const env = { REDIS_URL: redis.url, TOKENAPI_URL: one.simulator.url };
    const gone = await startPair({ env });
    const first = await confirm(gone, 'lamp-1', key);
    expect(await confirm(other, 'lamp-1', key)).toEqual(first);
    await gone.close();
    await redis.client.flushall();
    // Who asks first knows nothing of the key: what it claims gives way to what is put back.
    expect(await confirm(one, 'lamp-1', key)).toEqual(first);
    expect(await confirm(other, 'lamp-1', key)).toEqual(first);
    expect(sends()).toBe(1);
  });

  it('a double press without a key is one call and one answer', async () => {
    const { isHeld, release } = hold();
    const first = confirm(one, 'lamp-1');
    await isHeld();
    const second = confirm(other, 'lamp-1');
    await pause(120);
    release();
    expect(await second).toEqual(await first);
    expect((await first).__typename).toBe(SUCCESS);
    expect(other.log.find(({ msg }) => msg === 'confirm')).toMatchObject({ by: 'shared', outcome: SUCCESS });
    expect(sends()).toBe(1);
    // One that comes after the answer is another press.
    await confirm(other, 'lamp-1');
    expect(sends()).toBe(2);
  });

  it('presses at the same moment on both replicas, with and without keys, are one call', async () => {
    const { isHeld, release } = hold();
    const presses = [one, other, one, other].map((pair, i) =>
      confirm(pair, 'lamp-1', i < 2 ? undefined : { headers: { 'idempotency-key': `k-${i}` } }),
    );
    await isHeld();
    await pause(120);
    release();
    const answers = await Promise.all(presses);
    expect(new Set(answers.map(({ requestId }) => requestId)).size).toBe(1);
    expect(sends()).toBe(1);
  });

  it('whoever waits for a confirm whose replica is gone gets an unknown outcome at its deadline', async () => {
    const { isHeld } = hold();
    const first = confirm(one, 'lamp-1');
    await isHeld();
    const [name = ''] = await redis.client.keys('firmware-gateway:*:device:*');
    expect(await redis.client.pttl(name)).toBeGreaterThan(TIMEOUT_MS + 4000);
    const second = confirm(other, 'lamp-1');
    await loseEndOf(name);
    const startedAt = performance.now();
    expect((await second).__typename).toBe(UNKNOWN);
    expect(performance.now() - startedAt).toBeLessThan(TIMEOUT_MS + 500);
    await first;
    expect(sends()).toBe(1);
  });

  it('an unknown outcome of another replica is kept under the key of whoever waited for it', async () => {
    const { isHeld } = hold();
    const first = confirm(one, 'lamp-1');
    await isHeld();
    const [name = ''] = await redis.client.keys('firmware-gateway:*:device:*');
    const waiting = confirm(other, 'lamp-1', key);
    await until(async () => (await keyNames()).length === 1);
    await loseEndOf(name);
    const unknown = await waiting;
    expect(unknown.__typename).toBe(UNKNOWN);
    await first;
    await redis.client.del(name);
    expect(await confirm(other, 'lamp-1', key)).toEqual(unknown);
    expect(sends()).toBe(1);
  });

  it('a claim of which nothing was sent frees itself in seconds', async () => {
    await confirm(one, 'lamp-1', key);
    const [name = ''] = await keyNames();
    await redis.client.set(name, JSON.stringify({ v: 1, state: 'claimed', claim: 'c' }), 'PX', 400);
    const startedAt = performance.now();
    expect((await confirm(other, 'lamp-1', key)).__typename).not.toBe(UNKNOWN);
    expect(performance.now() - startedAt).toBeGreaterThan(300);
    expect(sends()).toBe(2);
  });

  it('a refused second confirm leaves the first to settle', async () => {
    await confirm(one, 'lamp-done-before');
    for (const pair of [other, one]) {
      one.simulator.override = ({ body: { RequestId } }, response) => {
        one.simulator.override = undefined;
        response.end(JSON.stringify({ Response: { RequestId, Error: { Code: 'RequestLimitExceeded', Message: '' } } }));
        return true;
      };
      expect((await confirm(pair, 'lamp-done-before')).__typename).toBe('TokenApiRateLimitedError');
      for (const asked of [one, other]) expect(await upgradeOf(asked, 'lamp-done-before')).toBe('SETTLING');
    }
  });

  it('a mark that Redis has lost is still in the memory of the replica that sent', async () => {
    await confirm(one, 'lamp-done-before');
    const [name = ''] = await redis.client.keys('firmware-gateway:*:settling:*');
    await redis.client.del(name);
    expect(await upgradeOf(one, 'lamp-done-before')).toBe('SETTLING');
  });

  it('a user has at most 1,000 keys, and others have theirs', async () => {
    await confirm(one, 'lamp-1', key);
    const [name = ''] = await redis.client.keys('firmware-gateway:*:keys');
    await redis.client.set(name, 1000, 'KEEPTTL');
    expect(await confirm(other, 'lamp-2', { headers: { 'idempotency-key': 'next' } })).toMatchObject({
      __typename: 'TokenApiRateLimitedError',
      code: 'Gateway.RateLimited',
      nextStep: 'RETRY',
    });
    expect((await confirm(other, 'lamp-1', key)).__typename).toBe(SUCCESS);
    expect((await confirm(other, 'lamp-2', { ...key, token: 'demo-token-bob' })).__typename).not.toBe(
      'TokenApiRateLimitedError',
    );
    expect(await redis.client.pttl(name)).toBeGreaterThan(23 * 3_600_000);
  });
});
