// The upgrade of each user and device that was seen moving. A replica of the platform that lags behind may show the previous one's
// end long after: its versions tell it from the end of the one that is followed. Losing a record re-opens that ambiguity and never
// invents an end.

import { z } from 'zod';
import { FirmwareUpgradePhase, rankOf } from '../graph/phase';
import { flat } from '../tokenapi/flat';
import { followedName } from './names';
import { createMemory } from './store/memory';
import type { Entry, Store } from './store/store';

/** A record lives so long after the last time that its upgrade was looked at. */
export const FOLLOWED_MS = 600_000;
/** Upgrades that are remembered at once in this process. The least recently used is forgotten first. */
export const FOLLOWED_LIMIT = 50_000;
/** What lags behind catches up: an end, or a step backwards, that has stood for so long in a row is believed. */
export const BELIEVED_AFTER_MS = 30_000;
/** A record that does not change is written anew so often, or it would end while its upgrade is looked at. */
const WRITE_AGAIN_MS = 60_000;
/** So long a read waits for a store that does not answer; then this process's own memory serves. */
const STORE_MS = 250;

/** Beyond, whoever writes at the same time has seen about as much. */
const REPLACE_ATTEMPTS = 3;

const record = z.object({
  v: z.literal(1),
  /** How far it was seen: see `rankOf`. */
  rank: z.int(),
  percent: z.number().nullable(),
  from: z.string().nullable(),
  to: z.string().nullable(),
});

/** How far an upgrade was seen, and between which versions. */
export type FollowedUpgrade = Omit<z.output<typeof record>, 'v'>;

const END_RANK = rankOf(FirmwareUpgradePhase.SUCCEEDED) ?? 0;

/** Nothing was seen moving since a confirm: whatever comes is of its upgrade. */
export const BEGUN: FollowedUpgrade = { rank: 1, percent: null, from: null, to: null };

/** Whether it has begun, and not ended. */
export const isMoving = ({ rank }: FollowedUpgrade): boolean => rank >= BEGUN.rank && rank < END_RANK;

export type Versions = Pick<FollowedUpgrade, 'from' | 'to'>;
type Position = Pick<FollowedUpgrade, 'rank' | 'percent'>;

export interface Followed {
  /** @param waitMs so long it waits for the store; then this process's own memory serves */
  get(owner: string, deviceId: string, waitMs?: number): Promise<FollowedUpgrade | undefined>;
  /** A confirm may have begun another upgrade: whatever was seen before is over. */
  begin(owner: string, deviceId: string): void;
  /**
   * Never rejects: the store itself reports when it is gone.
   *
   * @param before what it was found to be, if it was: a record that another replica has brought further meanwhile stays as it is
   */
  put(owner: string, deviceId: string, seen: FollowedUpgrade, before?: FollowedUpgrade): Promise<void>;
  /** The same of a single read, which does not know how far the upgrade was seen before: an upgrade that is known stays as it is. */
  sawMoving(owner: string, deviceId: string, seen: FollowedUpgrade): Promise<void>;
  /** Whether an end is another upgrade's than the one that was seen moving. */
  isOldEnd(owner: string, deviceId: string, end: Versions): Promise<boolean>;
}

