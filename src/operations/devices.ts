// Query.devices: many devices by id, in one go.

import type { GraphQLError } from 'graphql';
import { Args, ArgsType, Field, ID, Query, Resolver } from 'type-graphql';
import { badUserInput, Device, deviceFromId, deviceOrError } from '../graph/device';

export const DEVICES_LIMIT = 100;

@ArgsType()
class DevicesArgs {
  @Field(() => [ID], { description: `At most ${DEVICES_LIMIT} device ids, each \`<ProductId>/<DeviceName>\`.` })
  ids!: string[];
}

@Resolver()
export class DevicesByIds {
  @Query(() => [Device], {
    nullable: 'itemsAndList',
    description: `Devices by id, in the order of \`ids\` and as many: null, with an entry in \`errors\`, at the place of an id that cannot name a device.
Makes no call by itself; the fields of all of them are read together.`,
  })
  devices(@Args(() => DevicesArgs) { ids }: DevicesArgs): (Device | GraphQLError)[] {
    if (ids.length > DEVICES_LIMIT)
      throw badUserInput(`ids is expected to hold at most ${DEVICES_LIMIT} device ids, and holds ${ids.length}.`);
    return ids.map((id) => deviceOrError(() => deviceFromId(id)));
  }
}
