// Mutation.confirmFirmwareUpgrade: the user agrees, the platform is told, and the end is told as data.

import { Args, Ctx, createUnionType, Field, ID, Mutation, ObjectType, Resolver } from 'type-graphql';
import type { Context } from '../context';
import { Device, DeviceArgs, deviceFrom } from '../graph/device';
import { type ConfirmError, confirmErrorFrom, confirmErrorTypes } from '../graph/errors';
import { TokenApiNextStep } from '../graph/nextStep';
import type { Action } from '../tokenapi/action';

/** Asks the cloud to message the device. An accepted one says nothing of the device. @see https://cloud.tencent.com/document/product/1081/47131 */
const publishFirmwareUpdateMessage: Action<{ ProductId: string; DeviceName: string }, undefined> = {
  name: 'AppPublishFirmwareUpdateMessage',
  writes: true,
  payloadFrom: () => undefined,
};

@ObjectType({
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
    'The answer to `confirmFirmwareUpgrade`. Select `__typename`, then `... on TokenApiError`, then the types you treat specially: a member added later still reaches you through the interface.',
  types: () => [ConfirmFirmwareUpgradeSuccess, ...confirmErrorTypes] as const,
});

@Resolver()
export class ConfirmFirmwareUpgrade {
  @Mutation(() => ConfirmFirmwareUpgradeResult, {
    description: `The signed-in user agrees: tell the platform to send the offered firmware to the device.

Success means that the platform took the order, never that the device is upgraded: follow \`Device.firmwareUpgrade\`.
Sent upstream at most once. If this field is absent from the answer (an entry in \`errors\`, a timeout, a cut connection), treat it as \`FirmwareUpgradeOutcomeUnknownError\`.

Source: AppPublishFirmwareUpdateMessage, https://cloud.tencent.com/document/product/1081/47131`,
  })
  async confirmFirmwareUpgrade(
    @Args(() => DeviceArgs) { productId, deviceName }: DeviceArgs,
    @Ctx() context: Context,
  ): Promise<ConfirmFirmwareUpgradeSuccess | ConfirmError> {
    const device = new Device(productId, deviceName);
    const send = async () => {
      try {
        const parameters = { ProductId: productId, DeviceName: deviceName };
        const { requestId } = await context.write(publishFirmwareUpdateMessage, parameters);
        return new ConfirmFirmwareUpgradeSuccess(requestId, device);
      } catch (cause) {
        return confirmErrorFrom(cause, device);
      }
    };
    try {
      deviceFrom(productId, deviceName);
      return await context.confirms.once(context.pressOn(device.id), send, mayHaveStarted);
    } catch (cause) {
      return confirmErrorFrom(cause, device);
    }
  }
}

/** Accepted, or nobody can say that it was not: then the platform's next words may be about what was before. */
const mayHaveStarted = (answer: ConfirmFirmwareUpgradeSuccess | ConfirmError): boolean =>
  answer instanceof ConfirmFirmwareUpgradeSuccess || answer.nextStep === TokenApiNextStep.CHECK_STATUS;
