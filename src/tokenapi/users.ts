// Whose calls they are: each user's shares of the places, and which users the platform is known to know. Tokens are free to make up,
// so all those that the platform has not accepted yet share one line between them.

import { LRUCache } from 'lru-cache';
import { Share, type ShareLimits } from './shares';

/** So long a user counts as known after the platform answered. */
export const PROVEN_MS = 600_000;
/** The end of that is put off no more often than this, so it may come as much earlier: every answer would, and each time costs. */
const PROVEN_AGAIN_MS = 1000;
/** Users that are remembered as known. The least recently used is forgotten first, and is a stranger again. */
export const PROVEN_LIMIT = 50_000;
/** Confirms of one user that wait at once. */
export const USER_CONFIRM_QUEUE = 8;
/** Reads that wait at once, of all users; and of those whom the platform has not accepted yet. */
export const READ_QUEUE = 5000;
export const UNPROVEN_READ_QUEUE = 2500;
/** Confirms that wait at once, of all users; and of those whom the platform has not accepted yet. */
export const CONFIRM_QUEUE = 1000;
export const UNPROVEN_CONFIRM_QUEUE = 200;

/** Strangers have so large a part of what there is. */
const UNPROVEN_PART = 1 / 8;
/** One user's confirms have so large a part of the places of confirms. */
const USER_CONFIRM_PART = 1 / 2;

export interface Places {
  /** Calls upstream at once. */
  places: number;
  /** Those of them that reads cannot take. */
  confirmPlaces: number;
  /** Reads of one user at once. */
  userPlaces: number;
  /** Reads of one user that wait. */
  userQueue: number;
}

export interface User<Waiter> {
  readonly owner: string;
  readonly reads: Share<Waiter>;
  readonly confirms: Share<Waiter>;
  isProven: boolean;
  /** When its end as a known user was put off last, by `performance.now()`. */
  provenAt: number;
}

/** Calls of one kind: reads, or confirms. */
interface Kind<Waiter> {
  readonly all: Share<Waiter>;
  /** Beneath `all`, like a user among the users. */
  readonly strangers: Share<Waiter>;
  /** What each user may have. */
  readonly user: ShareLimits;
}

export class Users<Waiter> {
  readonly all: Share<Waiter>;
  readonly reads: Kind<Waiter>;
  readonly confirms: Kind<Waiter>;
  // Not `max`, for which the cache would take the memory of all its entries at the start. Resolution 0: the clock is read each time,
  // which costs less than the timer by which a reading would be shared.
  private readonly proven = new LRUCache<string, User<Waiter>>({
    maxSize: PROVEN_LIMIT,
    sizeCalculation: () => 1,
    ttl: PROVEN_MS,
    ttlResolution: 0,
  });
  /** Only while they have calls, so that made-up tokens leave nothing behind. */
  private readonly strangers = new Map<string, User<Waiter>>();

  constructor({ places, confirmPlaces, userPlaces, userQueue }: Places) {
    const readPlaces = Math.max(1, places - confirmPlaces);
    this.all = new Share({ most: places, mostWaiting: READ_QUEUE + CONFIRM_QUEUE });
    this.reads = kindOf(this.all, {
      all: { most: readPlaces, mostWaiting: READ_QUEUE },
      user: { most: userPlaces, mostWaiting: userQueue },
      strangers: { most: part(readPlaces, UNPROVEN_PART), mostWaiting: UNPROVEN_READ_QUEUE },
    });
    this.confirms = kindOf(this.all, {
      all: { most: places, mostWaiting: CONFIRM_QUEUE },
      user: { most: part(confirmPlaces, USER_CONFIRM_PART), mostWaiting: USER_CONFIRM_QUEUE },
      strangers: { most: part(confirmPlaces, UNPROVEN_PART), mostWaiting: UNPROVEN_CONFIRM_QUEUE },
    });
  }

  find(owner: string): User<Waiter> | undefined {
    return this.proven.get(owner) ?? this.strangers.get(owner);
  }

  /** The user, for a call that is about to begin or to wait: `forget` is to be called when it has ended. */
  of(owner: string): User<Waiter> {
    let user = this.find(owner);
    if (user === undefined) {
      const { reads, confirms } = this;
      user = {
        owner,
        reads: new Share({ ...reads.user, most: 1 }, reads.strangers),
        confirms: new Share({ ...confirms.user, most: 1 }, confirms.strangers),
        isProven: false,
        provenAt: Number.NEGATIVE_INFINITY,
      };
      this.strangers.set(owner, user);
    }
    return user;
  }

  /** The platform answered a call of this user. Returns true if that is news. */
  prove(user: User<Waiter>): boolean {
    const isNews = !user.isProven;
    if (isNews) {
      user.isProven = true;
      this.strangers.delete(user.owner);
      user.reads.moveTo(this.reads.all, this.reads.user);
      user.confirms.moveTo(this.confirms.all, this.confirms.user);
    }
    const now = performance.now();
    if (now - user.provenAt < PROVEN_AGAIN_MS) return false;
    user.provenAt = now;
    this.proven.set(user.owner, user);
    return isNews;
  }

  /** Forgets a stranger without calls. */
  forget({ owner, isProven, reads, confirms }: User<Waiter>): void {
    const calls = reads.underWay + reads.waiting + confirms.underWay + confirms.waiting;
    if (!isProven && calls === 0) this.strangers.delete(owner);
  }
}

/** @param limits of all users together, of each of them, and of the strangers together */
function kindOf<Waiter>(
  above: Share<Waiter>,
  limits: Readonly<Record<'all' | 'user' | 'strangers', ShareLimits>>,
): Kind<Waiter> {
  const all = new Share(limits.all, above);
  return { all, strangers: new Share(limits.strangers, all), user: limits.user };
}

const part = (places: number, of: number): number => Math.max(1, Math.floor(places * of));
