// Device.firmware: what is installed and what is offered. Ask this before asking the user.

import { Ctx, createUnionType, Field, FieldResolver, ObjectType, Resolver, Root } from 'type-graphql';
import { z } from 'zod';
import type { Context } from '../context/context';
import { Device } from '../graph/device';
import { type ReadError, readErrorFrom, readErrorTypes } from '../graph/errors';
import type { Action } from '../tokenapi/action';
import { version } from '../tokenapi/fields';

const payload = z.object({ CurrentVersion: version, DstVersion: version });

/** Either version may be empty or absent. @see https://cloud.tencent.com/document/product/1081/47129 */
const checkFirmwareUpdate: Action<{ ProductId: string; DeviceName: string }, z.output<typeof payload>> = {
  name: 'AppCheckFirmwareUpdate',
  writes: false,
  parse: (fields) => payload.parse(fields),
};

@ObjectType({
  simpleResolvers: true,
  description: `What is installed on the device and what the platform offers it.
Versions are opaque: compare them for equality, never by order. An offer may be an older version.`,
})
export class DeviceFirmware {
  @Field(() => String, {
    nullable: true,
    description: 'The version that the device last reported. Null if it has reported none.',
  })
  readonly currentVersion: string | null;

  @Field(() => String, {
    nullable: true,
    description:
      'The version that a confirm would install. Null if none is offered. Keep it: it is what `FirmwareUpgrade.toVersion` must show.',
  })
  readonly targetVersion: string | null;

  @Field(() => Boolean, { description: 'True if `targetVersion` is there and differs from `currentVersion`.' })
  readonly updateAvailable: boolean;

  /** Whose firmware it is: the release is the product's. */
  readonly productId: string;

  constructor(productId: string, currentVersion: string | undefined, targetVersion: string | undefined) {
    this.productId = productId;
    this.currentVersion = currentVersion ?? null;
    this.targetVersion = targetVersion ?? null;
    this.updateAvailable = targetVersion !== undefined && targetVersion !== currentVersion;
  }
}

const DeviceFirmwareResult = createUnionType({
  name: 'DeviceFirmwareResult',
  description:
    'What is installed and offered, or why that could not be read. The nine errors are the same for every read.',
  types: () => [DeviceFirmware, ...readErrorTypes] as const,
});

@Resolver(() => Device)
export class FirmwareOfDevice {
  @FieldResolver(() => DeviceFirmwareResult, {
    nullable: true,
    description: `What is installed and what is offered: ask this before asking the user to confirm.

Source: AppCheckFirmwareUpdate, https://cloud.tencent.com/document/product/1081/47129`,
  })
  async firmware(
    @Root() { productId, deviceName }: Device,
    @Ctx() context: Context,
  ): Promise<DeviceFirmware | ReadError> {
    try {
      const versions = await context.read(checkFirmwareUpdate, { ProductId: productId, DeviceName: deviceName });
      return new DeviceFirmware(productId, versions.CurrentVersion, versions.DstVersion);
    } catch (cause) {
      return readErrorFrom(cause);
    }
  }
}
