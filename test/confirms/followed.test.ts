// An end is told by its versions from that of the upgrade that was seen moving, in plain reads.

import { setTimeout as pause } from 'node:timers/promises';
import { answerWith, confirm, type Pair, PRODUCT, startPair, until } from '../pair';
import { hasRedis, type RedisServer, startRedis } from '../redis';
import { follow } from '../stream';

const BELIEVED_AFTER_MS = 600;
const UPGRADE = `{ device(productId: "${PRODUCT}", deviceName: "lamp-1") { firmwareUpgrade { ... on FirmwareUpgrade { phase toVersion } } } }`;
const OLD = { OriVersion: '0.9', DstVersion: '1.0' };
const NEW = { OriVersion: '1.0', DstVersion: '1.1' };
const NEXT = { OriVersion: '1.1', DstVersion: '1.2' };
const limits = { believedAfterMs: BELIEVED_AFTER_MS };

let pair: Pair;
/** What a read tells while the platform shows this. */
const readOf = async (fields: object, of = pair, token?: string): Promise<string> => {
  answerWith(pair, (RequestId) => ({ body: { Response: { ...fields, RequestId } } }));
  const { body } = await of.ask(UPGRADE, {}, token ? { token } : {});
  const { phase, toVersion } = body.data.device.firmwareUpgrade;
  return toVersion === null ? phase : `${phase} ${toVersion}`;
};
const press = async () => {
  pair.simulator.override = undefined;
  await confirm(pair, 'lamp-1');
};

describe('in one process', () => {
  beforeEach(async () => {
    pair = await startPair({ gateway: { limits } });
  });
  afterEach(() => pair.close());

  it('is believed where nothing was seen moving', async () => {
    expect(await readOf({ Status: 6, ...OLD })).toBe('SUCCEEDED 1.0');
    expect(await readOf({ Status: 5, ...NEW })).toBe('FAILED 1.1');
  });

  it.each([6, 5, 10])(
    '%i of another upgrade is answered as SETTLING, and believed once it has stood',
    async (Status) => {
      expect(await readOf({ Status: 3, ...NEW })).toBe('DOWNLOADING 1.1');
      expect(await readOf({ Status, ...OLD })).toBe('SETTLING');
      await pause(BELIEVED_AFTER_MS + 50);
      expect(await readOf({ Status, ...OLD })).not.toBe('SETTLING');
    },
  );

  it('has to stand in a row: neither what moves nor the true end between counts for it', async () => {
    await readOf({ Status: 3, ...NEW });
    for (const between of [
      { Status: 4, ...NEW },
      { Status: 6, ...NEW },
    ]) {
      expect(await readOf({ Status: 6, ...OLD })).toBe('SETTLING');
      await pause(BELIEVED_AFTER_MS + 50);
      await readOf(between);
    }
    expect(await readOf({ Status: 6, ...OLD })).toBe('SETTLING');
  });

  it.each([
    [{ Status: 6, OriVersion: '1.1', DstVersion: '1.1' }, 'SUCCEEDED 1.1'],
    [{ Status: 6, OriVersion: '1.1', DstVersion: '' }, 'SUCCEEDED'],
    [{ Status: 10 }, 'TIMED_OUT'],
    [{ Status: 6, OriVersion: ' 1.0', DstVersion: '1.1\n' }, 'SUCCEEDED 1.1'],
  ])('%j is of the upgrade that was seen', async (end, told) => {
    await readOf({ Status: 4, ...NEW });
    expect(await readOf(end)).toBe(told);
  });

  it('is another one’s after a confirm, and after another upgrade was seen', async () => {
    await readOf({ Status: 3, ...NEW });
    await press();
    // It says nothing of its versions.
    expect(await readOf({ Status: 1 })).toBe('PENDING');
    expect(await readOf({ Status: 6, ...NEXT })).toBe('SUCCEEDED 1.2');
    await readOf({ Status: 3, ...NEW });
    await readOf({ Status: 3, ...NEXT });
    expect(await readOf({ Status: 6, ...NEXT })).toBe('SUCCEEDED 1.2');
  });

  it('says nothing to another user', async () => {
    await readOf({ Status: 3, ...NEW });
    expect(await readOf({ Status: 6, ...OLD }, pair, 'demo-token-carol')).toBe('SUCCEEDED 1.0');
  });
});

(hasRedis() ? describe : describe.skip)('over Redis', () => {
  let redis: RedisServer;
  let other: Pair;
  beforeEach(async () => {
    redis = await startRedis();
    const env = { REDIS_URL: redis.url };
    pair = await startPair({ env, gateway: { limits } });
    other = await startPair({ env: { ...env, TOKENAPI_URL: pair.simulator.url }, gateway: { limits } });
  });
  afterEach(async () => {
    await Promise.all([pair.close(), other.close()]);
    await redis.close();
  });
  const namesOf = (kind: string) => redis.client.keys(`firmware-gateway:*:${kind}:*`);
  const names = () => namesOf('followed');

  it('what one has seen moving, the other goes by, for ten minutes', async () => {
    await readOf({ Status: 3, ...NEW });
    await until(async () => (await names()).length === 1);
    expect(await redis.client.pttl((await names())[0] as string)).toBeGreaterThan(590_000);
    expect(await readOf({ Status: 6, ...OLD }, other)).toBe('SETTLING');
    expect(await readOf({ Status: 6, ...NEW }, other)).toBe('SUCCEEDED 1.1');
  });

  it('a confirm of the one is not overlooked by the other, which saw the upgrade before it', async () => {
    await readOf({ Status: 3, ...NEW }, other);
    await until(async () => (await names()).length === 1);
    const [name = ''] = await names();
    await press();
    expect(await readOf({ Status: 3, ...NEXT }, other)).toBe('DOWNLOADING 1.2');
    await until(async () => (await redis.client.get(name))?.includes('"1.2"') === true);
    // The confirm settles until this is written, which is after the record.
    const [mark = ''] = await namesOf('settling');
    await until(async () => (await redis.client.get(mark))?.includes('"moved"') === true);
    expect(await readOf({ Status: 6, ...NEW })).toBe('SETTLING');
    expect(await readOf({ Status: 6, ...NEXT })).toBe('SUCCEEDED 1.2');
  });

  it('a read that lags behind does not take back an end that was seen by who follows', async () => {
    await readOf({ Status: 3, ...NEW });
    const stream = await follow(other, ['lamp-1']);
    answerWith(pair, (RequestId) => ({ body: { Response: { Status: 6, ...NEW, RequestId } } }));
    await stream.ended;
    expect(await readOf({ Status: 3, ...NEW }, other)).toBe('DOWNLOADING 1.1');
    const [name = ''] = await names();
    await pause(50);
    expect(await redis.client.get(name)).toContain('"rank":7');
  });

  it('a record that is not understood, or is lost, counts as none for who has none', async () => {
    await readOf({ Status: 3, ...NEW });
    await until(async () => (await names()).length === 1);
    const [name = ''] = await names();
    for (const text of ['{"v":2}', 'x', '{"v":1,"rank":3}']) {
      await redis.client.set(name, text);
      expect(await readOf({ Status: 6, ...OLD }, other)).toBe('SUCCEEDED 1.0');
      expect(await readOf({ Status: 6, ...OLD })).toBe('SETTLING');
    }
    await redis.client.del(name);
    expect(await readOf({ Status: 6, ...OLD }, other)).toBe('SUCCEEDED 1.0');
  });
});
