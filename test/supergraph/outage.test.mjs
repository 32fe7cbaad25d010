// A subgraph that is slow, silent or gone, behind each router.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { PRODUCT } from './firmware.mjs';
import { hiveCommands } from './hiveCommand.mjs';
import { routers } from './routers.mjs';
import { CONNECTIVITY, startStack } from './stack.mjs';

const OURS_MS = 1000;

const CONFIRM_AND_READ = `mutation Confirm($productId: String!, $deviceName: String!) {
  confirmFirmwareUpgrade(productId: $productId, deviceName: $deviceName) {
    __typename
    ... on FirmwareUpgradeOutcomeUnknownError { nextStep device { firmware { __typename } } }
  }
}`;

/** The page of rooms is there, and null stands where this subgraph was asked. */
function assertRoomsSurvive({ data, errors }) {
  assert.equal(data.rooms.length, 4);
  for (const room of data.rooms) {
    assert.equal(room.devices.length, 25);
    for (const device of room.devices) assert.equal(device.connectivity, null);
  }
  assert.notEqual(errors.length, 0);
}

for (const [name, startRouter] of Object.entries({ ...routers, ...hiveCommands }))
  describe(`through ${name}`, () => {
    let stack;
    before(async () => {
      stack = await startStack(startRouter, { env: { TOKENAPI_TIMEOUT_MS: String(OURS_MS) } });
    });
    after(() => stack.close());

    test('the router outwaits a platform that is silent to the confirm and to the read after it', async () => {
      stack.firmware.simulator.override = () => true;
      const startedAt = performance.now();
      const variables = { productId: PRODUCT, deviceName: 'lamp-201' };
      const { data, errors } = await stack.ask(CONFIRM_AND_READ, { variables });
      assert.equal(errors, undefined);
      assert.deepEqual(data.confirmFirmwareUpgrade, {
        __typename: 'FirmwareUpgradeOutcomeUnknownError',
        nextStep: 'CHECK_STATUS',
        device: { firmware: { __typename: 'TokenApiUnavailableError' } },
      });
      assert.ok(performance.now() - startedAt > 1.9 * OURS_MS);
      stack.firmware.simulator.override = undefined;
    });

    test('this subgraph silent: the rooms of the page survive', async () => {
      stack.firmware.freeze();
      const startedAt = performance.now();
      assertRoomsSurvive(await stack.ask(CONNECTIVITY));
      const waitedMs = performance.now() - startedAt;
      assert.ok(waitedMs > 3900 && waitedMs < 9000, `expected about FIRMWARE_TIMEOUT_MS, got ${waitedMs}`);
      stack.firmware.thaw();
    });

    test('this subgraph down: the rooms of the page survive', async () => {
      await stack.firmware.stop();
      assertRoomsSurvive(await stack.ask(CONNECTIVITY));
    });
  });
