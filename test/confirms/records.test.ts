// What is stored under an idempotency key: its name, its form, and what becomes of a record that another release wrote.

import { createHash } from 'node:crypto';
import { confirm, type Pair, PRODUCT, startPair, TOKEN, until } from '../pair';
import { hasRedis, type RedisServer, startRedis } from '../redis';

const hash = (text: string) => createHash('sha256').update(text).digest('base64url');
const owner = hash(`token:${TOKEN}`);
const formerName = (key: string, token = TOKEN) => `key:${hash(`${hash(token)} ${key}`)}`;

const refused = {
  type: 'TokenApiFailedOperationError',
  code: 'FailedOperation',
  message: 'no',
  requestId: 'r-9',
  nextStep: 'CHECK_STATUS',
  retryAfterMs: null,
};
const accepted = { type: 'ConfirmFirmwareUpgradeSuccess', requestId: 'r-9' };
const answered = (answer: unknown, more = {}) => ({ v: 1, state: 'answered', answer, ...more });

/** Records that this release does not understand: nothing may be concluded from them. */
const notUnderstood: [name: string, record: unknown][] = [
  ['a type that a later release added', answered({ ...refused, type: 'FirmwareUpgradeQueuedError' })],
  ['a next step that a later release added', answered({ ...refused, nextStep: 'WAIT_FOR_WEATHER' })],
  ['a success without a RequestId', answered({ type: accepted.type })],
  ['an error without its members', answered({ type: refused.type, requestId: 'r-9' })],
  ['no type at all', answered({ requestId: 'r-9' })],
  ['a name of every object for a type', answered({ ...refused, type: 'constructor' })],
  ['another version', answered(accepted, { v: 2 })],
  ['a version that is a text', answered(accepted, { v: '1' })],
  ['no version', { state: 'answered', answer: accepted }],
  ['another state', { v: 1, state: 'queued', claim: 'c' }],
  ['no JSON', '{"v":1'],
  ['null', null],
  ['a list', []],
  ['a number', 1],
];

/** What another release wrote under a name of 0.1.0, and this one does not understand. */
const formerNotUnderstood: [name: string, record: object][] = [
  ['an answer of a later type', { claim: 'c', claimedAt: 0, answer: { ...refused, type: 'Later' } }],
  ['a claim in a version', { v: 1, claim: 'c', claimedAt: 0 }],
];

