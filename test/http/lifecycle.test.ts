// Leaving: no longer ready, still serving, then finishing what is under way.

import { setTimeout as pause } from 'node:timers/promises';
import { configFrom } from '../../src/config';
import { startGateway } from '../../src/server';
import { startSimulator } from '../../src/simulator/simulator';
import { ask } from '../pair';

const CONFIRM = 'mutation { confirmFirmwareUpgrade(productId: "PRDEMO0001", deviceName: "lamp-1") { __typename } }';

it('goes on serving for a while, closing connections, then finishes what is under way and refuses what is new', async () => {
  const simulator = await startSimulator({ latencyMs: 1500 });
  const env = { PORT: '0', ADMIN_PORT: '0', TOKENAPI_URL: simulator.url, DRAIN_DELAY_MS: '1000' };
  const gateway = await startGateway(configFrom(env), { logTo: { write: () => undefined } });
  const ready = async () => (await fetch(`${gateway.adminUrl}/readyz`)).status;
  expect(await ready()).toBe(200);

  const left = gateway.drain();
  expect(await ready()).toBe(503);
  const underWay = ask(gateway.url, CONFIRM);
  const early = await ask(gateway.url, '{ __typename }');
  expect([early.status, early.headers.get('connection')]).toEqual([200, 'close']);
  await pause(1100);
  const late = await ask(gateway.url, '{ __typename }');
  expect([late.status, late.headers.get('retry-after')]).toEqual([503, '1']);

  const answer = await underWay;
  expect(answer.body.data.confirmFirmwareUpgrade.__typename).toBe('ConfirmFirmwareUpgradeSuccess');
  expect(answer.headers.get('connection')).toBe('close');
  await left;
  await expect(ask(gateway.url, '{ __typename }')).rejects.toThrow();
  await simulator.close();
});
