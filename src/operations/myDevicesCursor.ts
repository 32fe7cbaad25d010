// Where a reader of the user's devices stands, as a cursor. It holds no name and no id that would be sent to the platform: families
// are known by a few bytes of a hash, and found again in the list that the platform gives to this very user.

import { hash } from 'node:crypto';
import { InvalidArgument } from '../tokenapi/errors';
import { FAMILY_DEVICES_LIMIT, SHARED_OFFSET_LIMIT } from './deviceLists';

/** A longer one is not read. */
export const CURSOR_CHARACTERS = 512;
/** Families of one user whose devices are listed. The platform allows 20, and a cursor has room for so many. */
export const FAMILIES_LIMIT = 90;

export interface Place {
  readonly list: 'families' | 'shared';
  /** Of the devices that follow: in the family that was begun last, or among the shared ones. 0: a new family is to be begun. */
  readonly offset: number;
  /** The families that were begun. They are never begun again, so that reading ends whatever the platform answers. */
  readonly begun: readonly string[];
}

export const START: Place = { list: 'families', offset: 0, begun: [] };
export const SHARED_START: Place = { list: 'shared', offset: 0, begun: [] };

const MARK_BYTES = 4;

export const markOf = (familyId: string): string => hash('sha256', familyId, 'hex').slice(0, 2 * MARK_BYTES);

/** The first byte. */
const FAMILIES = 1;
const SHARED = 2;
const HEAD_BYTES = 3;

export function cursorFrom({ list, offset, begun }: Place): string {
  const head = Buffer.from([list === 'families' ? FAMILIES : SHARED, offset >> 8, offset & 255]);
  return Buffer.concat([head, Buffer.from(begun.join(''), 'hex')]).toString('base64url');
}

/** @throws InvalidArgument if it is none that `cursorFrom` makes */
export function placeFrom(cursor: string): Place {
  const place = cursor.length <= CURSOR_CHARACTERS ? placeIn(Buffer.from(cursor, 'base64url')) : undefined;
  // Node skips what is not base64.
  if (place === undefined || cursorFrom(place) !== cursor)
    throw new InvalidArgument('after is expected to be the nextCursor of an earlier page.');
  return place;
}

function placeIn(bytes: Buffer): Place | undefined {
  if (bytes.length < HEAD_BYTES) return undefined;
  const offset = bytes.readUInt16BE(1);
  const begun = bytes.subarray(HEAD_BYTES).toString('hex').match(/.{8}/g) ?? [];
  if (bytes[0] === SHARED) return offset <= SHARED_OFFSET_LIMIT ? { list: 'shared', offset, begun: [] } : undefined;
  const isPossible = offset < FAMILY_DEVICES_LIMIT && begun.length > 0 && begun.length <= FAMILIES_LIMIT;
  if (bytes[0] !== FAMILIES || !isPossible || new Set(begun).size < begun.length) return undefined;
  return { list: 'families', offset, begun };
}
