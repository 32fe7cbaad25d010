// Something in front repeats on 5xx and 429: no confirm reaches the platform twice, for whatever became of an order is
// answered with 200, and this subgraph's own 5xx, which it says while it stops, mean that nothing was sent.

import assert from 'node:assert/strict';
import { after, afterEach, before, describe, test } from 'node:test';
import { PRODUCT, until } from './firmware.mjs';
import { hiveCommands } from './hiveCommand.mjs';
import { routers } from './routers.mjs';
import { startOnlooker, startSidecar } from './sidecar.mjs';
import { CONFIRM, startStack } from './stack.mjs';

const PUBLISH = 'AppPublishFirmwareUpdateMessage';
const subjects = Object.entries(routers).map(([name, startRouter]) => ({
  name: `a repeating proxy behind ${name}`,
  startRouter,
  between: startSidecar,
}));
subjects.push({
  name: 'Hive Gateway, told to repeat',
  startRouter: routers['Hive Gateway'],
  between: startOnlooker,
  changes: { upstreamRetry: { maxRetries: 5, retryDelay: 50 } },
});

const httpAnswer = (status) => (_call, response) => {
  response.writeHead(status, { 'content-type': 'text/plain' }).end('no');
  return true;
};

/** What the platform does with the confirm → what the app is told. */
const ENDS = [
  ['takes the order and cuts the connection', 'lamp-cut-off', undefined, 'FirmwareUpgradeOutcomeUnknownError'],
  ['answers 503', 'lamp-301', httpAnswer(503), 'FirmwareUpgradeOutcomeUnknownError'],
  ['answers 500', 'lamp-302', httpAnswer(500), 'FirmwareUpgradeOutcomeUnknownError'],
  ['answers 429', 'lamp-303', httpAnswer(429), 'TokenApiRateLimitedError'],
  ['refuses with a rate limit', 'confirm-error-RequestLimitExceeded', undefined, 'TokenApiRateLimitedError'],
  ['refuses with an InternalError', 'confirm-error-InternalError', undefined, 'TokenApiInternalError'],
];

const askToConfirm = (stack, deviceName, headers) =>
  stack.ask(CONFIRM, { headers, variables: { productId: PRODUCT, deviceName } });

for (const { name, startRouter, between, changes } of subjects)
  describe(name, () => {
    let stack;
    before(async () => {
      stack = await startStack(startRouter, { env: { MAX_UPSTREAM_CALLS: '1' }, between, changes });
    });
    after(() => stack.close());
    afterEach(() => {
      stack.firmware.simulator.override = undefined;
      stack.middle.statuses.length = 0;
    });

    const confirm = async (deviceName, headers) => {
      const { data, errors } = await askToConfirm(stack, deviceName, headers);
      assert.equal(errors, undefined);
      return data.confirmFirmwareUpgrade.__typename;
    };
    const sends = (deviceName) => stack.firmware.sent(PUBLISH, deviceName).length;

    for (const [does, deviceName, override, type] of ENDS)
      test(`the platform ${does}: one send, one attempt, ${type}`, async () => {
        stack.firmware.simulator.override = override;
        assert.equal(await confirm(deviceName), type);
        assert.equal(sends(deviceName), 1);
        assert.deepEqual(stack.middle.statuses, [200]);
      });

    test('this subgraph has no place for it: none sent, one attempt, TokenApiUnavailableError', async () => {
      const { simulator } = stack.firmware;
      const held = [];
      simulator.override = ({ action }, response) => action !== PUBLISH && held.push(response) > 0;
      const reading = stack.askDirectly('{ device(productId: "P", deviceName: "d") { firmware { __typename } } }');
      await until(() => held.length === 1);
      assert.equal(await confirm('lamp-304'), 'TokenApiUnavailableError');
      assert.equal(sends('lamp-304'), 0);
      assert.deepEqual(stack.middle.statuses, [200]);
      simulator.override = undefined;
      held[0].destroy();
      await reading;
    });

    test('an answer is lost behind this subgraph: repeated, and with the key of the press sent once', async () => {
      stack.middle.answersToLose = 1;
      assert.equal(await confirm('lamp-305', { 'idempotency-key': 'a-press' }), 'ConfirmFirmwareUpgradeSuccess');
      assert.deepEqual(stack.middle.statuses, [0, 200]);
      assert.equal(sends('lamp-305'), 1);
    });

    test('the same without a key is sent again: why nothing in front may repeat a mutation', async () => {
      stack.middle.answersToLose = 1;
      await confirm('lamp-306');
      assert.equal(sends('lamp-306'), 2);
    });
  });

for (const [name, startRouter] of Object.entries({ ...routers, ...hiveCommands }))
  test(`${name}, configured as under deploy/, repeats nothing`, async (t) => {
    const stack = await startStack(startRouter, { between: startOnlooker });
    t.after(() => stack.close());
    stack.middle.answersToLose = 2;
    const { errors } = await askToConfirm(stack, 'lamp-307');
    assert.equal(errors.length, 1);
    assert.deepEqual(stack.middle.statuses, [0]);
    assert.equal(stack.firmware.sent(PUBLISH, 'lamp-307').length, 1);
  });
