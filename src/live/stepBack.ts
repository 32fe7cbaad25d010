// Whether a look shows less of an upgrade than was seen of it before.

import {
  BEGUN,
  type FollowedUpgrade,
  hasEnded,
  isBehind,
  isLess,
  isMoving,
  isOf,
  isOlderEnd,
  isPrevious,
  shownOf,
  type Versions,
} from '../confirms/followedUpgrade';
import { FirmwareUpgradePhase, isFinalPhase } from '../graph/phase';
import type { Upgrade } from './look';

const { NONE } = FirmwareUpgradePhase;

/** Of a percent without a status. */
export function isStepBackUnranked(seen: FollowedUpgrade, told: FollowedUpgrade | undefined, look: Upgrade): boolean {
  if (look.percent === null) return false;
  const versions = versionsOf(look);
  const { unranked } = seen;
  if (isPrevious(shownOf(seen), versions)) return true;
  if (hasEnded(seen) && !unranked) return isOf(seen, versions) && !mayBeAfterEnd(told, versions);
  return unranked !== undefined && isOf(unranked, versions) && isLess(look.percent, unranked.percent);
}

export function isStepBack(
  seen: FollowedUpgrade,
  told: FollowedUpgrade | undefined,
  look: Upgrade,
  rank: number,
): boolean {
  const { phase, percent } = look;
  const versions = versionsOf(look);
  // Another upgrade's end is older than what moves; another upgrade that moves is newer, unless it leads to where this one starts.
  if (isFinalPhase(phase) ? isOlderEnd(seen, versions) : isPrevious(shownOf(seen), versions)) return true;
  if (!isOf(seen, versions)) return false;
  // After an end, another one may begin anywhere; and what was only asked for may have come to nothing.
  if (hasEnded(seen) && (mayBeAfterEnd(told, versions) || (!told && rank <= BEGUN.rank))) return false;
  if (hasEnded(seen) && seen.unranked && isOf(seen.unranked, versions)) return false;
  if (phase === NONE && seen.rank <= BEGUN.rank) return false;
  return isBehind({ rank, percent }, seen);
}

/** Not if whoever watches was told that it moves, and no end yet; nor if they may have been told so elsewhere. */
function mayBeAfterEnd(told: FollowedUpgrade | undefined, versions: Versions): boolean {
  if (!told) return false;
  const isMovingStill = isMoving(told) || (told.unranked !== undefined && !hasEnded(told));
  return !(isMovingStill && isOf(shownOf(told), versions));
}

export const versionsOf = ({ fromVersion, toVersion }: Upgrade): Versions => ({ from: fromVersion, to: toVersion });
