// Ask, confirm, follow until final: through every client, each with a device of its own.

import { setTimeout as pause } from 'node:timers/promises';
import { type Pair, startPair } from '../pair';
import type { Member } from './client';
import { everyClient } from './everyClient';

let pair: Pair;
beforeAll(async () => {
  // A whole upgrade takes nine paces: longer than one poll, shorter than two.
  pair = await startPair({ simulator: { paceMs: 300 } });
});
afterAll(() => pair.close());

const confirms = () => pair.simulator.received.filter(({ action }) => action === 'AppPublishFirmwareUpdateMessage');

it.each(everyClient.map(([name, create], index) => [name, create, `lamp-${index}`] as const))(
  'asks, confirms and follows until final: %s',
  async (_name, create, deviceName) => {
    const client = create({ url: pair.url });
    const offered = await client.ask(deviceName);
    expect(offered.connectivity).toMatchObject({ __typename: 'DeviceConnectivity', state: 'ONLINE' });
    expect(offered.firmware).toMatchObject({ updateAvailable: true, targetVersion: '1.1.0' });

    const confirmed = await client.confirm(deviceName);
    expect(confirmed).toMatchObject({
      __typename: 'ConfirmFirmwareUpgradeSuccess',
      device: { id: `PRDEMO0001/${deviceName}`, firmwareUpgrade: { phase: 'PROCESSING', isFinal: false } },
    });

    const polls: (Member | null | undefined)[] = [confirmed.device?.firmwareUpgrade];
    for (let wait = polls[0]?.pollAfterMs; typeof wait === 'number'; wait = polls.at(-1)?.pollAfterMs) {
      await pause(wait);
      polls.push((await client.follow(deviceName)).firmwareUpgrade);
    }
    expect(polls.length).toBeGreaterThan(2);
    expect(polls.at(-1)).toMatchObject({ phase: 'SUCCEEDED', isFinal: true, toVersion: '1.1.0', pollAfterMs: null });
    expect(confirms().filter(({ body }) => body.DeviceName === deviceName)).toHaveLength(1);
    client.stop();
  },
);
