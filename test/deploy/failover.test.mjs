// Redis servers that are replaced by others while users keep pressing: nothing is sent twice, and soon all are served again. A control
// shows what a failover loses where nobody waits for Redis' replicas.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { confirm } from './ask.mjs';
import { nextDevice, pressed, startLoad } from './load.mjs';
import { needs, until } from './machine.mjs';
import { cutOff, letIn } from './redisServers.mjs';
import { redisSets } from './redisSets.mjs';
import { startWorld } from './world.mjs';

const PER_SECOND = 20;
const HEAL_LIMIT_MS = 10_000;
const SUCCESS = 'ConfirmFirmwareUpgradeSuccess';
const options = needs('haproxy', 'redis-server', 'redis-cli');
const isUp = async (replica) => (await replica.figure('firmware_gateway_redis_up')) === 1;

/**
 * What one server alone has acknowledged is lost with it, and so is the gateway that could put it back: what a press and its
 * repeat, after that, are told, and how often it is sent.
 */
async function pressedOverLoss({ platform, redis, replicas: [one, other] }) {
  const [device, primary] = [nextDevice(), await redis.primary()];
  const others = await redis.replicasOf(primary);
  await cutOff(primary, others);
  const first = await confirm(one.url, device, `press-${device}`);
  await Promise.all([primary.kill(), one.process.stop('SIGKILL')]);
  await letIn(others);
  await until('another server has taken over', async () => (await redis.primary()) !== primary);
  await primary.start();
  one.start();
  for (const replica of [one, other]) await until('redis_up', () => isUp(replica));
  const repeat = await pressed(other.url, device);
  return { first, repeat, sends: platform.sends.get(device) };
}

for (const [name, createSet] of Object.entries(redisSets))
  describe(name, options, () => {
    let world;
    before(async () => {
      if (!options.skip) world = await startWorld({}, {}, createSet());
    });
    after(() => world?.close());

    test('a server is killed: nothing is sent twice, and keys are taken again within 10 s', async (t) => {
      const { platform, redis, replicas, url } = world;
      const load = startLoad(url, PER_SECOND);
      await pause(2000);
      const primary = await redis.primary();
      const before = nextDevice();
      const first = await pressed(url, before);
      await primary.kill();
      const killedAt = Date.now();
      const without = await confirm(url, nextDevice());
      assert.equal(without.__typename, SUCCESS);
      // As whoever watches over processes does.
      await until('another server has taken over', async () => (await redis.primary()) !== primary, HEAL_LIMIT_MS);
      await primary.start();
      for (const replica of replicas) await until('redis_up', () => isUp(replica), HEAL_LIMIT_MS);
      for (const replica of replicas)
        await until('a key', async () => {
          const device = nextDevice();
          return (await confirm(replica.url, device, `press-${device}`)).__typename === SUCCESS;
        });
      const healedMs = Date.now() - killedAt;
      await pause(1000);
      const { requests, confirms, retries, failed } = await load.stop();
      const sentTwice = [...platform.sends].filter(([, times]) => times > 1);
      t.diagnostic(
        `${requests} requests, ${confirms} confirms: ${retries} told to retry, ${failed.length} of unknown outcome, ${sentTwice.length} sent twice; healed after ${healedMs} ms`,
      );
      assert.deepEqual(sentTwice, []);
      assert.equal(retries > 0, true);
      assert.deepEqual(
        failed.filter(({ __typename }) => __typename !== 'FirmwareUpgradeOutcomeUnknownError'),
        [],
      );
      assert.equal(healedMs < HEAL_LIMIT_MS, true, `healed after ${healedMs} ms`);
      assert.deepEqual(await pressed(url, before), first);
    });

    test('what no replica of Redis has is not sent, so it is not sent twice', async () => {
      const { first, repeat, sends } = await pressedOverLoss(world);
      assert.equal(first.code, 'Gateway.NotSent');
      assert.equal(repeat.__typename, SUCCESS);
      assert.equal(sends, 1);
    });

    test('control: where nobody waits for a replica, the same is sent twice', async () => {
      const env = { REDIS_REPLICAS_ACK: '0' };
      const other = await startWorld(env, {}, createSet());
      try {
        const { first, repeat, sends } = await pressedOverLoss(other);
        assert.equal(first.__typename, SUCCESS);
        assert.equal(sends, 2, JSON.stringify(repeat));
      } finally {
        await other.close();
      }
    });
  });
