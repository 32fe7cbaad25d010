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
  /** Takes the device off the network, or brings it back: an upgrade under way stands still while it is away. */
  connect(device: Device, isOnline: boolean): void;
  /** Whatever became of it: it is as at the beginning. */
  forget(id: string): void;
}

export interface DevicesOptions {
  /** How long one step of an upgrade takes. */
  paceMs: number;
  /** See `Devices.upgrade`. */
  staleEndMs: number;
  /** What was upgraded is offered the next version at once, so that no device is ever used up. */
  offersAgain: boolean;
}

/** More devices than this are not remembered: the one confirmed, or switched, longest ago is as new again. */
const REMEMBERED_DEVICES = 10_000;

const SAMPLES = new Map(SAMPLE_DEVICES.map((sample) => [sample.name, sample]));

/** The devices named for a code, and the numbered ones, are made up as they are asked for: `lamp-fails-7` is like `lamp-fails`. */
function sampleFrom(name: string): Pick<Device, 'sample' | 'refusal'> | undefined {
  const sample = SAMPLES.get(name) ?? SAMPLES.get(name.replace(/-\d{1,9}$/, ''));
  if (sample !== undefined) return { sample: { ...sample, name } };
  const madeUp = { ...ORDINARY_DEVICE, name };
  if (/^lamp-\d{1,9}$/.test(name)) return { sample: madeUp };
  const refusal = refusalNamedBy(name);
  if (refusal !== undefined) return { sample: madeUp, refusal };
  const [, confirmRefusal] = /^confirm-error-(.+)$/.exec(name) ?? [];
  return confirmRefusal === undefined ? undefined : { sample: { ...madeUp, confirmRefusal } };
}

/** Remembers the value, and forgets the oldest beyond the limit. */
function remember<Value>(map: Map<string, Value>, id: string, value: Value): void {
  map.delete(id);
  map.set(id, value);
  if (map.size > REMEMBERED_DEVICES) map.delete(map.keys().next().value!);
}

/** The version that follows: `1.1.0` after `1.0.0`. */
const nextVersion = (version: string): string =>
  version.replace(/^(\d+)\.(\d+).*$/, (_, major, minor) => `${major}.${Number(minor) + 1}.0`);

export function createDevices({ paceMs, staleEndMs, offersAgain }: DevicesOptions): Devices {
  const runs = new Map<string, Run>();
  const switches = new Map<string, { isOnline: boolean; at: number }>();

  const isAway = ({ id }: Device): boolean => switches.get(id)?.isOnline === false;

  const momentOf = (device: Device, run: Run): Moment => {
    const until = isAway(device) ? switches.get(device.id)!.at : Date.now();
    const moment = momentFrom(device.sample.course, (until - run.confirmedAt) / paceMs);
    return isAway(device) && isUnderWay(moment.status) ? { ...moment, status: 0, offline: true } : moment;
  };

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
    if (isAway(device) || (run !== undefined && momentOf(device, run).offline)) return 0;
    return switches.has(device.id) ? 1 : device.sample.online;
  };

  const targetVersion = (device: Device): string | undefined => {
    const run = runs.get(device.id);
    if (run === undefined || !offersAgain) return device.sample.targetVersion;
    return momentOf(device, run).status === 6 ? nextVersion(run.toVersion) : run.toVersion;
  };

  return {
    find: (productId, name) => {
      const found = Object.hasOwn(PRODUCTS, productId) ? sampleFrom(name) : undefined;
      if (found === undefined) throw new Refusal('ResourceNotFound');
      return { id: `${productId}/${name}`, productId, ...found };
    },

    currentVersion,
    targetVersion,
    online,

    upgrade: (device) => {
      const run = runs.get(device.id);
      return run !== undefined && Date.now() - run.confirmedAt < staleEndMs ? run.before : truth(device);
    },

    // Which of several reasons the platform would name, and that it names these codes for "running" and "nothing to
    // install", are guesses: neither is documented for this action.
    confirm: (device) => {
      const { confirmRefusal } = device.sample;
      const toVersion = targetVersion(device);
      if (confirmRefusal !== undefined) throw new Refusal(confirmRefusal);
      const before = truth(device);
      if (before !== undefined && isUnderWay(before.status)) throw new Refusal('FailedOperation.OtherUpdateTaskExist');
      const fromVersion = currentVersion(device);
      if (fromVersion === undefined) throw new Refusal('ResourceNotFound.DeviceHasNoFirmware');
      if (online(device) !== 1) throw new Refusal('FailedOperation.DeviceOffline');
      if (toVersion === undefined || toVersion === fromVersion)
        throw new Refusal('FailedOperation.DeviceFirmwareIsUpdated');
      remember(runs, device.id, { confirmedAt: Date.now(), fromVersion, toVersion, before });
    },

    connect: (device, isOnline) => {
      if (isAway(device) === !isOnline && switches.has(device.id)) return;
      const [run, now] = [runs.get(device.id), Date.now()];
      if (run !== undefined && isAway(device)) run.confirmedAt += now - switches.get(device.id)!.at;
      remember(switches, device.id, { isOnline, at: now });
    },

    forget: (id) => {
      runs.delete(id);
      switches.delete(id);
    },
  };
}
