// Where an upgrade stands: the platform's numbers by name, and what each name means to a client that follows it.

import { registerEnumType } from 'type-graphql';

export enum FirmwareUpgradePhase {
  SETTLING = 'SETTLING',
  NONE = 'NONE',
  AWAITING_CONFIRMATION = 'AWAITING_CONFIRMATION',
  PENDING = 'PENDING',
  PROCESSING = 'PROCESSING',
  DELIVERED = 'DELIVERED',
  DOWNLOADING = 'DOWNLOADING',
  DOWNLOADED = 'DOWNLOADED',
  INSTALLING = 'INSTALLING',
  DEVICE_OFFLINE = 'DEVICE_OFFLINE',
  SUCCEEDED = 'SUCCEEDED',
  FAILED = 'FAILED',
  TIMED_OUT = 'TIMED_OUT',
  UNKNOWN = 'UNKNOWN',
}

const MOVING_POLL_MS = 2000;
const STILL_POLL_MS = 10_000;

interface Row {
  /** The platform's number. */
  status?: number;
  /** Null: there is nothing to follow. */
  pollAfterMs: number | null;
  /** How far an upgrade is that has come so far. Absent: says nothing about it. */
  rank?: number;
  isFinal?: true;
  /** Right after a confirm, the platform may still show this of the time before it. */
  mayBeOld?: true;
  description: string;
}

const rows = {
  SETTLING: {
    pollAfterMs: MOVING_POLL_MS,
    rank: 1,
    description:
      'Of the gateway: a confirm was sent seconds ago and the platform still shows what was before it; or, for up to 30 seconds, it shows the end of another upgrade than the one that was seen moving. See `FirmwareUpgrade.isFinal`.',
  },
  NONE: {
    pollAfterMs: null,
    rank: -1,
    mayBeOld: true,
    description: 'Neither versions nor a status but 0 came: the platform knows of no upgrade.',
  },
  AWAITING_CONFIRMATION: {
    status: 8,
    pollAfterMs: STILL_POLL_MS,
    rank: 0,
    mayBeOld: true,
    description: '8: the platform waits for the user; `confirmFirmwareUpgrade` is due.',
  },
  PENDING: { status: 1, pollAfterMs: MOVING_POLL_MS, rank: 2, description: '1: waiting to be sent to the device.' },
  PROCESSING: {
    status: 7,
    pollAfterMs: MOVING_POLL_MS,
    rank: 2,
    description: '7: the platform is working on the order.',
  },
  DELIVERED: { status: 2, pollAfterMs: MOVING_POLL_MS, rank: 3, description: '2: the order has reached the device.' },
  DOWNLOADING: {
    status: 3,
    pollAfterMs: MOVING_POLL_MS,
    rank: 4,
    description: '3: the device is downloading; `percent` moves.',
  },
  DOWNLOADED: { status: 20, pollAfterMs: MOVING_POLL_MS, rank: 5, description: '20: the download is complete.' },
  INSTALLING: {
    status: 4,
    pollAfterMs: MOVING_POLL_MS,
    rank: 6,
    description:
      '4: the device is writing the firmware and will restart. It may be offline for a while; it must keep its power.',
  },
  DEVICE_OFFLINE: {
    status: 0,
    pollAfterMs: STILL_POLL_MS,
    description: '0: the device went offline during the upgrade. It goes on when the device is back.',
  },
  SUCCEEDED: { status: 6, pollAfterMs: null, rank: 7, isFinal: true, mayBeOld: true, description: '6: done. Final.' },
  FAILED: {
    status: 5,
    pollAfterMs: null,
    rank: 7,
    isFinal: true,
    mayBeOld: true,
    description: '5: failed. Final. The user may confirm again.',
  },
  TIMED_OUT: {
    status: 10,
    pollAfterMs: null,
    rank: 7,
    isFinal: true,
    mayBeOld: true,
    description: '10: the device did not report in time. Final. The user may confirm again.',
  },
  UNKNOWN: {
    pollAfterMs: STILL_POLL_MS,
    description: 'A status came that has no name here, or none came although versions did. See `platformStatus`.',
  },
} as const satisfies Record<FirmwareUpgradePhase, Row>;

const rowOf = (phase: FirmwareUpgradePhase): Row => rows[phase];

registerEnumType(FirmwareUpgradePhase, {
  name: 'FirmwareUpgradePhase',
  description: "The platform's upgrade status, by name. Values may be added. The number is the platform's.",
  valuesConfig: rows,
});

const phasesByStatus = new Map(
  Object.values(FirmwareUpgradePhase).flatMap((phase) => {
    const { status } = rowOf(phase);
    return status === undefined ? [] : [[status, phase] as const];
  }),
);

/** The phase of a status, which may be absent. Without a version there is no upgrade whose device could be offline. */
export function phaseFrom(status: number | undefined, hasVersions: boolean): FirmwareUpgradePhase {
  if (!hasVersions && (status === undefined || status === 0)) return FirmwareUpgradePhase.NONE;
  if (status === undefined) return FirmwareUpgradePhase.UNKNOWN;
  return phasesByStatus.get(status) ?? FirmwareUpgradePhase.UNKNOWN;
}

export const isFinalPhase = (phase: FirmwareUpgradePhase): boolean => rowOf(phase).isFinal ?? false;

export const rankOf = (phase: FirmwareUpgradePhase): number | undefined => rowOf(phase).rank;

/** A phase of an upgrade that has come so far and has not ended, with the platform's number. `UNKNOWN` has no rank. */
export function phaseOfRank(rank: number | undefined): { phase: FirmwareUpgradePhase; status: number | undefined } {
  const found = Object.values(FirmwareUpgradePhase).find((phase) => rank !== undefined && rankOf(phase) === rank);
  const phase = found ?? FirmwareUpgradePhase.UNKNOWN;
  return { phase, status: rowOf(phase).status };
}

export const mayBeOld = (phase: FirmwareUpgradePhase): boolean => rowOf(phase).mayBeOld ?? false;

/** A phase of an upgrade that has begun and not ended. Some phases say nothing of that. */
export const isMovingPhase = (phase: FirmwareUpgradePhase): boolean => rankOf(phase) !== undefined && !mayBeOld(phase);

export const pollAfterMsFor = (phase: FirmwareUpgradePhase): number | null => rowOf(phase).pollAfterMs;
