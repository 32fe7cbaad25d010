// Query.device: a device by its two names.

import type { GraphQLError } from 'graphql';
import { Args, Query, Resolver } from 'type-graphql';
import { badUserInput, Device, DeviceArgs, deviceOrFault } from '../graph/device';

@Resolver()
export class DeviceByNames {
  @Query(() => Device, {
    nullable: true,
    description: `A device by its two names. Makes no call by itself and does not check that the device exists: its fields do, each for itself.
Null, with an entry in \`errors\`, only where an argument cannot name a device.`,
  })
  device(@Args(() => DeviceArgs) { productId, deviceName }: DeviceArgs): Device | GraphQLError {
    const device = deviceOrFault(productId, deviceName);
    return typeof device === 'string' ? badUserInput(device) : device;
  }
}
