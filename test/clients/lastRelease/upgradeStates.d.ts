import type { FirmwareClient } from './client.js';
import type { AnyError, DeviceNames, Firmware, Upgrade } from './types.js';
export type UpgradeStateName = 'idle' | 'offered' | 'confirming' | 'following' | 'waitingForDevice' | 'done' | 'failed' | 'signIn';
export interface UpgradeState {
    /** `idle`: nothing is offered, or it is not known yet. */
    readonly state: UpgradeStateName;
    /** Whether the button may be pressed: it confirms what is offered, or tries again what failed. Else it has no effect. */
    readonly canPress: boolean;
    /** Whether it is not known yet what is offered. */
    readonly isLoading: boolean;
    /** What is installed and offered, as it was read last. */
    readonly firmware: Firmware | undefined;
    readonly isOnline: boolean | undefined;
    /** The upgrade that is followed, or has ended. */
    readonly upgrade: Upgrade | undefined;
    /** 0 to 100 while the device downloads, else null. */
    readonly percent: number | null;
    /** Why it failed, why the device is waited for, or why something could not be read. */
    readonly error: AnyError | undefined;
}
export interface UpgradeStates {
    get(): UpgradeState;
    /** Begins to read and to follow with the first listener, and stops with the last. @returns unsubscribes */
    subscribe(listener: () => void): () => void;
    /** The button. Without effect where it may not be pressed. */
    press(): void;
    /** Reads what is offered and how far the upgrade is, again: after the user has signed in, or to wait for the device no longer. */
    refresh(): void;
}
export declare const FIRST_STATE: UpgradeState;
export declare function createUpgradeStates(client: FirmwareClient, device: DeviceNames): UpgradeStates;
