// Query._entities: devices as other subgraphs name them, by either key; one unusable representation spoils no other.

import { badUserInput, Device, deviceOrFault, deviceOrFaultFromId, devicesFrom } from '../graph/device';

export const REPRESENTATIONS_LIMIT = 1000;

export function entitiesFrom(representations: readonly unknown[]): ReturnType<typeof devicesFrom> {
  if (representations.length > REPRESENTATIONS_LIMIT)
    throw badUserInput(
      `representations is expected to hold at most ${REPRESENTATIONS_LIMIT}, and holds ${representations.length}.`,
    );
  return devicesFrom(representations.map(entityFrom));
}

function entityFrom(representation: unknown): ReturnType<typeof deviceOrFault> {
  const { __typename, id, productId, deviceName } = Object(representation) as Record<string, unknown>;
  if (__typename !== Device.name) return 'A representation is expected to be of a Device.';
  if (id === undefined) return deviceOrFault(productId, deviceName);
  const device = deviceOrFaultFromId(id);
  const agrees = (name: unknown, own: string) => name === undefined || name === own;
  if (device instanceof Device && !(agrees(productId, device.productId) && agrees(deviceName, device.deviceName)))
    return 'The keys of a representation are expected to name one device.';
  return device;
}
