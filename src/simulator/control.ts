// The switches by which trouble is played for a user, and taken away again. To set what is set already changes nothing.

import type { Devices } from './devices';
import { type Home, visitHome } from './home';
import type { Trouble, Troubles } from './troubles';
import { userOf } from './troubles';

export interface ControlState extends Trouble {
  /** The devices that this user took off the network (false), or brought back (true), by id. */
  devices: Record<string, boolean>;
}

export type ControlChanges = Partial<ControlState>;

export interface Control {
  of(token: string): ControlState;
  /** @throws Refusal `ResourceNotFound` if there is no such device; nothing is changed */
  change(token: string, changes: ControlChanges): ControlState;
  /** No trouble, and every device of the user's as at the beginning. */
  reset(token: string): ControlState;
}

export interface ControlOptions {
  devices: Devices;
  troubles: Troubles;
  home: () => Home;
}

const USERS_LIMIT = 1000;
/** Switched devices of a user that are shown, and forgotten by a reset. */
const SWITCHED_LIMIT = 100;

export function createControl({ devices, troubles, home }: ControlOptions): Control {
  const switched = new Map<string, Map<string, boolean>>();

  const of = (token: string): ControlState => ({
    ...troubles.of(token),
    devices: Object.fromEntries(switched.get(userOf(token)) ?? []),
  });

  function switchAll(user: string, states: Record<string, boolean>): void {
    const found = Object.entries(states).map(([id, isOnline]) => {
      const [productId = '', name = ''] = id.split('/', 2);
      return { device: devices.find(productId, name), isOnline };
    });
    const own = switched.get(user) ?? new Map<string, boolean>();
    for (const { device, isOnline } of found) {
      devices.connect(device, isOnline);
      own.set(device.id, isOnline);
      if (own.size > SWITCHED_LIMIT) own.delete(own.keys().next().value!);
    }
    switched.set(user, own);
    if (switched.size > USERS_LIMIT) switched.delete(switched.keys().next().value!);
  }

  return {
    of,
    change: (token, { devices: states, ...changes }) => {
      if (states !== undefined) switchAll(userOf(token), states);
      troubles.change(token, changes);
      return of(token);
    },
    reset: (token) => {
      const { families, shared } = visitHome(token) ?? home();
      const own = [...families.flatMap((family) => family.devices), ...shared];
      const ids = own.map(({ productId, name }) => `${productId}/${name}`);
      for (const id of [...ids, ...(switched.get(userOf(token))?.keys() ?? [])]) devices.forget(id);
      switched.delete(userOf(token));
      troubles.reset(token);
      return of(token);
    },
  };
}
