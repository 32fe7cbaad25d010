// Query.myDevices: the devices of the signed-in user, a page at a time. A page comes from one list, a family's or the shared one.

import { Args, ArgsType, Ctx, createUnionType, Field, Int, ObjectType, Query, Resolver } from 'type-graphql';
import type { Context } from '../context/context';
import { Device } from '../graph/device';
import { type ReadError, readErrorFrom, readErrorTypes } from '../graph/errors';
import { InvalidArgument } from '../tokenapi/errors';
import {
  FAMILY_PAGE_LIMIT,
  type Family,
  getFamilyDeviceList,
  getFamilyList,
  type Listed,
  type ListedDevice,
  listUserShareDevices,
} from './deviceLists';
import { cursorFrom, FAMILIES_LIMIT, markOf, type Place, placeFrom, SHARED_START, START } from './myDevicesCursor';

export const MY_DEVICES_LIMIT = 50;
/** Two for the families, of which one call brings more than the platform allows a user today, and one for devices. */
export const CALLS_OF_A_PAGE = 3;

@ArgsType()
class MyDevicesArgs {
  @Field(() => Int, {
    defaultValue: MY_DEVICES_LIMIT,
    description: `1 to ${MY_DEVICES_LIMIT}: the page holds no more, and may hold fewer or none although others follow.`,
  })
  first!: number;

  @Field(() => String, { nullable: true, description: 'The `nextCursor` of the page before.' })
  after?: string | null;
}

@ObjectType({ simpleResolvers: true, description: "A device as it stands in the user's list." })
class MyDevice {
  @Field(() => Device, { description: 'The device, of which any field may be selected.' })
  readonly device: Device;

  @Field(() => String, { nullable: true, description: "The user's own name for it." })
  readonly alias: string | null;

  @Field(() => String, { nullable: true, description: 'Null of a shared device.' })
  readonly familyId: string | null;

  @Field(() => String, { nullable: true, description: 'Null of a shared device.' })
  readonly familyName: string | null;

  @Field(() => Boolean, {
    description: 'True if another user shares it with this one. The platform refuses a confirm of it.',
  })
  readonly isShared: boolean;

  constructor({ device, alias }: ListedDevice, family: Family | undefined) {
    this.device = device;
    this.alias = alias;
    this.familyId = family?.id ?? null;
    this.familyName = family?.name ?? null;
    this.isShared = family === undefined;
  }
}

@ObjectType({
  simpleResolvers: true,
  description: `Some of the user's devices.

It comes from one list, a family's or the shared one, so it may hold fewer than \`first\`, even none: read on until \`nextCursor\` is null.`,
})
class MyDevicePage {
  @Field(() => [MyDevice], { description: "In the platform's order, each once in a page." })
  readonly devices: MyDevice[];

  @Field(() => String, { nullable: true, description: 'For `after`; null on the last page.' })
  readonly nextCursor: string | null;

  @Field(() => Int, { nullable: true, description: 'Null if not known without reading on.' })
  readonly totalCount: number | null;

  constructor(devices: readonly ListedDevice[], family?: Family, next?: Place, total?: number) {
    this.devices = devices.map((device) => new MyDevice(device, family));
    this.nextCursor = next ? cursorFrom(next) : null;
    this.totalCount = total ?? null;
  }
}

const MyDevicesResult = createUnionType({
  name: 'MyDevicesResult',
  description: 'A page of devices, or why it could not be read. The nine errors are the same for every read.',
  types: () => [MyDevicePage, ...readErrorTypes] as const,
});

@Resolver()
export class MyDevices {
  @Query(() => MyDevicesResult, {
    nullable: true,
    description: `The signed-in user's devices, of every family and shared ones, a page at a time.

Source, at most ${CALLS_OF_A_PAGE} calls a page: AppGetFamilyList, https://cloud.tencent.com/document/product/1081/40811;
AppGetFamilyDeviceList, https://cloud.tencent.com/document/product/1081/40803; AppListUserShareDevices, https://cloud.tencent.com/document/product/1081/48189`,
  })
  async myDevices(
    @Args(() => MyDevicesArgs) { first, after }: MyDevicesArgs,
    @Ctx() context: Context,
  ): Promise<MyDevicePage | ReadError> {
    try {
      if (first < 1 || first > MY_DEVICES_LIMIT)
        throw new InvalidArgument(`first is expected to be 1 to ${MY_DEVICES_LIMIT}.`);
      return await pageAt(typeof after === 'string' ? placeFrom(after) : START, first, context);
    } catch (cause) {
      return readErrorFrom(cause);
    }
  }
}

/** @throws a TokenApiFailure */
async function pageAt(place: Place, first: number, context: Context): Promise<MyDevicePage> {
  if (place.list === 'shared') return sharedPageAt(place.offset, first, context);
  const { entries: families, total } = await familiesOf(context);
  const current = place.offset > 0 ? families.find(({ id }) => markOf(id) === place.begun.at(-1)) : undefined;
  const family = current ?? notBegun(families, place.begun);
  if (!family) return sharedPageAt(0, first, context, families.length === 0 && !total);
  const begun = current ? place.begun : [...place.begun, markOf(family.id)];
  const part = { Offset: current ? place.offset : 0, Limit: first };
  const { entries, next } = await context.read(getFamilyDeviceList, { FamilyId: family.id, RoomId: '', ...part });
  const isLast = next === undefined && !notBegun(families, begun);
  return new MyDevicePage(entries, family, isLast ? SHARED_START : { list: 'families', offset: next ?? 0, begun });
}

/** @param isAll whether the user has no other devices */
async function sharedPageAt(offset: number, first: number, context: Context, isAll = false): Promise<MyDevicePage> {
  const { entries, next, total } = await context.read(listUserShareDevices, { Offset: offset, Limit: first });
  const following = next === undefined ? undefined : { ...SHARED_START, offset: next };
  return new MyDevicePage(entries, undefined, following, isAll ? total : undefined);
}

const notBegun = (families: readonly Family[], begun: readonly string[]): Family | undefined =>
  begun.length < FAMILIES_LIMIT ? families.find(({ id }) => !begun.includes(markOf(id))) : undefined;

/** All families of the user, in the platform's order. */
async function familiesOf(context: Context): Promise<Listed<Family>> {
  const page = await context.read(getFamilyList, { Offset: 0, Limit: FAMILY_PAGE_LIMIT });
  if (page.next === undefined) return page;
  const Limit = Math.min(FAMILY_PAGE_LIMIT, FAMILIES_LIMIT - page.next);
  const { entries } = await context.read(getFamilyList, { Offset: page.next, Limit });
  return { ...page, entries: [...page.entries, ...entries] };
}
