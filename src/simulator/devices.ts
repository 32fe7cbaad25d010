// The devices and what has become of them. Only confirmed upgrades are remembered; everything else follows from the sample
// world and the clock, so there are no timers and reading creates nothing.

import { Refusal, refusalNamedBy } from './refusals';
import { isUnderWay, type Moment, momentFrom } from './upgrade';
import { type EarlierUpgrade, ORDINARY_DEVICE, PRODUCTS, SAMPLE_DEVICES, type SampleDevice } from './world';

/** An order that was accepted. */
interface Run {
  confirmedAt: number;
  fromVersion: string;
  toVersion: string;
  /** What the platform showed before it; undefined: nothing. */
  before: EarlierUpgrade | undefined;
}

export interface Device {
  id: string;
  productId: string;
  sample: SampleDevice;
  /** Refuses everything, if set. */
  refusal?: Refusal;
}

export interface Devices {
  /** @throws Refusal `ResourceNotFound` if there is no such product or device. */
  find(productId: string, name: string): Device;
  currentVersion(device: Device): string | undefined;
  targetVersion(device: Device): string | undefined;
  online(device: Device): 1 | 0 | -1;
  /** As the platform shows it: for `staleEndMs` after a confirm, what it showed before. Undefined: no task. */
  upgrade(device: Device): EarlierUpgrade | undefined;
  /** @throws Refusal if the device's own state does not let an upgrade begin. */
  confirm(device: Device): void;
}

/** More devices than this are not remembered: the one confirmed longest ago is as new again. */
const REMEMBERED_RUNS = 10_000;

const SAMPLES = new Map(SAMPLE_DEVICES.map((sample) => [sample.name, sample]));

/** The devices named for a code, and the numbered ones, are made up as they are asked for. */
function sampleFrom(name: string): Pick<Device, 'sample' | 'refusal'> | undefined {
  const sample = SAMPLES.get(name);
  if (sample !== undefined) return { sample };
  const madeUp = { ...ORDINARY_DEVICE, name };
  if (/^lamp-\d{1,9}$/.test(name)) return { sample: madeUp };
  const refusal = refusalNamedBy(name);
  if (refusal !== undefined) return { sample: madeUp, refusal };
  const [, confirmRefusal] = /^confirm-error-(.+)$/.exec(name) ?? [];
  return confirmRefusal === undefined ? undefined : { sample: { ...madeUp, confirmRefusal } };
}

/** @param paceMs how long one step of an upgrade takes · @param staleEndMs see `upgrade` */
export function createDevices(paceMs: number, staleEndMs: number): Devices {
  const runs = new Map<string, Run>();

  const momentOf = ({ sample }: Device, run: Run): Moment =>
    momentFrom(sample.course, (Date.now() - run.confirmedAt) / paceMs);

  /** What is so, whatever the platform shows. */
  const truth = (device: Device): EarlierUpgrade | undefined => {
    const run = runs.get(device.id);
    if (run === undefined) return device.sample.earlier;
    const { status, percent, errMsg } = momentOf(device, run);
    return { fromVersion: run.fromVersion, toVersion: run.toVersion, status, percent, errMsg };
  };

  const currentVersion = (device: Device): string | undefined => {
    const run = runs.get(device.id);
    if (run === undefined) return device.sample.currentVersion;
    return momentOf(device, run).status === 6 ? run.toVersion : run.fromVersion;
  };

  const online = (device: Device): 1 | 0 | -1 => {
    const run = runs.get(device.id);
    return run !== undefined && momentOf(device, run).offline ? 0 : device.sample.online;
  };

  return {
    find: (productId, name) => {
      const found = Object.hasOwn(PRODUCTS, productId) ? sampleFrom(name) : undefined;
      if (found === undefined) throw new Refusal('ResourceNotFound');
      return { id: `${productId}/${name}`, productId, ...found };
    },

    currentVersion,
    targetVersion: (device) => device.sample.targetVersion,
    online,

    upgrade: (device) => {
      const run = runs.get(device.id);
      return run !== undefined && Date.now() - run.confirmedAt < staleEndMs ? run.before : truth(device);
    },

    // Which of several reasons the platform would name, and that it names these codes for "running" and "nothing to
    // install", are guesses: neither is documented for this action.
    confirm: (device) => {
      const { confirmRefusal, targetVersion } = device.sample;
      if (confirmRefusal !== undefined) throw new Refusal(confirmRefusal);
      const before = truth(device);
      if (before !== undefined && isUnderWay(before.status)) throw new Refusal('FailedOperation.OtherUpdateTaskExist');
      const fromVersion = currentVersion(device);
      if (fromVersion === undefined) throw new Refusal('ResourceNotFound.DeviceHasNoFirmware');
      if (online(device) !== 1) throw new Refusal('FailedOperation.DeviceOffline');
      if (targetVersion === undefined || targetVersion === fromVersion)
        throw new Refusal('FailedOperation.DeviceFirmwareIsUpdated');
      runs.delete(device.id);
      runs.set(device.id, { confirmedAt: Date.now(), fromVersion, toVersion: targetVersion, before });
      if (runs.size > REMEMBERED_RUNS) runs.delete(runs.keys().next().value!);
    },
  };
}
