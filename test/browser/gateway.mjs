// The compiled gateway with an explorer on, in front of a running simulator.

import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const { configFrom } = require('../../dist/config.js');
const { startGateway } = require('../../dist/server.js');
const { startSimulator } = require('../../dist/simulator/simulator.js');

export const sample = { productId: 'PRDEMO0001', deviceName: 'lamp-online', token: 'demo-token-alice' };

const nowhere = { write: () => undefined };

/** @param paceMs how long a device takes for a step of its upgrade */
export async function startExplored(paceMs = 20) {
  const simulator = await startSimulator({ paceMs });
  const env = { PORT: '0', ADMIN_PORT: '0', TOKENAPI_URL: simulator.url, EXPLORER: 'sandbox' };
  const gateway = await startGateway(configFrom(env), { sample, logTo: nowhere });
  return {
    url: gateway.url,
    explorerUrl: new URL('/explorer', gateway.url).href,
    /** The tokens by which the platform was asked how far this device's upgrade is. */
    lookedAtBy: (deviceName) =>
      simulator.received
        .filter(({ action, body }) => action === 'AppDescribeFirmwareUpdateStatus' && body.DeviceName === deviceName)
        .map(({ body }) => body.AccessToken),
    /** Device and token of every confirm that reached the platform. */
    confirms: () =>
      simulator.received
        .filter(({ body }) => body.Action === 'AppPublishFirmwareUpdateMessage')
        .map(({ body }) => [body.DeviceName, body.AccessToken]),
    async close() {
      await gateway.close();
      await simulator.close();
    },
  };
}
