// What single fields cost: the table that the plans and the limits of an operation's cost are made from.

import { DEVICES_LIMIT } from '../operations/devices';
import { REPRESENTATIONS_LIMIT } from '../operations/entities';
import { MY_DEVICES_LIMIT } from '../operations/myDevices';
import { upstreamCalls } from './schema';

interface List {
  /** The argument of the field that holds the items, or says how many there are at most. */
  argument: string;
  limit: number;
  /** Without the argument, there are so many. */
  byDefault?: number;
  /** The field beneath, if the list is not the field's own value. */
  beneath?: string;
}

/** Lists, whose size an argument says. A longer one is refused by the field itself, before anything is done for an item of it. */
export const lists: Readonly<Record<string, List>> = {
  'Query.devices': { argument: 'ids', limit: DEVICES_LIMIT },
  'Query._entities': { argument: 'representations', limit: REPRESENTATIONS_LIMIT },
  'Query.myDevices': {
    argument: 'first',
    limit: MY_DEVICES_LIMIT,
    byDefault: MY_DEVICES_LIMIT,
    beneath: 'MyDevicePage.devices',
  },
};

/** Fields that count as several, by their longest value: a field's text has 500 characters, release notes have 20,000. */
const weights: Readonly<Record<string, number>> = { 'FirmwareRelease.notes': 40, '_Service.sdl': 40 };

/** Of 500 characters, each escaped, and what stands around a field in JSON. */
const BYTES_OF_A_FIELD = 500 * 6 + 50;

export const costOf = (label: string): number => weights[label] ?? 1;

/** What introspection answers has the schema's size: it is measured, and not estimated. */
export const bytesOf = (label: string): number =>
  label === 'Query.__schema' || label === 'Query.__type' ? Number.POSITIVE_INFINITY : costOf(label) * BYTES_OF_A_FIELD;

export const isCalling = (label: string): boolean => Object.hasOwn(upstreamCalls, label);