// Whoever has only Node is shown the rest; in CI there is a Redis.
(hasRedis() ? describe : describe.skip)('in Redis', () => {
  let redis: RedisServer;
  let pair: Pair;
  beforeAll(async () => {
    redis = await startRedis();
    pair = await startPair({ env: { REDIS_URL: redis.url, TOKENAPI_TIMEOUT_MS: '600' } });
  });
  afterAll(async () => {
    await pair.close();
    await redis.close();
  });
  beforeEach(async () => {
    for (const name of await redis.client.keys('firmware-gateway:*:*')) await redis.client.del(name);
    pair.simulator.received.length = 0;
  });

  let lamps = 100;
  const newLamp = () => `lamp-${lamps++}`;
  const key = { headers: { 'idempotency-key': 'k' } };
  const namesOf = async (kind: string) => redis.client.keys(`firmware-gateway:*${kind}*`);
  const sends = () => pair.simulator.received.length;

  it('is named by the user and has a version; neither token nor key stands in it', async () => {
    const lamp = newLamp();
    const { requestId } = await confirm(pair, lamp, key);
    const [name = ''] = await namesOf(':key:');
    expect(name).toBe(`firmware-gateway:{${owner}}:key:${hash(`${PRODUCT}/${lamp} k`)}`);
    expect(JSON.parse((await redis.client.get(name)) ?? '')).toEqual({
      v: 1,
      state: 'answered',
      claim: expect.any(String),
      answer: { type: 'ConfirmFirmwareUpgradeSuccess', requestId },
    });
    expect(await redis.client.pttl(name)).toBeGreaterThan(23 * 3_600_000);
    expect(await namesOf(':keys')).toEqual([`firmware-gateway:{${owner}}:keys`]);
    expect(await namesOf(':device:')).toEqual([`firmware-gateway:{${owner}}:device:${hash(`${PRODUCT}/${lamp}`)}`]);
    expect(await namesOf(':settling:')).toEqual([`firmware-gateway:{${owner}}:settling:${hash(`${PRODUCT}/${lamp}`)}`]);
  });

  it.each(notUnderstood)('answers %s with an unknown outcome, and sends nothing', async (_name, record) => {
    const lamp = newLamp();
    await redis.client.set(
      `firmware-gateway:{${owner}}:key:${hash(`${PRODUCT}/${lamp} k`)}`,
      typeof record === 'string' ? record : JSON.stringify(record),
    );
    expect(await confirm(pair, lamp, key)).toMatchObject({
      __typename: 'FirmwareUpgradeOutcomeUnknownError',
      nextStep: 'CHECK_STATUS',
    });
    expect(sends()).toBe(0);
  });

  const former = (lamp: string, answer?: unknown) =>
    redis.client.set(
      `firmware-gateway:${formerName('k')}`,
      JSON.stringify({ deviceId: `${PRODUCT}/${lamp}`, claim: 'c', claimedAt: Date.now(), answer }),
    );

  it('answers from a record of 0.1.0, and sends nothing', async () => {
    const lamp = newLamp();
    await former(lamp, accepted);
    expect(await confirm(pair, lamp, key)).toMatchObject({
      __typename: 'ConfirmFirmwareUpgradeSuccess',
      requestId: 'r-9',
    });
    await former(lamp, refused);
    expect(await confirm(pair, lamp, key)).toMatchObject({ __typename: refused.type, requestId: 'r-9' });
    await former(lamp, { ...refused, type: 'FirmwareUpgradeQueuedError' });
    expect(await confirm(pair, lamp, key)).toMatchObject({ __typename: 'FirmwareUpgradeOutcomeUnknownError' });
    expect(sends()).toBe(0);
  });

  it.each(formerNotUnderstood)(
    'answers %s of 0.1.0 with an unknown outcome, and keeps no claim',
    async (_name, record) => {
      const lamp = newLamp();
      const text = JSON.stringify({ deviceId: `${PRODUCT}/${lamp}`, ...record });
      await redis.client.set(`firmware-gateway:${formerName('k')}`, text);
      expect(await confirm(pair, lamp, key)).toMatchObject({ __typename: 'FirmwareUpgradeOutcomeUnknownError' });
      expect(sends()).toBe(0);
      await until(async () => (await namesOf(':key:')).every((name) => !name.includes('{')));
    },
  );

  it('waits for a confirm that 0.1.0 has under way', async () => {
    const lamp = newLamp();
    await former(lamp);
    const waiting = confirm(pair, lamp, key);
    setTimeout(() => void former(lamp, accepted), 100);
    expect(await waiting).toMatchObject({ __typename: 'ConfirmFirmwareUpgradeSuccess', requestId: 'r-9' });
    expect(sends()).toBe(0);
  });

  it('is another key where a record of 0.1.0 is of another device', async () => {
    await former(newLamp(), accepted);
    expect(await confirm(pair, newLamp(), key)).toMatchObject({ __typename: 'ConfirmFirmwareUpgradeSuccess' });
    expect(sends()).toBe(1);
  });

  it('holds an end back after a mark of a later release, and believes it once the mark is gone', async () => {
    const name = `firmware-gateway:{${owner}}:settling:${hash(`${PRODUCT}/lamp-done-before`)}`;
    const phase = async () =>
      (
        await pair.ask(
          `{ device(productId: "${PRODUCT}", deviceName: "lamp-done-before") { firmwareUpgrade { ... on FirmwareUpgrade { phase } } } }`,
        )
      ).body.data.device.firmwareUpgrade.phase;
    for (const mark of ['{"v":2,"until":"tomorrow"}', 'Infinity', '{"v":1,"answeredAt":"soon"}']) {
      await redis.client.set(name, mark);
      expect([mark, await phase()]).toEqual([mark, 'SETTLING']);
    }
    await redis.client.del(name);
    expect(await phase()).toBe('SUCCEEDED');
  });
});
