// An app's own test, with the gateway's package beside the client's.

import { createFirmwareClient } from 'firmware-gateway-client';
import { startTestGateway, type TestGateway } from 'firmware-gateway-client/testing';
import { all } from './core/device';

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway();
});
afterAll(() => gateway.close());

it('plays an upgrade to its end, and a refusal', async () => {
  const { url, token, productId } = gateway;
  const client = createFirmwareClient({ url, token });
  const device = { productId, deviceName: 'lamp-1' };
  gateway.refuse('AppPublishFirmwareUpdateMessage', 'InvalidParameterValue.NoPermission');
  expect((await client.confirm(device)).__typename).toBe('TokenApiNoPermissionError');
  gateway.refuse('AppPublishFirmwareUpdateMessage', undefined);
  expect((await client.confirm(device)).__typename).toBe('ConfirmFirmwareUpgradeSuccess');
  expect((await all(client.follow(device))).at(-1)).toMatchObject({ phase: 'SUCCEEDED' });
  const sends = gateway.received().filter(({ action }) => action === 'AppPublishFirmwareUpdateMessage');
  expect(sends).toHaveLength(2);
});
