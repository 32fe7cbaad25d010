// Query.devices: many devices by id, in one go.

import type { GraphQLResolveInfo } from 'graphql';
import { Args, ArgsType, Ctx, Field, ID, Info, Query, Resolver } from 'type-graphql';
import type { Context } from '../context/context';
import { badUserInput, Device, deviceOrFaultFromId, devicesFrom } from '../graph/device';
import { withConnectivity } from './connectivity';

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
  devices(
    @Args(() => DevicesArgs) { ids }: DevicesArgs,
    @Ctx() context: Context,
    @Info() info: GraphQLResolveInfo,
  ): ReturnType<typeof withConnectivity> {
    if (ids.length > DEVICES_LIMIT)
      throw badUserInput(`ids is expected to hold at most ${DEVICES_LIMIT} device ids, and holds ${ids.length}.`);
    return withConnectivity(devicesFrom(ids.map((id) => deviceOrFaultFromId(id))), context, info);
  }
}
