import { type Asker } from './ask.js';
import { type Signal } from './signal.js';
import type { CheckResult, DeviceNames } from './types.js';
/** @throws AbortError */
export declare function check(asker: Asker, device: DeviceNames, signal?: Signal): Promise<CheckResult>;
