// What a look at a device found: an upgrade, or why it could not be read.

import type { FirmwareUpgradePhase } from '../graph/phase';

/** An upgrade as it was read. */
export interface Upgrade {
  readonly phase: FirmwareUpgradePhase;
  readonly platformStatus: number | null;
  readonly percent: number | null;
  readonly fromVersion: string | null;
  readonly toVersion: string | null;
  readonly failureReason: string | null;
  readonly pollAfterMs: number | null;
}

/** Why it could not be read. */
export interface Unread {
  readonly code: string;
  readonly nextStep: string;
  readonly retryAfterMs: number | null;
}

export type Look = Upgrade | Unread;

export const isUpgrade = (look: Look): look is Upgrade => 'phase' in look;

/** Two that are alike have the same text. */
export const textOf = (look: Look): string =>
  JSON.stringify(
    isUpgrade(look)
      ? [look.phase, look.platformStatus, look.percent, look.fromVersion, look.toVersion, look.failureReason]
      : [look.constructor.name, look.code],
  );
