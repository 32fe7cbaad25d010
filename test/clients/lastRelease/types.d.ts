import type { ConfirmFirmwareUpgradeMutation, DeviceFirmwareQuery, FollowFirmwareUpgradeQuery, TokenApiErrorName, TokenApiNextStep } from './generated/types.js';
export type { DeviceConnectivityState, FirmwareUpgradePhase, TokenApiErrorName, TokenApiNextStep, } from './generated/types.js';
/** Which device is meant. */
export interface DeviceNames {
    readonly productId: string;
    readonly deviceName: string;
}
type Checked = NonNullable<DeviceFirmwareQuery['device']>;
/** Whether the device is connected, or why that could not be read. */
export type ConnectivityResult = NonNullable<Checked['connectivity']>;
/** What is installed and offered, or why that could not be read. */
export type FirmwareResult = NonNullable<Checked['firmware']>;
/** How far the upgrade is, or why that could not be read. */
export type UpgradeResult = NonNullable<NonNullable<FollowFirmwareUpgradeQuery['device']>['firmwareUpgrade']>;
export type Firmware = Extract<FirmwareResult, {
    __typename: 'DeviceFirmware';
}>;
export type Upgrade = Extract<UpgradeResult, {
    __typename: 'FirmwareUpgrade';
}>;
export interface CheckResult {
    readonly connectivity: ConnectivityResult;
    readonly firmware: FirmwareResult;
}
/** What every error has. Those that the client makes by itself have a `code` that begins with `Client.`, and no `requestId`. */
export interface ErrorFields {
    readonly code: string;
    readonly message: string;
    readonly requestId: string;
    readonly nextStep: TokenApiNextStep;
    readonly retryAfterMs: number | null;
}
export type AnyError = ErrorFields & {
    readonly __typename: TokenApiErrorName;
};
export type ConfirmResult = ConfirmFirmwareUpgradeMutation['confirmFirmwareUpgrade'] & {
    /** Only where `nextStep` is CHECK_STATUS: what the upgrade's status showed afterwards. It says whether an upgrade runs. */
    readonly seen?: UpgradeResult;
};
/** Any member of any of the unions: what it says to do next, if it is an error. */
export interface Member {
    readonly __typename: string;
    readonly nextStep?: TokenApiNextStep;
    readonly retryAfterMs?: number | null;
}
