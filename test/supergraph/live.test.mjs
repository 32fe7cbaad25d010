// An upgrade that is followed through a router: to its end, with what another subgraph knows of the device.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { PRODUCT, until } from './firmware.mjs';
import { hiveCommands } from './hiveCommand.mjs';
import { liveRouters } from './routers.mjs';
import { CONFIRM, startStack } from './stack.mjs';

/** A whole upgrade takes nine: longer than the router waits for an answer. */
const PACE_MS = 600;

const FOLLOW = `subscription Follow($productId: String!, $deviceName: String!) {
  firmwareUpgradeProgress(productId: $productId, deviceName: $deviceName) {
    device {
      id
      room { name }
      sparePart { name }
      firmwareUpgrade {
        __typename
        ... on FirmwareUpgrade { phase isFinal }
        ... on TokenApiError { code nextStep }
      }
    }
  }
}`;

const variablesFor = (deviceName) => ({ productId: PRODUCT, deviceName });

/** The devices of a stream's events. Fails on one that is no event of a device. */
async function devicesOf(results) {
  const devices = [];
  for await (const { data, errors } of results) {
    assert.equal(errors, undefined);
    devices.push(data.firmwareUpgradeProgress.device);
  }
  return devices;
}

const subjects = [
  ...Object.entries(liveRouters).map(([transport, startRouter]) => ['Hive Gateway', transport, startRouter]),
  ...Object.entries(hiveCommands).map(([name, startRouter]) => [name, 'sse', startRouter]),
];

for (const [name, transport, startRouter] of subjects)
  describe(`through ${name}, which speaks ${transport} to this subgraph`, () => {
    let stack;
    before(async () => {
      stack = await startStack(startRouter, { paceMs: PACE_MS });
    });
    after(() => stack.close());

    test('an upgrade is followed to its end, joined with the room and the spare part', async () => {
      const variables = variablesFor('lamp-1');
      await stack.ask(CONFIRM, { variables });
      const startedAt = performance.now();
      const devices = await devicesOf(stack.follow(FOLLOW, { variables }));
      assert.ok(performance.now() - startedAt > Number(process.env.FIRMWARE_TIMEOUT_MS));
      for (const { id, room, sparePart } of devices)
        assert.deepEqual([id, room.name, sparePart.name], [`${PRODUCT}/lamp-1`, 'Kitchen', 'bulb']);
      const phases = devices.map(({ firmwareUpgrade }) => firmwareUpgrade.phase);
      assert.ok(phases.length > 2, String(phases));
      assert.deepEqual([phases[0], phases.at(-1)], ['PROCESSING', 'SUCCEEDED']);
      const line = await stack.firmware.logged(({ msg }) => msg === 'stream');
      assert.deepEqual([line.transport, line.reason, line.events], [transport, 'finished', phases.length]);
    });

    test('each user sees what that user’s token reads', async () => {
      const variables = variablesFor('lamp-busy');
      const [alice, bob] = await Promise.all(
        ['demo-token-alice', 'demo-token-bob'].map(async (token) => {
          for await (const { data } of stack.follow(FOLLOW, { variables, token }))
            return data.firmwareUpgradeProgress.device.firmwareUpgrade;
        }),
      );
      assert.deepEqual(alice, { __typename: 'FirmwareUpgrade', phase: 'DOWNLOADING', isFinal: false });
      assert.deepEqual([bob.__typename, bob.nextStep], ['TokenApiNoPermissionError', 'GIVE_UP']);
    });

    test('whoever leaves the router is not looked at any more', async () => {
      const results = stack.follow(FOLLOW, { variables: variablesFor('lamp-busy') });
      const { value } = await results.next();
      assert.equal(value.data.firmwareUpgradeProgress.device.firmwareUpgrade.phase, 'DOWNLOADING');
      assert.equal(await stack.firmware.pollers(), 1);
      await results.return();
      await until(async () => (await stack.firmware.pollers()) === 0);
    });

    test('without a token, one typed refusal comes, and then the end', async () => {
      const [device, ...others] = await devicesOf(
        stack.follow(FOLLOW, { variables: variablesFor('lamp-2'), token: null }),
      );
      const { __typename, nextStep } = device.firmwareUpgrade;
      assert.deepEqual([__typename, nextStep, others], ['TokenApiInvalidAccessTokenError', 'SIGN_IN', []]);
    });
  });
