// Query._entities: devices as other subgraphs name them, by either key; one unusable representation spoils no other.

import { badUserInput, Device, deviceFrom, deviceFromId, devicesFrom } from '../graph/device';
import { InvalidArgument } from '../tokenapi/errors';

export const REPRESENTATIONS_LIMIT = 1000;

export function entitiesFrom(representations: readonly unknown[]): ReturnType<typeof devicesFrom> {
  if (representations.length > REPRESENTATIONS_LIMIT)
    throw badUserInput(
      `representations is expected to hold at most ${REPRESENTATIONS_LIMIT}, and holds ${representations.length}.`,
    );
  return devicesFrom(representations, entityFrom);
}

/** @throws InvalidArgument if the representation names no device */
function entityFrom(representation: unknown): Device {
  const { __typename, id, productId, deviceName } = Object(representation) as Record<string, unknown>;
  if (__typename !== Device.name) throw new InvalidArgument('A representation is expected to be of a Device.');
  if (id === undefined) return deviceFrom(productId, deviceName);
  const device = deviceFromId(id);
  const agrees = (name: unknown, own: string) => name === undefined || name === own;
  if (!agrees(productId, device.productId) || !agrees(deviceName, device.deviceName))
    throw new InvalidArgument('The keys of a representation are expected to name one device.');
  return device;
}
