// The user's devices, over all pages.

import { type Pair, startPair } from '../../pair';
import { all, clientOf, refuseWith, wireOf } from './device';

let pair: Pair;
beforeEach(async () => {
  pair = await startPair();
});
afterEach(() => pair.close());

it('tells every device once, shared ones too, whatever pages they come in', async () => {
  const wire = wireOf();
  const told = await all(clientOf(pair, wire).myDevices());
  const devices = told.map((mine) => ('device' in mine ? mine : undefined));
  expect(wire.sent.length).toBeGreaterThan(1);
  expect(devices).not.toContain(undefined);
  expect(new Set(devices.map((mine) => mine?.device.id)).size).toBe(devices.length);
  expect(devices.map((mine) => mine?.isShared)).toEqual(expect.arrayContaining([true, false]));
  expect(devices[0]?.device).toMatchObject({
    connectivity: { state: 'ONLINE' },
    firmware: { __typename: 'DeviceFirmware' },
    firmwareUpgrade: { __typename: 'FirmwareUpgrade' },
  });
});

it('repeats a page that says RETRY, and ends with an error that nothing can help', async () => {
  const count = (await all(clientOf(pair).myDevices())).length;
  const list = String(pair.simulator.received[0]?.action);
  refuseWith(pair, list, 'InternalError', 1);
  expect(await all(clientOf(pair).myDevices())).toHaveLength(count);
  refuseWith(pair, list, 'UnauthorizedOperation');
  expect(await all(clientOf(pair).myDevices())).toMatchObject([{ nextStep: 'GIVE_UP' }]);
});
