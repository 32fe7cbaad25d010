// The sample world as data: products, tokens, devices and firmware. The tests, the demo's banner and the pages name
// these same rows; nothing here knows how they are served.

import type { Course } from './upgrade';

/** Product id → product name. Every product has all the devices below. */
export const PRODUCTS: Readonly<Record<string, string>> = { PRDEMO0001: 'Desk Lamp', PRDEMO0002: 'Floor Lamp' };

export const SAMPLE_PRODUCT_ID = 'PRDEMO0001';

/** Any `demo-token-…` is a user who owns this world, so tests can have as many users as they like; these are the exceptions. */
export const OWNER_TOKEN_PREFIX = 'demo-token-';
/** `demo-token-visit-<number>` has a few lamps of its own; with `.<number>` at its end, it is the same user who has signed in again. */
export const VISIT_TOKEN_PREFIX = 'demo-token-visit-';
export const GUEST_TOKEN_PREFIX = 'demo-token-bob';
export const EXPIRED_TOKEN_WORD = 'expired';

export const SAMPLE_TOKENS = [
  { token: 'demo-token-alice', shows: 'owns every device (and so does any other demo-token-…)' },
  { token: 'demo-token-bob', shows: 'may not touch any of them: InvalidParameterValue.NoPermission' },
  { token: 'demo-token-expired', shows: 'must sign in again: InvalidParameterValue.InvalidAccessToken' },
] as const;

/** What the platform shows of an upgrade that was there before anybody confirmed anything. */
export interface EarlierUpgrade {
  fromVersion: string;
  toVersion: string;
  status: number;
  percent: number;
  errMsg?: string;
}

export interface SampleDevice {
  name: string;
  /** One line for people: what this device is here to show. */
  shows: string;
  /** Absent: the device never reported a version. */
  currentVersion?: string;
  /** Absent: nothing is offered. */
  targetVersion?: string;
  online: 1 | 0 | -1;
  course: Course;
  earlier?: EarlierUpgrade;
  /** Reads are answered, a confirm is refused with this code. */
  confirmRefusal?: string;
  /** The confirm is carried out, and the connection cut before the answer. */
  cutsConfirm?: true;
  /** Its answers about an upgrade never carry `Status`. */
  omitsStatus?: true;
  /** AppGetDeviceStatuses leaves it out. */
  unlisted?: true;
}

const ORDINARY = { currentVersion: '1.0.0', targetVersion: '1.1.0', online: 1, course: 'succeeds' } as const;
const OFFER = { fromVersion: '1.0.0', toVersion: '1.1.0' } as const;

/** `lamp-<number>` is like this one; `error-<Code>`, `hidden-<Code>` and `confirm-error-<Code>` start from it. */
export const ORDINARY_DEVICE: SampleDevice = { name: 'lamp-online', shows: 'upgrades 1.0.0 → 1.1.0', ...ORDINARY };

