// What of an upgrade is told to those who follow it: what is new, and never a step backwards or another upgrade's end. The platform
// has replicas, and one that lags behind shows what was before. Keeps no time and makes no call.

import {
  BEGUN,
  type FollowedUpgrade,
  isBehind,
  isLess,
  isMoving,
  isOf,
  isOlderEnd,
  isSame,
  type Versions,
} from '../confirms/followedUpgrade';
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
const END_RANK = rankOf(SUCCEEDED) as number;

/** So many looks in a row that show it moving after its end, and it has begun again. Fewer may come from a replica that lags behind. */
export const BEGUN_AGAIN_LOOKS = 3;

export class Progress {
  /** How far the upgrade was seen, and between which versions; undefined if nothing is known of it. */
  seen: FollowedUpgrade | undefined;
  /** How far whoever watches here was told: an end that another replica told is none to them. */
  private told: FollowedUpgrade | undefined;
  /** What was seen before a confirm that is under way. */
  private beforeConfirm: FollowedUpgrade | undefined;
  /** A percent without a phase has no rank, and still does not fall. */
  private unknown: Upgrade | undefined;
  /** Since when nothing but what is behind was seen, by `performance.now()`: of what has a rank, and of what has none. */
  private behindSince: { ranked?: number | undefined; unknown?: number | undefined } = {};
  /** Looks in a row that showed it moving after its end, to whoever was told nothing yet. */
  private movingLooks = 0;

  constructor(private readonly believedAfterMs: number) {}

  /** The user has confirmed: what comes now may be of another upgrade. */
  begin(): void {
    this.beforeConfirm = BEGUN;
    this.settle();
  }

  /** The user's confirm was refused: nothing has begun, and what was seen before it holds. */
  takeBack(): void {
    if (this.seen?.rank === BEGUN.rank) this.seen = this.beforeConfirm;
  }

  /** What was seen so far, for who was not told as much; undefined if that has ended, or if nothing is known. */
  behindWhat(told: FollowedUpgrade | undefined): FollowedUpgrade | undefined {
    const { seen } = this;
    if (!seen || !isMoving(seen) || isSame(seen, told)) return undefined;
    this.told = seen;
    return seen;
  }

  /** Whoever comes now may have been told elsewhere that it moves, however it ended here. */
  welcome(): void {
    this.told = undefined;
  }

  private settle(): void {
    this.seen = BEGUN;
    this.told = undefined;
    this.unknown = undefined;
    this.behindSince = {};
  }

  /** Whether what was read is behind what was seen before. A step backwards that has stood for long is one that the device has made. */
  isBehind(look: Look, now: number): boolean {
    if (!isUpgrade(look)) return false;
    const isSettling = look.phase === SETTLING;
    // The gateway itself says so, after a confirm.
    if (isSettling && !this.movedSince()) {
      if (this.seen?.rank !== BEGUN.rank) this.beforeConfirm = this.seen;
      this.settle();
      return false;
    }
    const rank = rankOf(look.phase);
    const isBack =
      rank === undefined ? this.isLessOfUnknown(look) : this.seen && isStepBack(this.seen, this.told, look, rank);
    const way = rank === undefined ? 'unknown' : 'ranked';
    if (isBack) {
      const since = this.behindSince[way] ?? now;
      this.behindSince[way] = since;
      const isAfterEnd = this.told === undefined && this.seen?.rank === END_RANK;
      const movesAfterEnd = isAfterEnd && rank !== undefined && rank > BEGUN.rank && rank < END_RANK;
      this.movingLooks = movesAfterEnd ? this.movingLooks + 1 : 0;
      if (now - since < this.believedAfterMs && this.movingLooks < BEGUN_AGAIN_LOOKS) return true;
    }
    this.movingLooks = 0;
    if (rank === undefined && look.percent === null) return false;
    this.behindSince[way] = undefined;
    if (rank === undefined) {
      this.unknown = look;
      return false;
    }
    if (isSettling) this.settle();
    else this.seen = { rank, percent: this.knownPercentOf(look, rank), ...this.knownVersionsOf(look) };
    this.told = this.seen;
    return false;
  }

  /** What is not reported this time is as it was, unless another upgrade may have begun or this one has gone on. */
  private knownPercentOf(look: Upgrade, rank: number): number | null {
    const { seen } = this;
    const goesOn = seen !== undefined && isMoving(seen) && seen.rank === rank && isOf(seen, versionsOf(look));
    return look.percent ?? (goesOn ? seen.percent : null);
  }

  /** The same of versions. */
  private knownVersionsOf(look: Upgrade): Versions {
    const { seen } = this;
    const { from, to } = versionsOf(look);
    if (!seen || !isMoving(seen) || !isOf(seen, { from, to })) return { from, to };
    return { from: from ?? seen.from, to: to ?? seen.to };
  }

  /** Whether the upgrade has been seen moving, by whichever replica: one that has not seen it itself takes its confirm for settling. */
  private movedSince(): boolean {
    return this.seen !== undefined && this.seen.rank > BEGUN.rank;
  }

  private isLessOfUnknown(look: Upgrade): boolean {
    const { unknown } = this;
    return (
      unknown !== undefined && isOf(versionsOf(unknown), versionsOf(look)) && isLess(look.percent, unknown.percent)
    );
  }
}

function isStepBack(seen: FollowedUpgrade, told: FollowedUpgrade | undefined, look: Upgrade, rank: number): boolean {
  const { phase, percent } = look;
  // Another upgrade's end is older than what moves; another upgrade that moves is newer.
  if (!isOf(seen, versionsOf(look))) return isFinalPhase(phase) && isOlderEnd(seen, versionsOf(look));
  // After an end, another one may begin anywhere; and what was only asked for may have come to nothing.
  if (seen.rank === END_RANK && mayBeAfterEnd(told, look, rank)) return false;
  if (phase === NONE && seen.rank <= BEGUN.rank) return false;
  return isBehind({ rank, percent }, seen);
}

/** Not if whoever watches was told that it moves, and no end yet; nor, unless it is only asked for, if they may have been told so elsewhere. */
function mayBeAfterEnd(told: FollowedUpgrade | undefined, look: Upgrade, rank: number): boolean {
  return told ? !(isMoving(told) && isOf(told, versionsOf(look))) : rank <= BEGUN.rank;
}

const versionsOf = ({ fromVersion, toVersion }: Upgrade): Versions => ({ from: fromVersion, to: toVersion });

/** Two that are alike have the same text. */
export const textOf = (look: Look): string =>
  JSON.stringify(
    isUpgrade(look)
      ? [look.phase, look.platformStatus, look.percent, look.fromVersion, look.toVersion, look.failureReason]
      : [look.constructor.name, look.code],
  );
