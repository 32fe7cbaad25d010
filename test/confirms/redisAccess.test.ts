// How a gateway gets at Redis: over TLS, as a user who may do what the docs say, in a database that is there.

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { blocksOf } from '../docs/pages';
import { type GatewayProcess, spawnGateway, startProcess } from '../gatewayProcess';
import { ask, CONFIRM, confirm, figureOf, type Pair, PRODUCT, startPair, until } from '../pair';
import { hasRedis, type RedisServer, startRedis, TRUSTED } from '../redis';

const key = (name: string) => ({ headers: { 'idempotency-key': name } });
const SUCCESS = 'ConfirmFirmwareUpgradeSuccess';
const PASSWORD = 'hidden p@ss/word:é';
const [dataRules, sentinelRules] = blocksOf('docs/operating.md')
  .filter(({ text }) => text.startsWith('ACL SETUSER'))
  .map(({ text }) =>
    text
      .replace('PASSWORD', PASSWORD.replaceAll(' ', '\u0000'))
      .split(' ')
      .map((word) => word.replaceAll('\u0000', ' ')),
  ) as [string[], string[]];
const as = (url: string) => url.replace('://', `://gateway:${encodeURIComponent(PASSWORD)}@`);
const isUp = async (pair: Pair) => (await figureOf(pair, 'redis_up')) === 1;
const codesOf = ({ log }: Pair) =>
  log.filter(({ msg }) => String(msg).startsWith('redis is down')).map(({ code }) => code);

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});
async function redisOf(options?: Parameters<typeof startRedis>[0]): Promise<RedisServer> {
  const redis = await startRedis(options);
  closing.push(redis.close);
  return redis;
}
async function pairOf(env: Record<string, string>): Promise<Pair> {
  const pair = await startPair({ env });
  closing.push(pair.close);
  return pair;
}

// Whoever has only Node is shown the rest; in CI there is a Redis.
const withRedis = hasRedis() ? describe : describe.skip;

withRedis('over TLS', () => {
  async function press(
    env: Record<string, string>,
  ): Promise<{ gateway: GatewayProcess; answer: { code?: string; __typename: string } }> {
    const { simulator } = await pairOf({});
    const gateway = await startProcess({ TOKENAPI_URL: simulator.url, ...env });
    closing.push(async () => {
      gateway.child.kill('SIGKILL');
      await gateway.exited;
    });
    const { body } = await ask(gateway.url, CONFIRM, { productId: PRODUCT, deviceName: 'lamp-1' }, key('k'));
    return { gateway, answer: body.data.confirmFirmwareUpgrade };
  }

  it('keys are shared with a Redis whose certificate can be trusted', async () => {
    const redis = await redisOf({ isTls: true });
    const { answer } = await press({ REDIS_URL: redis.url, ...TRUSTED });
    expect(answer.__typename).toBe(SUCCESS);
    expect(await redis.client.keys('firmware-gateway:*:key:*')).toHaveLength(1);
  });

  it('nothing is said to a Redis whose certificate cannot be trusted', async () => {
    const redis = await redisOf({ isTls: true });
    const { gateway, answer } = await press({ REDIS_URL: as(redis.url) });
    expect(answer.code).toBe('Gateway.NotSent');
    expect(await gateway.written(/"code":"[A-Z_]+"/)).toBe('"code":"DEPTH_ZERO_SELF_SIGNED_CERT"');
    expect(gateway.output()).not.toContain('hidden');
  });
});

