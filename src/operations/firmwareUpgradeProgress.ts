// Subscription.firmwareUpgradeProgress: one device's upgrade, from now to its end.

import { Args, Ctx, Field, ObjectType, Resolver, Subscription } from 'type-graphql';
import type { Context, LiveEvent, LiveFeed } from '../context/context';
import { badUserInput, Device, DeviceArgs, deviceOrFault } from '../graph/device';

@ObjectType({
  simpleResolvers: true,
  description: `One event: a device whose upgrade is news. Any field of the device may be selected; \`firmwareUpgrade\` is the one that is followed.
It never goes back: of what a replica of the platform shows that lags behind, nothing is told, unless that has stood for 30 seconds.`,
})
export class FirmwareUpgradeProgress {
  @Field(() => Device, { description: 'The device. Caches keep it under its `id`.' })
  readonly device: Device;

  constructor({ device }: LiveEvent) {
    this.device = device;
  }
}

/** type-graphql wants to know where events come from; resolveDirectly makes the method itself the source. */
export const OF_ITS_METHOD = {
  subscribe: () => {
    throw new Error('expected to be resolved directly');
  },
};

@Resolver()
export class ProgressOfOne {
  @Subscription(() => FirmwareUpgradeProgress, {
    ...OF_ITS_METHOD,
    description: `One device's upgrade: as it stands at once, then every change; completes by itself after its end (\`isFinal\`), after \`NONE\`, and after an error whose
\`nextStep\` is neither \`RETRY\` nor \`WAIT_FOR_DEVICE\`.

Source: AppDescribeFirmwareUpdateStatus, https://cloud.tencent.com/document/product/1081/47128, asked for all who follow the same device.`,
  })
  firmwareUpgradeProgress(
    @Args(() => DeviceArgs) { productId, deviceName }: DeviceArgs,
    @Ctx() context: Context,
  ): LiveFeed {
    const device = deviceOrFault(productId, deviceName);
    if (typeof device === 'string') throw badUserInput(device);
    return context.watch([device]);
  }
}
