// The upgrade of each user and device that was seen moving. A replica of the platform that lags behind may show the previous one's
// end long after: its versions tell it from the end of the one that is followed. Losing a record re-opens that ambiguity and never
// invents an end.

import {
  BEGUN,
  type FollowedUpgrade,
  hasEnded,
  isAhead,
  isMoving,
  isOf,
  isOlderEnd,
  isPrevious,
  isSame,
  joined,
  shownOf,
  textOf,
  understood,
  type Versions,
} from './followedUpgrade';
import { followedName, ownName } from './names';
import { createMemory } from './store/memory';
import type { PatientStore } from './store/patience';
import type { Entry, Store, Stored } from './store/store';

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

export interface Followed {
  /** Waits for a store that is away for a moment; then this process's own memory serves. */
  get(owner: string, deviceId: string): Promise<FollowedUpgrade | undefined>;
  /**
   * A confirm may have begun another upgrade: whatever was seen before is over.
   *
   * @param name that of the device in this process, if it is known already
   */
  begin(owner: string, deviceId: string, name?: string): void;
  /**
   * Resolves once other replicas know it, or if the store has been away for long. Never rejects: the store itself reports that.
   *
   * @param before what it was found to be, if it was: a record that another replica has brought further meanwhile stays as it is
   */
  put(owner: string, deviceId: string, seen: FollowedUpgrade, before?: FollowedUpgrade): Promise<void>;
  /** The same of a single read, which does not know how far the upgrade was seen before: an upgrade that is known stays as it is. */
  sawMoving(owner: string, deviceId: string, seen: FollowedUpgrade): Promise<void>;
  /** Whether an end is another upgrade's than the one that was seen moving. */
  isOldEnd(owner: string, deviceId: string, end: Versions): Promise<boolean>;
}

export interface FollowedOptions {
  /** What replicas share. */
  shared: Store | undefined;
  /** The same, which waits. */
  patient: PatientStore | undefined;
  /** An older end that has stood for so long is believed. */
  believedAfterMs?: number | undefined;
  /** Other replicas know how far an upgrade is that has begun. */
  onKept: (owner: string, deviceId: string) => void;
}

