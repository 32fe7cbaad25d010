// DeviceFirmware.release: what the vendor says about the offered version. Never stands in the way of the rest.

import { Ctx, Field, FieldResolver, GraphQLISODateTime, ObjectType, Resolver, Root } from 'type-graphql';
import { z } from 'zod';
import type { Context } from '../context/context';
import type { Action } from '../tokenapi/action';
import { isTokenApiFailure } from '../tokenapi/errors';
import { integer, text } from '../tokenapi/fields';
import { DeviceFirmware } from './firmware';

const NOTES_LIMIT_CHARACTERS = 20_000;

const payload = z.object({
  Name: text(),
  Description: text(NOTES_LIMIT_CHARACTERS),
  Md5sum: text(),
  Createtime: integer,
  FwType: text(),
});

/** `ProductID` is spelled so here alone. @see https://cloud.tencent.com/document/product/1081/100658 */
const describeFirmware: Action<{ ProductID: string; FirmwareVersion: string }, z.output<typeof payload>> = {
  name: 'AppDescribeFirmware',
  writes: false,
  parse: (fields) => payload.parse(fields),
};

@ObjectType({
  simpleResolvers: true,
  description: "What the vendor says about one firmware version. The vendor's text: show it as plain text.",
})
class FirmwareRelease {
  @Field(() => String, { nullable: true, description: "The firmware's name." })
  readonly name: string | null;

  @Field(() => String, { nullable: true, description: "The release notes, in the vendor's language." })
  readonly notes: string | null;

  @Field(() => String, { nullable: true, description: 'The MD5 sum of the firmware file, in hexadecimal.' })
  readonly md5: string | null;

  @Field(() => GraphQLISODateTime, { nullable: true, description: 'When the firmware was uploaded.' })
  readonly createdAt: Date | null;

  @Field(() => String, {
    nullable: true,
    description: "The part of the device that it is for (the platform's FwType), such as `mcu`.",
  })
  readonly module: string | null;

  constructor({ Name, Description, Md5sum, Createtime, FwType }: z.output<typeof payload>) {
    this.name = Name ?? null;
    this.notes = Description ?? null;
    this.md5 = Md5sum ?? null;
    this.createdAt = dateFrom(Createtime);
    this.module = FwType ?? null;
  }
}

@Resolver(() => DeviceFirmware)
export class ReleaseOfFirmware {
  @FieldResolver(() => FirmwareRelease, {
    nullable: true,
    description: `About \`targetVersion\`. One more call, made only if selected. Null if nothing is offered, nothing is written about it, or it could not be read: it never stands in the way of the rest.

Source: AppDescribeFirmware, https://cloud.tencent.com/document/product/1081/100658`,
  })
  async release(
    @Root() { productId, targetVersion }: DeviceFirmware,
    @Ctx() context: Context,
  ): Promise<FirmwareRelease | null> {
    if (targetVersion === null) return null;
    try {
      const written = await context.read(describeFirmware, { ProductID: productId, FirmwareVersion: targetVersion });
      const release = new FirmwareRelease(written);
      return Object.values(release).some((value) => value !== null) ? release : null;
    } catch (cause) {
      if (isTokenApiFailure(cause)) return null;
      throw cause;
    }
  }
}

/** From seconds since 1970. Zero is how the platform says nothing. */
function dateFrom(seconds: number | undefined): Date | null {
  const date = new Date((seconds || Number.NaN) * 1000);
  return Number.isNaN(date.getTime()) ? null : date;
}
