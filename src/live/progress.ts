// What of an upgrade is told to those who follow it: what is new, and never a step backwards or another upgrade's end. The platform
// has replicas, and one that lags behind shows what was before. Keeps no time and makes no call.

import { BEGUN, BELIEVED_AFTER_MS, type FollowedUpgrade, isOf } from '../confirms/followed';
import { FirmwareUpgradePhase, isFinalPhase, rankOf } from '../graph/phase';

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

const { SETTLING, NONE, SUCCEEDED } = FirmwareUpgradePhase;
const END_RANK = rankOf(SUCCEEDED);

export class Progress {
  /** How far the upgrade was seen, and between which versions; undefined if nothing is known of it. */
  private seen: FollowedUpgrade | undefined;
  /** Since when nothing but what is behind was seen, by `performance.now()`. */
  private behindSince: number | undefined;

  constructor(followed: FollowedUpgrade | undefined) {
    this.seen = followed;
  }

  /** The user has confirmed: whatever comes now is of another upgrade. */
  begin(): void {
    this.seen = BEGUN;
    this.behindSince = undefined;
  }

  /** How far the upgrade was seen, to be remembered; undefined if nothing of one was. */
  get following(): FollowedUpgrade | undefined {
    return this.seen;
  }

  /** Whether what was read is behind what was seen before. A step backwards that has stood for long is one that the device has made. */
  isBehind(upgrade: Look, now: number): boolean {
    if (!isUpgrade(upgrade)) return false;
    const { phase, percent, fromVersion: from, toVersion: to } = upgrade;
    const rank = rankOf(phase);
    // The gateway itself says so, after a confirm.
    if (phase === SETTLING) this.begin();
    if (rank === undefined || phase === SETTLING) return false;
    const { seen } = this;
    if (seen && isStepBack(seen, upgrade, rank)) {
      this.behindSince ??= now;
      if (now - this.behindSince < BELIEVED_AFTER_MS) return true;
    }
    this.behindSince = undefined;
    this.seen = phase === NONE ? undefined : { rank, percent, from, to };
    return false;
  }
}

function isStepBack(seen: FollowedUpgrade, { phase, percent, fromVersion, toVersion }: Upgrade, rank: number): boolean {
  // Another upgrade's end is older than what moves; another upgrade that moves is newer.
  if (!isOf(seen, { from: fromVersion, to: toVersion })) return isFinalPhase(phase);
  // After an end, another one may begin anywhere; and what was only asked for may have come to nothing.
  if (seen.rank === END_RANK || (phase === NONE && seen.rank <= BEGUN.rank)) return false;
  return (
    rank < seen.rank || (rank === seen.rank && percent !== null && seen.percent !== null && percent < seen.percent)
  );
}

/** Two that are alike have the same text. */
export const textOf = (look: Look): string =>
  JSON.stringify(
    isUpgrade(look)
      ? [look.phase, look.platformStatus, look.percent, look.fromVersion, look.toVersion, look.failureReason]
      : [look.constructor.name, look.code],
  );
