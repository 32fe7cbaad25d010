// Every error type of the schema, through each router: the same object that this subgraph gives without one. Routers redact
// `errors[]`; what is data, they leave alone.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { buildSubgraphSchema } from '@apollo/subgraph';
import { parse } from 'graphql';
import { PRODUCT } from './firmware.mjs';
import { hiveCommands } from './hiveCommand.mjs';
import { WORKSHOP } from './neighbours.mjs';
import { routers } from './routers.mjs';
import { CONFIRM, ROOM, startStack } from './stack.mjs';
import { FIRMWARE_SDL } from './supergraph.mjs';

/** A device → the type that its confirm is answered with. */
const CONFIRMS = {
  'lamp-offline': 'DeviceOfflineError',
  'confirm-error-ResourceNotFound.DeviceHasNoFirmware': 'DeviceHasNoFirmwareError',
  'confirm-error-FailedOperation.OtherUpdateTaskExist': 'FirmwareUpgradeInProgressError',
  'lamp-cut-off': 'FirmwareUpgradeOutcomeUnknownError',
  'confirm-error-InvalidParameterValue': 'TokenApiInvalidParameterValueError',
  'confirm-error-InvalidParameterValue.InvalidAccessToken': 'TokenApiInvalidAccessTokenError',
  'lamp-shared': 'TokenApiNoPermissionError',
  'confirm-error-ResourceNotFound': 'TokenApiResourceNotFoundError',
  'confirm-error-FailedOperation': 'TokenApiFailedOperationError',
  'confirm-error-InternalError': 'TokenApiInternalError',
  'confirm-error-RequestLimitExceeded': 'TokenApiRateLimitedError',
  'confirm-error-Never.Heard.Of': 'TokenApiUnknownCodeError',
};
/** Not in the table above, since it takes a platform that is not there. */
const UNREACHABLE = 'TokenApiUnavailableError';

/** Has the same devices: what a confirm through the router did to one does not show on the other. */
const TWIN = 'PRDEMO0002';

const schema = buildSubgraphSchema(parse(FIRMWARE_SDL));
const errorsOf = (union) =>
  schema
    .getType(union)
    .getTypes()
    .filter((type) => type.getInterfaces().length > 0)
    .map(({ name }) => name);

/** Without what is another each time: the ids, and the jitter. */
const lasting = ({ requestId, retryAfterMs, ...rest }) => {
  assert.match(requestId, /^[0-9a-f-]{36}$/);
  return { ...rest, isRetryAfter: typeof retryAfterMs };
};

test('the tables name every error type of the schema', () => {
  const sorted = (names) => [...names].sort();
  assert.deepEqual(sorted([...Object.values(CONFIRMS), UNREACHABLE]), sorted(errorsOf('ConfirmFirmwareUpgradeResult')));
  assert.deepEqual(sorted(Object.values(WORKSHOP)), sorted(errorsOf('DeviceFirmwareResult')));
});

for (const [name, startRouter] of Object.entries({ ...routers, ...hiveCommands }))
  describe(`through ${name}`, () => {
    let stack;
    before(async () => {
      stack = await startStack(startRouter);
      stack.firmware.simulator.override = ({ body }, response) => {
        const isCut = String(body.DeviceName).endsWith('Cut.Off');
        if (isCut) response.destroy();
        return isCut;
      };
    });
    after(() => stack.close());

    for (const [deviceName, type] of Object.entries(CONFIRMS))
      test(`a confirm of ${deviceName} is a ${type}`, async () => {
        const { data, errors } = await stack.ask(CONFIRM, { variables: { productId: PRODUCT, deviceName } });
        const direct = await stack.askDirectly(CONFIRM, { variables: { productId: TWIN, deviceName } });
        assert.equal(errors, undefined);
        const { device, ...error } = data.confirmFirmwareUpgrade;
        const { device: twin, ...expected } = direct.data.confirmFirmwareUpgrade;
        assert.equal(error.__typename, type);
        assert.deepEqual(lasting(error), lasting(expected));
        assert.equal(device?.id, twin?.id.replace(TWIN, PRODUCT));
      });

    test('a room of devices that fail each in its way shows the nine errors of a read, joined', async () => {
      const { data, errors } = await stack.ask(ROOM, { variables: { id: 'workshop' } });
      assert.equal(errors, undefined);
      const ids = data.room.devices.map(({ id }) => id);
      const query = ROOM.slice(ROOM.indexOf('{ id firmware'), ROOM.lastIndexOf('}') - 3);
      const direct = await stack.askDirectly(`query Devices($ids: [ID!]!) { devices(ids: $ids) ${query} }`, {
        variables: { ids },
      });
      const told = (devices) => devices.map(({ id, firmware }) => ({ id, ...lasting(firmware) }));
      assert.deepEqual(
        data.room.devices.map(({ firmware }) => firmware.__typename),
        Object.values(WORKSHOP),
      );
      assert.deepEqual(told(data.room.devices), told(direct.data.devices));
    });

    test('a platform that is not there is said to be not there, and nothing to have been sent', async () => {
      await stack.firmware.simulator.close();
      const { data, errors } = await stack.ask(CONFIRM, { variables: { productId: PRODUCT, deviceName: 'lamp-201' } });
      assert.equal(errors, undefined);
      const { __typename, code, nextStep } = data.confirmFirmwareUpgrade;
      assert.deepEqual([__typename, code, nextStep], [UNREACHABLE, 'Gateway.NotSent', 'RETRY']);
    });
  });
