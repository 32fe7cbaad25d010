// Subscription.firmwareUpgradesProgress: many devices' upgrades in one stream.

import { Args, ArgsType, Ctx, Field, ID, Resolver, Subscription } from 'type-graphql';
import type { Context, LiveFeed } from '../context/context';
import { badUserInput, type Device, deviceOrFaultFromId } from '../graph/device';
import { DEVICES_LIMIT } from './devices';
import { FirmwareUpgradeProgress, OF_ITS_METHOD } from './firmwareUpgradeProgress';

@ArgsType()
class FollowedDevicesArgs {
  @Field(() => [ID], { description: `1 to ${DEVICES_LIMIT} device ids, each \`<ProductId>/<DeviceName>\`.` })
  ids!: string[];
}

@Resolver()
export class ProgressOfMany {
  @Subscription(() => FirmwareUpgradeProgress, {
    ...OF_ITS_METHOD,
    description: `Several devices' upgrades in one stream: first each as it stands, then whichever has changed. It completes once nothing can follow for any of them.
A confirm of the same user opens a device again that had ended.`,
  })
  firmwareUpgradesProgress(
    @Args(() => FollowedDevicesArgs) { ids }: FollowedDevicesArgs,
    @Ctx() context: Context,
  ): LiveFeed {
    if (ids.length === 0 || ids.length > DEVICES_LIMIT)
      throw badUserInput(`ids is expected to hold 1 to ${DEVICES_LIMIT} device ids, and holds ${ids.length}.`);
    const devices = new Map<string, Device>();
    for (const id of ids) {
      const device = deviceOrFaultFromId(id);
      if (typeof device === 'string') throw badUserInput(device);
      devices.set(device.id, device);
    }
    return context.watch([...devices.values()]);
  }
}
