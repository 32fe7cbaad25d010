// What is installed, what is offered, and whether the device is online. Repeats what says RETRY, a few times.

import { type Asker, ATTEMPTS, type Operation, pauseBefore } from './ask.js';
import { DeviceFirmware } from './generated/queries.js';
import type { DeviceFirmwareQuery } from './generated/types.js';
import { pause, type Signal } from './signal.js';
import type { AnyError, CheckResult, DeviceNames } from './types.js';

const CHECK: Operation<DeviceFirmwareQuery> = {
  query: DeviceFirmware,
  members: ({ device }) => [device?.connectivity, device?.firmware] as never,
};

/** A read's error is a member of each of its unions. */
const both = (error: AnyError): CheckResult => ({ connectivity: error, firmware: error }) as CheckResult;

/** @throws AbortError */
export async function check(asker: Asker, device: DeviceNames, signal?: Signal): Promise<CheckResult> {
  const { productId, deviceName } = device;
  for (let attempt = 1; ; attempt++) {
    const { data, error } = await asker(CHECK, { productId, deviceName }, signal);
    const result = data ? (data.device as CheckResult) : both(error);
    const again = [result.connectivity, result.firmware].find(
      (member) => 'nextStep' in member && member.nextStep === 'RETRY',
    );
    if (!again || attempt === ATTEMPTS) return result;
    await pause(pauseBefore(attempt, again as AnyError), signal);
  }
}
