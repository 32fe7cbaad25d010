import { type ReactElement, type ReactNode } from 'react';
import type { FirmwareClient } from './client.js';
import type { DeviceNames } from './types.js';
import { type UpgradeState, type UpgradeStates } from './upgradeStates.js';
export type { UpgradeState, UpgradeStateName } from './upgradeStates.js';
/** Gives its children the client. */
export declare const FirmwareClientProvider: (props: {
    client: FirmwareClient;
    children?: ReactNode;
}) => ReactElement;
export type UseFirmwareUpgrade = UpgradeState & Pick<UpgradeStates, 'press' | 'refresh'>;
/**
 * Reads what is offered, and follows what runs, as long as the component is mounted. On a server, it is the first state.
 *
 * @param client absent: the provider's
 * @throws Error where there is neither
 */
export declare function useFirmwareUpgrade(device: DeviceNames, client?: FirmwareClient): UseFirmwareUpgrade;
