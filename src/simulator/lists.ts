// The three lists of a user's devices, a page at a time: what the platform's pages say of them is demanded, and no more is given.

import { type Home, isInRoom, rowOfDevice, rowOfFamily, rowOfShared } from './home';
import { Refusal, refusalNamedBy } from './refusals';

type Body = Record<string, unknown>;
type List = (body: Body, home: Home) => Body;

const FAMILY_LIMIT = 50;
const SHARED_LIMIT = 100;
const SHARED_OFFSET_LIMIT = 500;

function wholeNumber(body: Body, key: string, least: number, most: number): number {
  const value = body[key];
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= least && value <= most) return value;
  throw new Refusal('InvalidParameterValue', `参数取值错误: ${key} takes ${least} to ${most}.`);
}

/** @param isText whether the platform tells the total as a text this time */
function pageOf(
  rows: readonly object[],
  name: string,
  body: Body,
  limit: number,
  lastOffset: number,
  isText: boolean,
): Body {
  const offset = wholeNumber(body, 'Offset', 0, lastOffset);
  const page = rows.slice(offset, offset + wholeNumber(body, 'Limit', 1, limit));
  return { [name]: page, Total: isText ? String(rows.length) : rows.length };
}

export function createLists(): Record<string, List> {
  let answers = 0;
  /** `Total` comes as a number and as a text by turns. */
  const isText = () => ++answers % 2 === 0;

  return {
    AppGetFamilyList: (body, { families }) =>
      pageOf(families.map(rowOfFamily), 'FamilyList', body, FAMILY_LIMIT, Number.MAX_SAFE_INTEGER, isText()),

    AppGetFamilyDeviceList: (body, { families }) => {
      const { FamilyId, RoomId } = body;
      if (typeof RoomId !== 'string') throw new Refusal('InvalidParameterValue', '参数取值错误: RoomId is missing.');
      const family = families.find(({ id }) => id === FamilyId);
      // A guess: what is not the user's is refused as what is not there.
      if (family === undefined) throw new Refusal('InvalidParameterValue', '参数取值错误: FamilyId');
      const refusal = refusalNamedBy(family.id);
      if (refusal !== undefined) throw refusal;
      const rows = family.devices.filter((device) => isInRoom(RoomId, device)).map(rowOfDevice);
      return pageOf(rows, 'DeviceList', body, FAMILY_LIMIT, Number.MAX_SAFE_INTEGER, isText());
    },

    AppListUserShareDevices: (body, { shared }) =>
      pageOf(shared.map(rowOfShared), 'ShareDevices', body, SHARED_LIMIT, SHARED_OFFSET_LIMIT, isText()),
  };
}
