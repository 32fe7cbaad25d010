// For React: one hook for the upgrade of one device.

import {
  createContext,
  createElement,
  type ReactElement,
  type ReactNode,
  useContext,
  useMemo,
  useSyncExternalStore,
} from 'react';
import type { FirmwareClient } from './client.js';
import type { DeviceNames } from './types.js';
import { createUpgradeStates, FIRST_STATE, type UpgradeState, type UpgradeStates } from './upgradeStates.js';

export type { UpgradeState, UpgradeStateName } from './upgradeStates.js';

const Client = createContext<FirmwareClient | undefined>(undefined);

/** Gives its children the client. */
export const FirmwareClientProvider = (props: { client: FirmwareClient; children?: ReactNode }): ReactElement =>
  createElement(Client.Provider, { value: props.client }, props.children);

export type UseFirmwareUpgrade = UpgradeState & Pick<UpgradeStates, 'press' | 'refresh'>;

/**
 * Reads what is offered, and follows what runs, as long as the component is mounted. On a server, it is the first state.
 *
 * @param client absent: the provider's
 * @throws Error where there is neither
 */
export function useFirmwareUpgrade(device: DeviceNames, client?: FirmwareClient): UseFirmwareUpgrade {
  const provided = useContext(Client);
  const used = client ?? provided;
  if (used === undefined) throw new Error('useFirmwareUpgrade needs a client, or a FirmwareClientProvider around it.');
  const { productId, deviceName } = device;
  const states = useMemo(() => createUpgradeStates(used, { productId, deviceName }), [used, productId, deviceName]);
  const state = useSyncExternalStore(states.subscribe, states.get, () => FIRST_STATE);
  return { ...state, press: states.press, refresh: states.refresh };
}
