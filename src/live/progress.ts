// What of an upgrade is told to those who follow it: what is new, and never a step backwards or another upgrade's end. The platform
// has replicas, and one that lags behind shows what was before. Keeps no time and makes no call.

import {
  BEGUN,
  type FollowedUpgrade,
  hasEnded,
  isAhead,
  isLess,
  isMoving,
  isOf,
  isPrevious,
  isSame,
  isUnderWay,
  isUnranked,
  joined,
  shownOf,
  UNSEEN,
  type Versions,
} from '../confirms/followedUpgrade';
import { FirmwareUpgradePhase, isFinalPhase, isMovingPhase, rankOf } from '../graph/phase';
import { isUpgrade, type Look, type Upgrade } from './look';
import { isStepBack, isStepBackUnranked, versionsOf } from './stepBack';

const { SETTLING, NONE, UNKNOWN } = FirmwareUpgradePhase;

/** So many looks in a row that show it moving after its end, and it has begun again. Fewer may come from a replica that lags behind. */
export const BEGUN_AGAIN_LOOKS = 3;

/** Looks that follow one another more quickly count as one: they ask the same replica. */
const APART_MS = 1500;

export class Progress {
  /** How far the upgrade was seen, and between which versions; undefined if nothing is known of it. */
  seen: FollowedUpgrade | undefined;
  /** How far whoever watches here was told: an end that another replica told is none to them. */
  private told: FollowedUpgrade | undefined;
  /** What was seen before a confirm that is under way. */
  private beforeConfirm: FollowedUpgrade | undefined;
  /** Since when nothing but what is behind was seen, by `performance.now()`: of what has a rank, and of what has none. */
  private behindSince: { ranked?: number | undefined; unranked?: number | undefined } = {};
  /** Looks in a row that showed it moving after its end, to whoever was told nothing yet. */
  private movingLooks = 0;
  /** When the last of them was. */
  private movingAt = Number.NEGATIVE_INFINITY;

  constructor(private readonly believedAfterMs: number) {}

  /** The user has confirmed: what comes now may be of another upgrade. */
  begin(): void {
    this.beforeConfirm = BEGUN;
    this.settle();
  }

  /** The user's confirm was refused: nothing has begun, and what was seen before it holds. */
  takeBack(): void {
    const { seen, beforeConfirm } = this;
    if (seen?.rank === BEGUN.rank && beforeConfirm?.rank !== BEGUN.rank) this.seen = beforeConfirm;
  }

  /** Another replica has remembered it. */
  learn(record: FollowedUpgrade): void {
    const { seen } = this;
    if (record.rank === BEGUN.rank) {
      this.beforeConfirm = BEGUN;
      this.seen = record;
    } else if (!seen) this.seen = record;
    // Who has seen nothing that has a rank says nothing of it; and a replica that knew nothing may have seen the one before.
    else if (isPrevious(shownOf(seen), shownOf(record))) return;
    else if (isUnranked(record) || (isMoving(seen) && isAhead(seen, record))) this.seen = joined(seen, record);
    else this.seen = joined(record, seen);
  }

  /** What was seen so far, for who was not told as much; undefined if that has ended, or if nothing is known. */
  behindWhat(told: FollowedUpgrade | undefined): FollowedUpgrade | undefined {
    const { seen } = this;
    if (!seen || !isUnderWay(seen) || isSame(seen, told)) return undefined;
    if (!hasEnded(seen)) this.told = seen;
    return seen;
  }

  /** Whoever comes now may have been told elsewhere that it moves, however it ended here. */
  welcome(): void {
    this.told = undefined;
  }

  private settle(seen = BEGUN): void {
    this.seen = seen;
    this.told = undefined;
    this.behindSince = {};
  }

  /** Whether what was read is behind what was seen before. A step backwards that has stood for long is one that the device has made. */
  isBehind(look: Look, now: number): boolean {
    if (!isUpgrade(look)) return false;
    const isSettling = look.phase === SETTLING;
    // The gateway itself says so, after a confirm.
    if (isSettling && !this.movedSince()) {
      const { seen } = this;
      if (seen?.rank !== BEGUN.rank) this.beforeConfirm = seen;
      this.settle(seen?.rank === BEGUN.rank ? seen : undefined);
      return false;
    }
    const rank = rankOf(look.phase);
    const isBack =
      this.seen &&
      (rank === undefined
        ? isStepBackUnranked(this.seen, this.told, look)
        : isStepBack(this.seen, this.told, look, rank));
    const way = rank === undefined ? 'unranked' : 'ranked';
    if (isBack) {
      const since = this.behindSince[way] ?? now;
      this.behindSince[way] = since;
      this.countMoving(look, now);
      if (now - since < this.believedAfterMs && this.movingLooks < BEGUN_AGAIN_LOOKS) return true;
    }
    if (rank === undefined) {
      this.goOnUnranked(look);
      return false;
    }
    this.movingLooks = 0;
    this.behindSince.ranked = undefined;
    if (isSettling) this.settle();
    else this.seen = this.seenSoFar(look, rank);
    this.told = this.seen;
    return false;
  }

  private goOnUnranked(look: Upgrade): void {
    const { percent } = look;
    if (percent === null) return;
    const seen = this.seen ?? UNSEEN;
    // Where nothing moves that has a rank, a rise shows that it goes on: what is behind has not stood meanwhile.
    if (seen.rank <= BEGUN.rank && isLess(seen.unranked?.percent ?? -1, percent)) this.behindSince.ranked = undefined;
    this.behindSince.unranked = undefined;
    this.movingLooks = 0;
    this.seen = { ...seen, unranked: { percent, ...versionsOf(look) } };
    if (!hasEnded(seen)) this.told = this.seen;
  }

  /** Looks that show what moves after its end, unless whoever watches was told that it moves. */
  private countMoving(look: Upgrade, now: number): void {
    const { seen, told } = this;
    const { phase, percent } = look;
    const isAfterEnd = !told && seen && hasEnded(seen) && !seen.unranked && isOf(seen, versionsOf(look));
    const moves = phase === UNKNOWN ? percent !== null : isMovingPhase(phase) && phase !== SETTLING;
    if (!(isAfterEnd && moves)) this.movingLooks = 0;
    else if (this.movingLooks === 0 || now - this.movingAt >= APART_MS) {
      this.movingLooks++;
      this.movingAt = now;
    }
  }

  private seenSoFar(look: Upgrade, rank: number): FollowedUpgrade {
    const seen = { rank, percent: this.knownPercentOf(look, rank), ...this.knownVersionsOf(look) };
    // What comes after an end, or where there is no upgrade, is of another one.
    const isOver = isFinalPhase(look.phase) || look.phase === NONE;
    return isOver || !this.seen?.unranked ? seen : { ...seen, unranked: this.seen.unranked };
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
}
