// The user's devices as the platform lists them: the families, the devices of each, and those that others share. Each is read in pages.

import { z } from 'zod';
import { Device, deviceOrFault, deviceOrFaultFromId } from '../graph/device';
import type { Action } from '../tokenapi/action';
import { integer, text } from '../tokenapi/fields';

/** Families that one call may ask for. */
export const FAMILY_PAGE_LIMIT = 50;
/** A family holds no more devices, so no further one is asked for. */
export const FAMILY_DEVICES_LIMIT = 1000;
/** Of the devices that are shared, the platform takes no larger `Offset`. */
export const SHARED_OFFSET_LIMIT = 500;

/** Which part of a list is asked for. */
interface Part {
  Offset: number;
  Limit: number;
}

/** What came of a list. */
export interface Listed<Entry> {
  /** Those that can be used, each once. */
  readonly entries: readonly Entry[];
  /** The `Offset` of what follows. Undefined: nothing does. */
  readonly next: number | undefined;
  /** What the whole list holds, if the platform says so. */
  readonly total: number | undefined;
}

export interface Family {
  readonly id: string;
  readonly name: string | null;
}

export interface ListedDevice {
  readonly id: string;
  readonly device: Device;
  readonly alias: string | null;
}

const INT_LIMIT = 2 ** 31;
/** It is sent back to the platform, and may be looked for in its list. */
const familyId = z.string().regex(/^[^\s\p{Cc}\p{Cs}]{1,128}$/u);
const name = text();

/** @see https://cloud.tencent.com/document/product/1081/40811 */
export const getFamilyList: Action<Part, Listed<Family>> = {
  name: 'AppGetFamilyList',
  writes: false,
  parse: (fields, part) =>
    listedFrom(fields, 'FamilyList', part, ({ FamilyId, Name }) => {
      const id = familyId.safeParse(FamilyId).data;
      return id === undefined ? undefined : { id, name: name.parse(Name) ?? null };
    }),
};

/** `RoomId` is empty for all rooms. @see https://cloud.tencent.com/document/product/1081/40803 */
export const getFamilyDeviceList: Action<Part & { FamilyId: string; RoomId: string }, Listed<ListedDevice>> = {
  name: 'AppGetFamilyDeviceList',
  writes: false,
  parse: (fields, part) => listedFrom(fields, 'DeviceList', part, deviceFrom, FAMILY_DEVICES_LIMIT - 1),
};

/** @see https://cloud.tencent.com/document/product/1081/48189 */
export const listUserShareDevices: Action<Part, Listed<ListedDevice>> = {
  name: 'AppListUserShareDevices',
  writes: false,
  parse: (fields, part) => listedFrom(fields, 'ShareDevices', part, deviceFrom, SHARED_OFFSET_LIMIT),
};

type Fields = Record<string, unknown>;

/** What cannot name a device is left out: nothing could be asked of it. */
function deviceFrom({ ProductId, DeviceName, DeviceId, AliasName }: Fields): ListedDevice | undefined {
  const device = ProductId && DeviceName ? deviceOrFault(ProductId, DeviceName) : deviceOrFaultFromId(DeviceId);
  return device instanceof Device ? { id: device.id, device, alias: name.parse(AliasName) ?? null } : undefined;
}

/**
 * The list of this name, or nothing in its place: an empty list comes as null, too. The list ends with its `Total`, with a page that
 * holds nothing, since it may have become shorter meanwhile, and beyond the last `Offset`.
 *
 * @throws Error if another value is there
 */
function listedFrom<Entry extends { id: string }>(
  fields: Fields,
  member: string,
  { Offset, Limit }: Part,
  entryFrom: (entry: Fields) => Entry | undefined,
  lastOffset = Number.POSITIVE_INFINITY,
): Listed<Entry> {
  // One page of the documentation shows the fields within `Data`.
  const holder = fields[member] === undefined ? (Object(fields.Data) as Fields) : fields;
  const list = holder[member] ?? [];
  if (!Array.isArray(list)) throw new TypeError(`${member} is no list.`);
  const came = list.slice(0, Limit);
  const entries = came.flatMap((entry) => entryFrom(Object(entry)) ?? []);
  const said = integer.parse(holder.Total);
  const total = said !== undefined && said >= 0 && said < INT_LIMIT ? said : undefined;
  const next = Offset + came.length;
  const isLast = came.length === 0 || next >= (total ?? Number.POSITIVE_INFINITY) || next > lastOffset;
  return {
    entries: [...new Map(entries.map((entry) => [entry.id, entry])).values()],
    next: isLast ? undefined : next,
    total,
  };
}
