// What is remembered of an upgrade that was seen: how far it was, and between which versions. What is further, what is older and what
// is of another upgrade follows from that alone.

import { z } from 'zod';
import { FirmwareUpgradePhase, rankOf } from '../graph/phase';

const versions = { from: z.string().nullable(), to: z.string().nullable() };
const record = z.object({
  v: z.literal(1),
  /** How far it was seen: see `rankOf`. */
  rank: z.int(),
  percent: z.number().nullable(),
  ...versions,
  /** A percent that came without a status: it has no rank, does not fall either, and may be of another upgrade. */
  unranked: z.object({ percent: z.number(), ...versions }).optional(),
});

/** How far an upgrade was seen, and between which versions. */
export type FollowedUpgrade = Readonly<Omit<z.output<typeof record>, 'v'>>;

const END_RANK = rankOf(FirmwareUpgradePhase.SUCCEEDED) as number;

/** Nothing was seen that has a rank. */
export const UNSEEN: FollowedUpgrade = {
  rank: rankOf(FirmwareUpgradePhase.NONE) as number,
  percent: null,
  from: null,
  to: null,
};

/** Nothing was seen moving since a confirm: whatever comes is of its upgrade. */
export const BEGUN: FollowedUpgrade = { rank: 1, percent: null, from: null, to: null };

/** Whether a confirm has begun it, and nothing was seen of it. */
export const isJustBegun = (seen: FollowedUpgrade | undefined): boolean =>
  seen?.rank === BEGUN.rank && seen.unranked === undefined;

/** Whether it has begun, and not ended. */
export const isMoving = ({ rank }: FollowedUpgrade): boolean => rank >= BEGUN.rank && rank < END_RANK;

/** Whether it shows an upgrade that has not ended. */
export const isUnderWay = (seen: FollowedUpgrade): boolean => isMoving(seen) || seen.unranked !== undefined;

export const hasEnded = ({ rank }: FollowedUpgrade): boolean => rank === END_RANK;

/** Whether it is known by a percent without a status alone. */
export const isUnranked = ({ rank, unranked }: FollowedUpgrade): boolean =>
  rank === UNSEEN.rank && unranked !== undefined;

/** What shows how far it is: a rank once one was seen moving, and before that, or of the next one, a percent without a status. */
export const shownOf = (seen: FollowedUpgrade): Shown =>
  seen.unranked && (seen.rank <= BEGUN.rank || hasEnded(seen) || isPrevious(seen.unranked, seen))
    ? { ...seen.unranked, rank: undefined }
    : seen;
type Shown = Versions & { readonly percent: number | null; readonly rank: number | undefined };

export type Versions = Pick<FollowedUpgrade, 'from' | 'to'>;
type Position = Pick<FollowedUpgrade, 'rank' | 'percent'>;

/** What was not reported says nothing. The device may have reported its new version by then: it is no longer the one it started from. */
export function isOf(one: Versions, other: Versions): boolean {
  const differ = (a: string | null, b: string | null) => a !== null && b !== null && a !== b;
  const hasNew = ({ from, to }: Versions, { to: known }: Versions) => from !== null && from === (to ?? known);
  return !differ(one.to, other.to) && (!differ(one.from, other.from) || hasNew(one, other) || hasNew(other, one));
}

/** Whether the other is the one before: it leads to where this one starts. What leads both ways may be either. */
export const isPrevious = (one: Versions, other: Versions): boolean =>
  !isOf(one, other) && other.to !== null && other.to === one.from && other.from !== one.to;

/** Whether it is further than the other, of the same upgrade. A confirm begins another one. */
export const isAhead = (one: FollowedUpgrade, other: FollowedUpgrade): boolean =>
  isOf(one, other) && (other.rank > BEGUN.rank || isUnranked(other)) && isBehind(other, one);

type Unranked = NonNullable<FollowedUpgrade['unranked']>;
const isNewer = (one: Unranked, other: Unranked): boolean =>
  isPrevious(one, other) || (isOf(one, other) && isLess(other.percent, one.percent));

/** The one, with what the other knows by a percent without a status, if that is more of the same upgrade. */
export function joined(one: FollowedUpgrade, other: FollowedUpgrade): FollowedUpgrade {
  const [known, more] = [one.unranked, other.unranked];
  const isOver = hasEnded(one) || (!known && one.rank === BEGUN.rank);
  if (!more || isOver || (known && !isNewer(more, known))) return one;
  return { ...one, unranked: more };
}

export const isSame = (one: FollowedUpgrade | undefined, other: FollowedUpgrade | undefined): boolean =>
  one?.rank === other?.rank && isAlike(one, other) && isAlike(one?.unranked, other?.unranked);

type Reported = Versions & Pick<FollowedUpgrade, 'percent'>;
const isAlike = (one: Reported | undefined, other: Reported | undefined): boolean =>
  one?.percent === other?.percent && one?.from === other?.from && one?.to === other?.to;

/** Whether so far is less than so far. */
export const isBehind = (one: Position, other: Position): boolean =>
  one.rank < other.rank || (one.rank === other.rank && isLess(one.percent, other.percent));

export const isLess = (one: number | null, other: number | null): boolean =>
  one !== null && other !== null && one < other;

/**
 * Whether an end is another upgrade's, from before the one that was seen. After an end, what starts from its version is newer; and so it
 * is after a percent without a status, which may be the last of an upgrade whose end was not seen.
 */
export function isOlderEnd(seen: FollowedUpgrade, end: Versions): boolean {
  const shown = shownOf(seen);
  const mayBeOver = hasEnded(seen) || shown.rank === undefined;
  const isNext = mayBeOver && shown.to !== null && shown.to === end.from;
  return !isOf(shown, end) && !isNext;
}

const stored = ({ rank, percent, from, to, unranked }: FollowedUpgrade): string =>
  JSON.stringify({ v: 1, rank, percent, from, to, unranked });
const BEGUN_TEXT = stored(BEGUN);

/** As it is stored. Most of what is stored is that one has begun. */
export const textOf = (seen: FollowedUpgrade): string => (seen === BEGUN ? BEGUN_TEXT : stored(seen));

/** Undefined too for what another release wrote that this one does not understand. */
export function understood(text: string | undefined): FollowedUpgrade | undefined {
  if (text === undefined) return undefined;
  try {
    return record.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
