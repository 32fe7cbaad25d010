// A simulator and one of its devices for a test, asked in its own words, on a clock that the test moves.

import { type Simulator, type SimulatorOptions, startSimulator } from '../../src/simulator/simulator';
import { call, codeOf, dataOf } from './call';

export const PACE_MS = 1000;
const open: Simulator[] = [];
let now = 0;

/**
 * Moves when a test moves it. `Date.now`, by which the simulator lives, stands still between; the monotonic clock, by which calls
 * have their deadlines, goes on. Timers and sockets are left alone.
 */
export const clock = {
  stop: () => {
    const startedAt = 1_700_000_000_000;
    const monotonic = performance.now.bind(performance);
    now = startedAt;
    jest.spyOn(Date, 'now').mockImplementation(() => now);
    jest.spyOn(performance, 'now').mockImplementation(() => monotonic() + now - startedAt);
  },
  advance: (ms: number) => {
    now += ms;
  },
  run: () => {
    jest.restoreAllMocks();
  },
};

export async function closeAll(): Promise<void> {
  await Promise.all(open.splice(0).map((simulator) => simulator.close()));
}

/** A simulator and one of its devices, asked by name. */
export async function startWith(name: string, options: SimulatorOptions = {}) {
  const simulator = await startSimulator({ paceMs: PACE_MS, ...options });
  open.push(simulator);
  const ask = (action: string, deviceName = name) =>
    call(simulator.url, action, { ProductId: 'PRDEMO0001', DeviceName: deviceName });
  const batch = (ids: unknown) => call(simulator.url, 'AppGetDeviceStatuses', { DeviceIds: ids });
  return {
    confirm: async (deviceName = name) =>
      codeOf(await ask('AppPublishFirmwareUpdateMessage', deviceName)) ?? 'accepted',
    check: async () => dataOf(await ask('AppCheckFirmwareUpdate')),
    upgrade: async (deviceName = name) => dataOf(await ask('AppDescribeFirmwareUpdateStatus', deviceName)),
    describe: async (params: Record<string, unknown>) => call(simulator.url, 'AppDescribeFirmware', params),
    batch,
    online: async (deviceName = name) => {
      const data = dataOf(await batch([`PRDEMO0001/${deviceName}`]));
      return (data.DeviceStatuses as Array<{ Online: number }>)[0]?.Online;
    },
  };
}

export type Device = Awaited<ReturnType<typeof startWith>>;