export function createFollowed(options: FollowedOptions): Followed {
  const { shared, patient, believedAfterMs = BELIEVED_AFTER_MS, onKept } = options;
  // Stryker disable next-line StringLiteral: any word but `refuse` means the same.
  const own = createMemory<FollowedUpgrade>({ limit: FOLLOWED_LIMIT, whenFull: 'forget' });
  // Stryker disable next-line StringLiteral: as above.
  const written = createMemory<string>({ limit: FOLLOWED_LIMIT, whenFull: 'forget' });
  /** Since when, by `performance.now()`, nothing but another upgrade's end was seen. */
  const oldEnds = createMemory<number>({ limit: FOLLOWED_LIMIT, whenFull: 'forget' });

  /** By key. Each waits for the one before, or what was tried again would undo what came after it. */
  const writing = new Map<string, Promise<unknown>>();

  async function known(
    key: string,
    read: () => Promise<Stored | undefined> | undefined,
  ): Promise<FollowedUpgrade | undefined> {
    // What is still being written here is newer than what is found there; and what is missing there never beats what is here.
    const stored = writing.has(key) ? undefined : await read()?.catch(() => undefined);
    const before = own.get(key);
    const found = understood(stored?.text);
    // If the store loses it, this is still known.
    if (found && !isSame(found, before) && !writing.has(key)) own.put(key, found, FOLLOWED_MS);
    return found ?? before;
  }
  const knownNow = (owner: string, deviceId: string, key: string) =>
    known(key, () => shared?.get(followedName(owner, deviceId), STORE_MS));

  /** @returns whether others know it now, or more of it */
  type Write = (store: PatientStore, entry: Entry) => Promise<boolean>;

  function keepHere(key: string, seen: FollowedUpgrade): void {
    own.put(key, seen, FOLLOWED_MS);
    oldEnds.remove(key);
  }

  /** Keeps it here, and writes it for the others unless that was done of late. */
  async function keep(
    owner: string,
    deviceId: string,
    seen: FollowedUpgrade,
    write: Write,
    key = ownName(owner, deviceId),
  ): Promise<void> {
    keepHere(key, seen);
    if (patient && !(await share(patient, owner, deviceId, key, textOf(seen), write))) return;
    if (seen.rank > BEGUN.rank) onKept(owner, deviceId);
  }

  /** @returns false if others know of another upgrade. Of a store that is away, there is nothing more to be waited for */
  async function share(
    patient: PatientStore,
    owner: string,
    deviceId: string,
    key: string,
    text: string,
    write: Write,
  ): Promise<boolean> {
    const before = writing.get(key);
    if (!before && written.get(key) === text) return true;
    const isWritten = async () => {
      await before;
      if (written.get(key) === text) return true;
      const isKept = await write(patient, { name: followedName(owner, deviceId), text, ttlMs: FOLLOWED_MS });
      if (isKept) written.put(key, text, WRITE_AGAIN_MS);
      return isKept;
    };
    const done = isWritten().catch(() => true);
    writing.set(key, done);
    const isKept = await done;
    if (writing.get(key) === done) writing.delete(key);
    return isKept;
  }

  /** A store that was away may have got more of the new upgrade meanwhile, from another replica: then that stays. */
  async function putBegun(store: PatientStore, entry: Entry, before: FollowedUpgrade | undefined): Promise<true> {
    try {
      await shared?.put(entry);
    } catch {
      const found = understood((await store.get(entry.name))?.text);
      if (!found || !before || !isMoving(found) || isOf(found, before)) await store.put(entry);
    }
    return true;
  }

  const put = (owner: string, deviceId: string, seen: FollowedUpgrade, before?: FollowedUpgrade): Promise<void> =>
    keep(owner, deviceId, seen, (store, entry) => replaceBehind(store, entry, seen, before));

  return {
    async get(owner, deviceId) {
      const key = ownName(owner, deviceId);
      await writing.get(key);
      return known(key, () => patient?.getAfterOthers(followedName(owner, deviceId)));
    },
    put,
    begin(owner, deviceId, key = ownName(owner, deviceId)) {
      if (!patient) {
        keepHere(key, BEGUN);
        return;
      }
      // Other replicas may have written more since this one wrote the same of the confirm before.
      written.remove(key);
      const before = own.get(key);
      void keep(owner, deviceId, BEGUN, (store, entry) => putBegun(store, entry, before), key);
    },
    async sawMoving(owner, deviceId, seen) {
      const key = ownName(owner, deviceId);
      // What this process wrote itself of the same upgrade needs no check, and almost every read comes this way.
      const here = own.get(key);
      const before = here && isKnown(here, seen) ? here : await knownNow(owner, deviceId, key);
      // What was read is behind, or an upgrade that has begun again: a single read cannot tell.
      if (before && (hasEnded(before) ? isOf(before, seen) : isPrevious(shownOf(before), seen))) return;
      if (!before || !isKnown(before, seen)) void put(owner, deviceId, { ...seen, unranked: before?.unranked }, before);
      else if (!writing.has(key)) void put(owner, deviceId, before, before);
    },
    async isOldEnd(owner, deviceId, end) {
      const key = ownName(owner, deviceId);
      const seen = await knownNow(owner, deviceId, key);
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

/** Whether so much, or more, of the same upgrade is known. */
const isKnown = (known: FollowedUpgrade, seen: FollowedUpgrade): boolean =>
  known.rank > BEGUN.rank && isMoving(known) && isOf(known, seen);

/**
 * Another replica may have looked at the same time: what it saw of the same upgrade is replaced, too, unless it is further.
 *
 * @returns false if it knows of another upgrade
 */
async function replaceBehind(
  store: PatientStore,
  entry: Entry,
  seen: FollowedUpgrade,
  before: FollowedUpgrade | undefined,
): Promise<boolean> {
  let [found, text] = [before, entry.text];
  for (let i = 0; i < REPLACE_ATTEMPTS; i++) {
    if (await store.replace({ ...entry, text }, found ? [textOf(found), text] : [text])) return true;
    const other = understood((await store.get(entry.name))?.text);
    if (!other) return false;
    const isNewer = !isOf(seen, other) && before === undefined && !isPrevious(shownOf(other), seen);
    const further = isNewer || isAhead(seen, other) ? joined(seen, other) : joined(other, seen);
    if (further === other) return other.rank > BEGUN.rank && isOf(seen, other);
    [found, text] = [other, textOf(further)];
  }
  return true;
}
