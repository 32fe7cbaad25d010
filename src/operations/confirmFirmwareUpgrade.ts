// Mutation.confirmFirmwareUpgrade: the user agrees, the platform is told, and the end is told as data.

import { Args, ArgsType, Ctx, createUnionType, Field, ID, Mutation, ObjectType, Resolver } from 'type-graphql';
import type { Codec } from '../confirms/confirms';
import type { Context } from '../context/context';
import { Device, DeviceArgs, deviceFrom, deviceFromId } from '../graph/device';
import { type ConfirmError, confirmErrorFrom, confirmErrorTypes } from '../graph/errors';
import type { ErrorFields } from '../graph/errorTypes';
import { TokenApiNextStep } from '../graph/nextStep';
import type { Action } from '../tokenapi/action';

/** Asks the cloud to message the device. An accepted one says nothing of the device. @see https://cloud.tencent.com/document/product/1081/47131 */
const publishFirmwareUpdateMessage: Action<{ ProductId: string; DeviceName: string }, undefined> = {
  name: 'AppPublishFirmwareUpdateMessage',
  writes: true,
  payloadFrom: () => undefined,
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
    'The answer to `confirmFirmwareUpgrade`. Select `__typename`, then `... on TokenApiError`, then the types you treat specially: a member added later still reaches you through the interface.',
  types: () => [ConfirmFirmwareUpgradeSuccess, ...confirmErrorTypes] as const,
});

type Answer = ConfirmFirmwareUpgradeSuccess | ConfirmError;

/** An answer as it is remembered under an idempotency key: the device is the key's. */
type Told = { type: string; requestId: string } & Partial<ErrorFields>;

@ArgsType()
class ConfirmArgs extends DeviceArgs {
  @Field(() => String, {
    nullable: true,
    description: `1 to 255 visible ASCII characters, the same for every repeat of one press of the button: a confirm that may have started something is answered again
and not sent again, for 24 hours, to the same token. Any other answer frees the key. The same as the header \`Idempotency-Key\`, which some routers drop; if both come, they must agree.`,
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
  ): Answer | Promise<Answer> {
    const device = new Device(productId, deviceName);
    let deviceId: string | undefined;
    try {
      deviceId = deviceFrom(productId, deviceName).id;
      const press = context.pressOn(deviceId, idempotencyKey);
      const send = (abandoned: () => boolean) => answerOf(device, context, abandoned, press.startedAt);
      return context.confirms.once(press, send, codec).then(
        ({ answer, by }) => told(context, deviceId, answer, by),
        (cause) => refused(context, deviceId, device, cause),
      );
    } catch (cause) {
      return refused(context, deviceId, device, cause);
    }
  }
}

function told(context: Context, deviceId: string | undefined, answer: Answer, by: string): Answer {
  context.confirmEnded(deviceId, answer.constructor.name, by, answer.requestId);
  return answer;
}

const refused = (context: Context, deviceId: string | undefined, device: Device, cause: unknown): Answer =>
  told(context, deviceId, confirmErrorFrom(context.attributed(cause), device), 'refused');

/** The one call, and its end as data: the promise is never rejected. */
function answerOf(device: Device, context: Context, abandoned: () => boolean, startedAt: number): Promise<Answer> {
  const parameters = { ProductId: device.productId, DeviceName: device.deviceName };
  return context.write(publishFirmwareUpdateMessage, parameters, abandoned, startedAt).then(
    ({ requestId }) => new ConfirmFirmwareUpgradeSuccess(requestId, device),
    (cause) => confirmErrorFrom(context.attributed(cause), device),
  );
}

const codec: Codec<Answer, Told> = {
  /** Accepted, or nobody can say that it was not. */
  mayHaveStarted: (answer) =>
    answer instanceof ConfirmFirmwareUpgradeSuccess || answer.nextStep === TokenApiNextStep.CHECK_STATUS,
  recordFrom: (answer) => ({ ...answer, type: answer.constructor.name, device: undefined }),
  answerFrom({ type, ...fields }, deviceId) {
    const device = deviceFromId(deviceId);
    const errorType = confirmErrorTypes.find(({ name }) => name === type);
    return errorType
      ? new errorType(fields as ErrorFields, device)
      : new ConfirmFirmwareUpgradeSuccess(fields.requestId, device);
  },
};
