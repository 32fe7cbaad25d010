// Mutation.confirmFirmwareUpgrade: the user agrees, the platform gets the order, and the app gets the end of it as data. How it is
// sent at most once is the business of confirms/.

import { Args, ArgsType, Ctx, createUnionType, Field, ID, Mutation, ObjectType, Resolver } from 'type-graphql';
import type { Context } from '../context/context';
import { Device, DeviceArgs } from '../graph/device';
import { type ConfirmError, confirmErrorTypes } from '../graph/errors';
import { TokenApiError } from '../graph/errorTypes';
import type { Action } from '../tokenapi/action';

/** Asks the cloud to message the device. An accepted one says nothing of the device. @see https://cloud.tencent.com/document/product/1081/47131 */
const publishFirmwareUpdateMessage: Action<{ ProductId: string; DeviceName: string }, undefined> = {
  name: 'AppPublishFirmwareUpdateMessage',
  writes: true,
  parse: () => undefined,
};

@ObjectType({
  simpleResolvers: true,
  description: 'The platform took the order and will message the device. The device has not been upgraded yet.',
})
export class ConfirmFirmwareUpgradeSuccess {
  @Field(() => ID, {
    description: "The RequestId that was sent and echoed: what to quote to the platform's support.",
  })
  readonly requestId: string;

  @Field(() => Device, { description: 'The device. Its fields are read after the confirm, never from before it.' })
  readonly device: Device;

  constructor(requestId: string, device: Device) {
    this.requestId = requestId;
    this.device = device;
  }
}

export const ConfirmFirmwareUpgradeResult = createUnionType({
  name: 'ConfirmFirmwareUpgradeResult',
  description:
    'The answer to `confirmFirmwareUpgrade`, and of `confirmFirmwareUpgrades` for each device. Select `__typename`, then `... on TokenApiError`, then the types you treat specially: a member added later still reaches you through the interface.',
  types: () => [ConfirmFirmwareUpgradeSuccess, ...confirmErrorTypes] as const,
});

@ArgsType()
class ConfirmArgs extends DeviceArgs {
  @Field(() => String, {
    nullable: true,
    description: `1 to 255 visible ASCII characters, the same for every repeat of one press of the button: a confirm that may have started something is answered again
and not sent again, for 24 hours, to the same user and for the same device (a user is a token, unless a router in front names users); for another device the same key is another key.
Any other answer frees the key. The same as the header \`Idempotency-Key\`, which some routers drop; if both come, they must agree.`,
  })
  idempotencyKey?: string | null;
}

@Resolver()
export class ConfirmFirmwareUpgrade {
  @Mutation(() => ConfirmFirmwareUpgradeResult, {
    description: `The signed-in user agrees: tell the platform to send the offered firmware to the device.

Success means that the platform took the order, never that the device is upgraded: follow \`Device.firmwareUpgrade\`.
Sent upstream at most once. If this field is absent from the answer (an entry in \`errors\`, a timeout, a cut connection), treat it as \`FirmwareUpgradeOutcomeUnknownError\`.

Source: AppPublishFirmwareUpdateMessage, https://cloud.tencent.com/document/product/1081/47131`,
  })
  confirmFirmwareUpgrade(
    @Args(() => ConfirmArgs) { productId, deviceName, idempotencyKey }: ConfirmArgs,
    @Ctx() context: Context,
  ): Promise<ConfirmFirmwareUpgradeSuccess | ConfirmError> {
    const press = pressOf(new Device(productId, deviceName), idempotencyKey);
    return context.confirm(press).then((answer) => resultOf(answer, press.device));
  }
}

export const pressOf = (device: Device, idempotencyKey: string | null | undefined, fault?: string) => ({
  action: publishFirmwareUpdateMessage,
  parameters: { ProductId: device.productId, DeviceName: device.deviceName },
  device,
  fault,
  idempotencyKey,
});

type ConfirmAnswer = Awaited<ReturnType<Context['confirm']>>;

export const resultOf = (answer: ConfirmAnswer, device: Device): ConfirmFirmwareUpgradeSuccess | ConfirmError =>
  answer instanceof TokenApiError ? answer : new ConfirmFirmwareUpgradeSuccess(answer.requestId, device);