export const SAMPLE_DEVICES: readonly SampleDevice[] = [
  ORDINARY_DEVICE,
  {
    ...ORDINARY,
    name: 'lamp-awaiting',
    shows: 'waits for the user, then upgrades',
    earlier: { ...OFFER, status: 8, percent: 0 },
  },
  { ...ORDINARY, name: 'lamp-offline', shows: 'is offline: DeviceOffline', online: 0 },
  { ...ORDINARY, name: 'lamp-fails', shows: 'fails while it downloads', course: 'fails' },
  { ...ORDINARY, name: 'lamp-lost', shows: 'goes offline, then times out', course: 'timesOut' },
  { ...ORDINARY, name: 'lamp-gone', shows: 'goes offline and stays so', course: 'vanishes' },
  { ...ORDINARY, name: 'lamp-returns', shows: 'goes offline, comes back, goes on', course: 'returns' },
  {
    ...ORDINARY,
    name: 'lamp-busy',
    shows: 'is downloading already, and for ever',
    earlier: { ...OFFER, status: 3, percent: 42 },
  },
  { ...ORDINARY, name: 'lamp-up-to-date', shows: 'has what is offered', currentVersion: '1.1.0' },
  { name: 'lamp-no-firmware', shows: 'never reported a version', online: 1, course: 'succeeds' },
  {
    ...ORDINARY,
    name: 'lamp-shared',
    shows: 'may be seen, not upgraded: NoPermission',
    confirmRefusal: 'InvalidParameterValue.NoPermission',
  },
  { ...ORDINARY, name: 'lamp-cut-off', shows: 'takes the order; the answer is lost', cutsConfirm: true },
  {
    ...ORDINARY,
    name: 'lamp-done-before',
    shows: 'ended an earlier upgrade well',
    earlier: { fromVersion: '0.9.0', toVersion: '1.0.0', status: 6, percent: 100 },
  },
  {
    ...ORDINARY,
    name: 'lamp-failed-before',
    shows: 'failed an earlier upgrade',
    earlier: { ...OFFER, status: 5, percent: 17, errMsg: 'download interrupted' },
  },
  {
    ...ORDINARY,
    name: 'lamp-rolls-back',
    shows: 'is offered an older version',
    currentVersion: '1.4.0',
    targetVersion: '1.0.0',
  },
  { ...ORDINARY, name: 'lamp-no-notes', shows: 'is offered firmware without notes', targetVersion: '2.0.0' },
  { ...ORDINARY, name: 'lamp-lost-notes', shows: 'is offered firmware nobody describes', targetVersion: '3.0.0' },
  { ...ORDINARY, name: 'lamp-statusless', shows: 'tells versions, never a status', omitsStatus: true },
  { ...ORDINARY, name: 'lamp-puzzling', shows: 'shows a status nobody knows (99)', course: 'puzzles' },
  { ...ORDINARY, name: 'lamp-abnormal', shows: 'is neither online nor offline', online: -1 },
  { ...ORDINARY, name: 'lamp-unlisted', shows: 'is missing from the online batch', unlisted: true },
];

/** Devices named for what they do: the tail is the code, whichever it is, documented or not. */
export const NAMED_FOR_CODE = [
  { prefix: 'error-', shows: 'refuses everything with that code' },
  { prefix: 'hidden-', shows: 'the same, the code hidden in an InternalError’s message' },
  { prefix: 'confirm-error-', shows: 'refuses the confirm with that code' },
] as const;

export interface SampleRelease {
  Name: string | null;
  Description: string | null;
  Md5sum: string | null;
  Createtime: number | null;
  FwType: string | null;
}

/** Firmware version → what AppDescribeFirmware says of it. A version that is not here is not found, unless it is made up below. */
export const RELEASES: Readonly<Record<string, SampleRelease>> = {
  '1.0.0': {
    Name: 'lamp-1.0.0',
    Description: '首个版本',
    Md5sum: '0d8b2f1c5e0f4b2f9a7c6f4f1f0b6a11',
    Createtime: 1599628365,
    FwType: 'mcu',
  },
  '1.1.0': {
    Name: 'lamp-1.1.0',
    Description: 'Warmer white, softer fade.\nFixes a flicker below 10 % brightness.',
    Md5sum: '8f14e45fceea167a5a36dedd4bea2543',
    Createtime: 1719878400,
    FwType: 'mcu',
  },
  '1.4.0': { Name: 'lamp-1.4.0', Description: null, Md5sum: null, Createtime: 1725148800, FwType: 'mcu' },
  '2.0.0': { Name: null, Description: null, Md5sum: null, Createtime: null, FwType: null },
};

/** What is said of a version that is offered only because the one before it was installed. */
export const releaseAfter = (version: string): SampleRelease | undefined =>
  /^1\.\d{1,9}\.0$/.test(version)
    ? {
        Name: `lamp-${version}`,
        Description: 'Minor improvements.',
        Md5sum: '8f14e45fceea167a5a36dedd4bea2543',
        Createtime: 1735689600,
        FwType: 'mcu',
      }
    : undefined;
