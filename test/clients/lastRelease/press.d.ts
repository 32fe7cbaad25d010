import { type Asker } from './ask.js';
import { type Signal } from './signal.js';
import type { AnyError, ConfirmResult, DeviceNames, UpgradeResult } from './types.js';
/** What a press is doing, told as it begins to. */
export type PressStep = {
    readonly step: 'sending';
} | {
    readonly step: 'pausing';
    readonly ms: number;
    readonly error: AnyError;
} | {
    readonly step: 'waitingForDevice';
    readonly error: AnyError;
} | {
    readonly step: 'checking';
    readonly error: AnyError;
};
export interface ConfirmOptions {
    readonly signal?: Signal | undefined;
    /** For a press that is to outlive the page: keep it until the press has its outcome. Absent: the client makes and keeps one. */
    readonly idempotencyKey?: string | undefined;
    /** How long a device that is offline is waited for; 0: not at all. Absent: 10 minutes. */
    readonly waitForDeviceMs?: number | undefined;
    readonly onStep?: ((step: PressStep) => void) | undefined;
}
/** Not known to others: random where the platform has a source of randomness for secrets, and unique in any case. */
export declare function newKey(): string;
export interface Pressing {
    readonly asker: Asker;
    /** The keys of presses whose outcome is not known, by device. */
    readonly keys: Map<string, string>;
    readonly connectivityPollMs: number;
    follow(device: DeviceNames, signal?: Signal): AsyncIterable<UpgradeResult>;
}
/** @throws AbortError: the press may have been sent by then, and the next one for this device is a repeat of it */
export declare function press(pressing: Pressing, device: DeviceNames, options: ConfirmOptions): Promise<ConfirmResult>;
