// Replicas for real: restarted one by one, killed, and left without Redis for a moment, while users keep pressing.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { confirm, read, statusOf } from './ask.mjs';
import { nextDevice, startLoad } from './load.mjs';
import { needs } from './machine.mjs';
import { startWorld } from './world.mjs';

const RESTARTS = 20;
const PER_SECOND = 20;
const options = needs('haproxy', 'redis-server');

let world;
before(async () => {
  if (!options.skip) world = await startWorld();
});
after(() => world?.close());

const sentTwice = () => [...world.platform.sends].filter(([, times]) => times > 1);

async function restarted(replica) {
  const { code, ms } = await replica.process.stop('SIGTERM');
  assert.equal(code, 0, replica.process.output);
  assert.equal(ms < 20_000, true, `left in ${ms} ms`);
  replica.start();
  await replica.ready();
  await replica.given(() => read(world.url, nextDevice()));
}

test(`${RESTARTS} rolling restarts under load: no request fails and nothing is sent twice`, options, async (t) => {
  const load = startLoad(world.url, PER_SECOND);
  for (let nth = 0; nth < RESTARTS; nth++) await restarted(world.replicas[nth % 2]);
  const { requests, confirms, retries, failed } = await load.stop();
  t.diagnostic(
    `${RESTARTS} restarts, ${requests} requests, ${confirms} confirms: ${failed.length} failed, ${retries} told to retry, ${sentTwice().length} sent twice`,
  );
  // What the gateways said, where something went wrong.
  if (failed.length > 0 || retries > 0) for (const { process } of world.replicas) t.diagnostic(process.output);
  assert.deepEqual(failed, []);
  assert.equal(retries, 0);
  assert.deepEqual(sentTwice(), []);
  assert.equal(confirms > RESTARTS, true);
});

test(
  'kill -9 of one loses its own answers and no other; a repeat of those says unknown and is not sent',
  options,
  async (t) => {
    const { platform, replicas, url } = world;
    const [killed] = replicas;
    const presses = Array.from({ length: 40 }, () => {
      const device = nextDevice();
      return { device, key: `press-${device}` };
    });
    platform.hold();
    const answers = presses.map(({ device, key }) => confirm(url, device, key));
    while (platform.heldCount() < presses.length) await pause(20);
    const itsOwn = await killed.figure('firmware_gateway_upstream_in_flight');
    await killed.process.stop('SIGKILL');
    // Until the proxy has been through its event loop once, it may take a connection that it keeps to the killed for one that is alive.
    assert.equal(await statusOf(url), 405);
    const afterwards = await Promise.all(Array.from({ length: 40 }, () => read(url, nextDevice())));
    assert.deepEqual(
      afterwards.filter(({ __typename }) => __typename !== 'DeviceFirmware'),
      [],
    );
    platform.release();

    const ended = await Promise.all(answers);
    const lost = presses.filter((_, index) => ended[index].__typename !== 'ConfirmFirmwareUpgradeSuccess');
    assert.equal(itsOwn > 0 && itsOwn < presses.length, true, `${itsOwn} in flight at the killed`);
    assert.equal(lost.length, itsOwn);
    const repeats = async () =>
      Promise.all(lost.map(async ({ device, key }) => (await confirm(url, device, key)).__typename));
    const unknown = lost.map(() => 'FirmwareUpgradeOutcomeUnknownError');
    assert.deepEqual(await repeats(), unknown);
    killed.start();
    await killed.ready();
    await killed.given(() => read(url, nextDevice()));
    assert.deepEqual(await repeats(), unknown);
    assert.deepEqual(
      presses.map(({ device }) => platform.sends.get(device)),
      presses.map(() => 1),
    );
    t.diagnostic(
      `killed with ${itsOwn} of ${presses.length} in flight: ${lost.length} lost, each repeat unknown, none sent again`,
    );
  },
);

test(
  'Redis killed and restarted in the middle: who retries is served, and what it kept is not sent again',
  options,
  async (t) => {
    const { platform, redis, url } = world;
    const device = nextDevice();
    const first = await confirm(url, device, `press-${device}`);
    const load = startLoad(url, PER_SECOND);
    await pause(2000);
    await redis.kill();
    await pause(2000);
    const without = await confirm(url, nextDevice());
    await redis.start();
    await pause(3000);
    const { requests, confirms, retries, failed } = await load.stop();
    t.diagnostic(
      `${requests} requests, ${confirms} confirms: ${retries} told to retry, ${failed.length} of unknown outcome, ${sentTwice().length} sent twice`,
    );

    assert.equal(without.__typename, 'ConfirmFirmwareUpgradeSuccess');
    assert.equal(retries > 0, true);
    // A confirm whose answer could not be written before Redis died is honest about it: never sent again, and unknown.
    assert.deepEqual(
      failed.filter(({ __typename }) => __typename !== 'FirmwareUpgradeOutcomeUnknownError'),
      [],
    );
    assert.deepEqual(sentTwice(), []);
    assert.deepEqual(await confirm(url, device, `press-${device}`), first);
    assert.equal(platform.sends.get(device), 1);
  },
);
