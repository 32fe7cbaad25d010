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
  type Versions,
} from '../confirms/followedUpgrade';
import { FirmwareUpgradePhase, isFinalPhase } from '../graph/phase';
import type { Upgrade } from './look';

const { NONE } = FirmwareUpgradePhase;

export const isLessUnranked = ({ unranked }: FollowedUpgrade, look: Upgrade): boolean =>
  unranked !== undefined && isOf(unranked, versionsOf(look)) && isLess(look.percent, unranked.percent);

export function isStepBack(
  seen: FollowedUpgrade,
  told: FollowedUpgrade | undefined,
  look: Upgrade,
  rank: number,
): boolean {
  const { phase, percent } = look;
  // Another upgrade's end is older than what moves; another upgrade that moves is newer.
  if (isFinalPhase(phase) && isOlderEnd(seen, versionsOf(look))) return true;
  if (!isOf(seen, versionsOf(look))) return false;
  // After an end, another one may begin anywhere; and what was only asked for may have come to nothing.
  if (hasEnded(seen) && mayBeAfterEnd(told, look, rank)) return false;
  if (phase === NONE && seen.rank <= BEGUN.rank) return false;
  return isBehind({ rank, percent }, seen);
}

/** Not if whoever watches was told that it moves, and no end yet; nor, unless it is only asked for, if they may have been told so elsewhere. */
function mayBeAfterEnd(told: FollowedUpgrade | undefined, look: Upgrade, rank: number): boolean {
  return told ? !(isMoving(told) && isOf(told, versionsOf(look))) : rank <= BEGUN.rank;
}

export const versionsOf = ({ fromVersion, toVersion }: Upgrade): Versions => ({ from: fromVersion, to: toVersion });