/** @param shared what replicas share */
export function createFollowed(shared?: Store, believedAfterMs = BELIEVED_AFTER_MS): Followed {
  // Stryker disable next-line StringLiteral: any word but `refuse` means the same.
  const own = createMemory<string>({ limit: FOLLOWED_LIMIT, whenFull: 'forget' });
  // Stryker disable next-line StringLiteral: as above.
  const written = createMemory<string>({ limit: FOLLOWED_LIMIT, whenFull: 'forget' });
  /** Since when, by `performance.now()`, nothing but another upgrade's end was seen. */
  const oldEnds = createMemory<number>({ limit: FOLLOWED_LIMIT, whenFull: 'forget' });
  const ownKey = (owner: string, deviceId: string) => flat(`${owner} ${deviceId}`);

  async function get(owner: string, deviceId: string, waitMs = STORE_MS): Promise<FollowedUpgrade | undefined> {
    const key = ownKey(owner, deviceId);
    const stored = await shared?.get(followedName(owner, deviceId), waitMs).catch(() => undefined);
    // A record that is missing there never beats one that is here.
    return understood(stored?.text) ?? understood(own.get(key));
  }

  /** Keeps it here. @returns what is to be written for the others, unless it was of late */
  function keep(owner: string, deviceId: string, seen: FollowedUpgrade): Entry | undefined {
    const key = ownKey(owner, deviceId);
    const text = textOf(seen);
    own.put(key, text, FOLLOWED_MS);
    oldEnds.remove(key);
    if (written.get(key) === text) return undefined;
    written.put(key, text, WRITE_AGAIN_MS);
    return { name: followedName(owner, deviceId), text, ttlMs: FOLLOWED_MS };
  }

  async function put(owner: string, deviceId: string, seen: FollowedUpgrade, before?: FollowedUpgrade): Promise<void> {
    const entry = keep(owner, deviceId, seen);
    if (shared && entry) await replaceBehind(shared, entry, seen, before).catch(() => undefined);
  }

  return {
    get,
    put,
    begin(owner, deviceId) {
      // Other replicas may have written more since this one wrote the same of the confirm before.
      written.remove(ownKey(owner, deviceId));
      const entry = keep(owner, deviceId, BEGUN);
      if (shared && entry) shared.put(entry).catch(() => undefined);
    },
    async sawMoving(owner, deviceId, seen) {
      const text = own.get(ownKey(owner, deviceId));
      // What this process wrote itself needs no check, and almost every read comes this way.
      const known = text === undefined ? await get(owner, deviceId) : (JSON.parse(text) as FollowedUpgrade);
      const isKnown = known !== undefined && known.rank > BEGUN.rank && isMoving(known) && isOf(known, seen);
      void put(owner, deviceId, isKnown ? known : seen, known);
    },
    async isOldEnd(owner, deviceId, end) {
      const key = ownKey(owner, deviceId);
      const seen = await get(owner, deviceId);
      if (!seen || !isOlderEnd(seen, end)) {
        oldEnds.remove(key);
        return false;
      }
      const since = oldEnds.get(key) ?? performance.now();
      oldEnds.put(key, since, FOLLOWED_MS);
      return performance.now() - since < believedAfterMs;
    },
  };
}

/** Another replica may have looked at the same time: what it saw of the same upgrade is replaced, too, unless it is further. */
async function replaceBehind(
  store: Store,
  entry: Entry,
  seen: FollowedUpgrade,
  before: FollowedUpgrade | undefined,
): Promise<void> {
  let found = before;
  for (let i = 0; i < REPLACE_ATTEMPTS; i++) {
    if (await store.replace(entry, found ? [textOf(found), entry.text] : [entry.text])) return;
    const other = understood((await store.get(entry.name))?.text);
    const isNewer = other && !isOf(seen, other) && before === undefined;
    if (!other || !(isNewer || isAhead(seen, other))) return;
    found = other;
  }
}

/** What was not reported says nothing. The device may have reported its new version by then: it is no longer the one it started from. */
export function isOf(one: Versions, other: Versions): boolean {
  const differ = (a: string | null, b: string | null) => a !== null && b !== null && a !== b;
  const hasNew = ({ from, to }: Versions, { to: known }: Versions) => from !== null && from === (to ?? known);
  return !differ(one.to, other.to) && (!differ(one.from, other.from) || hasNew(one, other) || hasNew(other, one));
}

/** Whether it is further than the other, of the same upgrade. A confirm begins another one. */
export const isAhead = (one: FollowedUpgrade, other: FollowedUpgrade): boolean =>
  isOf(one, other) && other.rank > BEGUN.rank && isBehind(other, one);

export const isSame = (one: FollowedUpgrade | undefined, other: FollowedUpgrade | undefined): boolean =>
  one?.rank === other?.rank && one?.percent === other?.percent && one?.from === other?.from && one?.to === other?.to;

/** Whether so far is less than so far. */
export const isBehind = (one: Position, other: Position): boolean =>
  one.rank < other.rank || (one.rank === other.rank && isLess(one.percent, other.percent));

export const isLess = (one: number | null, other: number | null): boolean =>
  one !== null && other !== null && one < other;

/** Whether an end is another upgrade's, from before the one that was seen. After an end, what starts from its version is newer. */
export function isOlderEnd(seen: FollowedUpgrade, end: Versions): boolean {
  const isNext = seen.rank === END_RANK && seen.to !== null && seen.to === end.from;
  return !isOf(seen, end) && !isNext;
}

const textOf = ({ rank, percent, from, to }: FollowedUpgrade): string =>
  JSON.stringify({ v: 1, rank, percent, from, to });

function understood(text: string | undefined): FollowedUpgrade | undefined {
  if (text === undefined) return undefined;
  try {
    return record.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