withRedis('as a user with rights', () => {
  it('all works with those that the docs name, and nothing else is tried', async () => {
    const redis = await redisOf();
    await redis.client.call(...(dataRules as [string, ...string[]]));
    await redis.client.call('ACL', 'SETUSER', 'default', '-@scripting');
    const one = await pairOf({ REDIS_URL: `${as(redis.url)}/3`, REDIS_REPLICAS_ACK: '0' });
    const other = await pairOf({ REDIS_URL: `${as(redis.url)}/3`, TOKENAPI_URL: one.simulator.url });
    expect(await isUp(one)).toBe(true);
    const first = await confirm(one, 'lamp-1', key('k'));
    expect(first.__typename).toBe(SUCCESS);
    expect(await confirm(other, 'lamp-1', key('k'))).toEqual(first);
    await confirm(one, 'lamp-2');
    // A key that is free again, by which the count of keys goes down and ends.
    await confirm(one, 'lamp-offline', key('k'));
    await one.ask(`{ device(productId: "${PRODUCT}", deviceName: "lamp-1") { firmwareUpgrade { __typename } } }`);
    expect(await redis.client.call('ACL', 'LOG')).toEqual([]);
    expect(codesOf(one)).toEqual([]);
  });

  const needed = ['get', 'set', 'del', 'incr', 'decr', 'exists', 'pexpire', 'pttl', 'eval'];
  it('each that is missing is named, and all heals once it is there', async () => {
    const redis = await redisOf();
    await redis.client.call(...(dataRules as [string, ...string[]]));
    const pair = await pairOf({ REDIS_URL: as(redis.url), REDIS_REPLICAS_ACK: '0' });
    for (const command of needed) {
      const before = codesOf(pair).length;
      await redis.client.call('ACL', 'SETUSER', 'gateway', `-${command}`);
      // What is needed for a key alone is missed once a key comes.
      await until(async () => {
        await confirm(pair, 'lamp-offline', { ...key('k'), token: `token-${command}` });
        return codesOf(pair).length > before;
      });
      expect([command, await isUp(pair)]).toEqual([command, false]);
      expect([command, codesOf(pair).slice(before)]).toEqual([command, [`NOPERM ${command}`]]);
      await redis.client.call('ACL', 'SETUSER', 'gateway', `+${command}`);
      await until(() => isUp(pair));
    }
    expect((await confirm(pair, 'lamp-1', key('k'))).__typename).toBe(SUCCESS);
    expect(JSON.stringify(pair.log)).not.toContain('hidden');
  }, 60_000);

  it('Sentinel is asked as a user of its own, and says where Redis is', async () => {
    const redis = await redisOf();
    await redis.client.call(...(dataRules as [string, ...string[]]));
    const folder = await mkdtemp(join(tmpdir(), 'test-sentinel-'));
    closing.push(() => rm(folder, { recursive: true }));
    const file = join(folder, 'sentinel.conf');
    await writeFile(file, `sentinel monitor main 127.0.0.1 ${redis.port} 1\n`);
    const sentinel = await redisOf({ file, args: ['--sentinel'] });
    await sentinel.client.call(...(sentinelRules as [string, ...string[]]));
    const query = `?sentinelUsername=gateway&sentinelPassword=${encodeURIComponent(PASSWORD)}`;
    const url = `${as(sentinel.url).replace('redis:', 'redis+sentinel:')}/main/2${query}`;
    const pair = await pairOf({ REDIS_URL: url, REDIS_REPLICAS_ACK: '0' });
    expect((await confirm(pair, 'lamp-1', key('k'))).__typename).toBe(SUCCESS);
    expect([await sentinel.client.call('ACL', 'LOG'), await redis.client.call('ACL', 'LOG')]).toEqual([[], []]);
    await redis.client.select(2);
    expect(await redis.client.keys('firmware-gateway:*:key:*')).toHaveLength(1);

    const stranger = await pairOf({ REDIS_URL: url.replace('/main/', '/unknown/'), REDIS_REPLICAS_ACK: '0' });
    await until(() => codesOf(stranger).length > 0);
    expect(codesOf(stranger)).toEqual(['NO_MASTER']);
  });

  it('a key is not sent where fewer replicas have it than were asked for, and other presses are', async () => {
    const redis = await redisOf();
    await redis.client.call(...(dataRules as [string, ...string[]]));
    const pair = await pairOf({ REDIS_URL: as(redis.url), REDIS_REPLICAS_ACK: '1' });
    await until(() => codesOf(pair).length > 0);
    expect(codesOf(pair)).toEqual(['NOREPLICAS']);
    expect((await confirm(pair, 'lamp-1', key('k'))).code).toBe('Gateway.NotSent');
    expect((await confirm(pair, 'lamp-1')).__typename).toBe(SUCCESS);
    const replica = await redisOf({
      args: ['--replicaof', '127.0.0.1', String(redis.port), '--repl-diskless-sync-delay', '0'],
    });
    await redis.client.config('SET', 'repl-diskless-sync-delay', '0');
    await until(() => isUp(pair));
    expect((await confirm(pair, 'lamp-2', key('k'))).__typename).toBe(SUCCESS);
    expect(await replica.client.keys('firmware-gateway:*:key:*')).toHaveLength(1);
    expect(await redis.client.call('ACL', 'LOG')).toEqual([]);
  });
});

withRedis('the database', () => {
  it('that a Redis does not have stops the start', async () => {
    const redis = await redisOf();
    const { exited, output } = spawnGateway({ REDIS_URL: `${redis.url.replace('://', '://:hidden@')}/99` });
    expect(await exited).toBe(1);
    expect(output()).toContain('REDIS_URL: expected a database number that this Redis has');
    expect(output()).not.toContain('hidden');
  });

  it('that is missed later is never replaced by another one', async () => {
    const redis = await redisOf({ args: ['--databases', '2'] });
    await redis.client.call(...(dataRules as [string, ...string[]]));
    await redis.client.call('ACL', 'SETUSER', 'gateway', '-select');
    const pair = await pairOf({ REDIS_URL: `${as(redis.url)}/1`, REDIS_REPLICAS_ACK: '0' });
    expect((await confirm(pair, 'lamp-1', key('k'))).code).toBe('Gateway.NotSent');
    expect(codesOf(pair)).toEqual(['NOPERM select']);
    expect(await redis.client.dbsize()).toBe(0);
    await redis.client.call('ACL', 'SETUSER', 'gateway', '+select');
    await until(() => isUp(pair));
    expect((await confirm(pair, 'lamp-1', key('k'))).__typename).toBe(SUCCESS);
    expect(await redis.client.dbsize()).toBe(0);
  });
});
