// Two gateways that share one Redis: what one knows of a confirm, the other one goes by; and what each does without Redis.

import { setTimeout as pause } from 'node:timers/promises';
import { confirm, type Pair, PRODUCT, startPair, until } from '../pair';
import { hasRedis, type RedisServer, startRedis } from '../redis';

const TIMEOUT_MS = 800;
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
    const claim = (claimedAt: number) => JSON.stringify({ v: 1, state: 'about-to-send', claim: 'c', claimedAt });
    await redis.client.set(name, claim(Date.now() + 60_000));
    const startedAt = performance.now();
    expect((await confirm(other, 'lamp-1', key)).__typename).toBe(UNKNOWN);
    const ms = performance.now() - startedAt;
    expect([ms > TIMEOUT_MS - 100, ms < TIMEOUT_MS + 500]).toEqual([true, true]);
    // Whoever claimed it so long ago is gone: there is nothing to wait for.
    await redis.client.set(name, claim(Date.now() - TIMEOUT_MS - 100));
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
    await until(async () => (await redis.client.keys('firmware-gateway:*:settling:*')).length === 0);
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
    const [name = ''] = await redis.client.keys('firmware-gateway:*:settling:*');
    expect(JSON.parse((await redis.client.get(name)) ?? '')).toEqual({ v: 1, answeredAt: null });
    release();
    await answer;
    await until(async () => JSON.parse((await redis.client.get(name)) ?? '').answeredAt !== null);
    expect(Math.abs(JSON.parse((await redis.client.get(name)) ?? '').answeredAt - Date.now())).toBeLessThan(5000);
    expect(await redis.client.pttl(name)).toBeLessThanOrEqual(15_000);
  });

  it('a refused confirm on one leaves nothing behind for the other', async () => {
    await confirm(one, 'confirm-error-FailedOperation.DeviceOffline');
    await until(async () => (await redis.client.keys('*')).length === 0);
    expect(await upgradeOf(other, 'confirm-error-FailedOperation.DeviceOffline')).toBe('NONE');
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
    expect((await second).__typename).toBe(UNKNOWN);
    release();
    expect((await first).__typename).toBe(SUCCESS);
    expect(sends()).toBe(1);
  });

  it('says that an answer could not be written where another one has the key by then', async () => {
    const { isHeld, release } = hold();
    const answer = confirm(one, 'lamp-1', key);
    await isHeld();
    const [name = ''] = await keyNames();
    const claimed = JSON.parse((await redis.client.get(name)) ?? '');
    expect(claimed).toEqual({ v: 1, state: 'about-to-send', claim: expect.any(String), claimedAt: expect.any(Number) });
    await redis.client.set(name, 'of another');
    release();
    expect((await answer).__typename).toBe(SUCCESS);
    await until(() => one.log.some(({ msg, what }) => msg === 'idempotency key not written' && what === 'answer'));
    expect(await redis.client.get(name)).toBe('of another');
  });

  it.each([
    ['answer', undefined],
    ['release', 'FailedOperation.DeviceOffline'],
  ])('says that the %s could not be written where Redis goes away meanwhile', async (what, refusal) => {
    const { isHeld, release } = hold();
    const answer = confirm(one, 'lamp-1', key);
    await isHeld();
    await redis.kill();
    await until(() => one.log.some(({ msg }) => String(msg).startsWith('redis is down')));
    release(refusal);
    expect((await answer).__typename).toBe(refusal ? 'DeviceOfflineError' : SUCCESS);
    await until(() => one.log.some(({ msg }) => msg === 'idempotency key not written'));
    expect(one.log.find(({ msg }) => msg === 'idempotency key not written')).toMatchObject({ level: 50, what });
  });
});
