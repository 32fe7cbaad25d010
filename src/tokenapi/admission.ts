// Which calls may be under way, and who waits for a place. Keeps undici's own queue empty, since what waits there cannot be taken
// back in time. Confirms come before reads, and users take turns.

import { Outcome } from './outcome';
import { createPace } from './pace';
import { type Places, type User, Users } from './users';

/** There is no place, or there was none in time. */
export class NoPlace extends Outcome {
  constructor(
    message: string,
    /** Only this user is to wait, who has a whole share already. */
    readonly isOverShare = false,
  ) {
    super(message);
  }
}

/** Made once: under a flood, most of what a refusal costs is the stack that an error notes. */
const LEFT = new NoPlace('The client left before its turn.');
const TOO_LATE = new NoPlace('No call ended in time to make place.');
const FULL = new NoPlace('Too many calls are under way.');
const OVER_SHARE = new NoPlace('This user has too many calls under way.', true);

/** Of a call that has its place, or waits for it. */
export type PlaceOf = User<Waiter>;

interface Waiter {
  readonly user: PlaceOf;
  readonly kind: Kind;
  readonly abandoned: () => boolean;
  readonly timer: NodeJS.Timeout;
  resolve(user: PlaceOf): void;
  reject(cause: NoPlace): void;
}

export type Kind = 'reads' | 'confirms';

/** Whose call it is. */
interface Asking {
  readonly owner: string;
  /** Asked when the place is there: is nobody waiting for this call any more? */
  readonly abandoned: () => boolean;
}

interface WaitingTime {
  toWaitMs(): number;
}

export interface AdmissionOptions extends Places {
  /** Calls that begin in a second at most, with a burst of one second. */
  perSecond?: number | undefined;
}

export interface Admission {
  /** Whether a call would get its place at once. */
  hasPlaceFor(owner: string, kind: Kind): boolean;
  /**
   * A place, at once or when the user's turn comes. Whoever got one gives it back by `leave`.
   *
   * @param time asked, if it has to wait, for how long at most
   * @throws NoPlace
   */
  enter(asking: Asking, kind: Kind, time: WaitingTime): PlaceOf | Promise<PlaceOf>;
  leave(user: PlaceOf, kind: Kind): void;
  /** The platform answered a call of this user, and knows the token. */
  prove(user: PlaceOf): void;
  knows(owner: string): boolean;
  /** Confirms that this user may have under way at once. */
  confirmsAtOnce(owner: string): number;
  inFlight(): number;
  queued(): number;
  /** Whether a read of anybody's would have to wait: what is in no hurry gives way then. */
  isCrowded(): boolean;
}

export function createAdmission({ perSecond, ...places }: AdmissionOptions): Admission {
  const users = new Users<Waiter>(places);
  const pace = perSecond === undefined ? undefined : createPace(perSecond);

  const mayBegin = () => pace === undefined || pace.waitMs() === 0;

  function begin(user: PlaceOf, kind: Kind): PlaceOf {
    pace?.take();
    user[kind].begin();
    return user;
  }

  /** Ends a waiting, unless it has ended. */
  function drop(waiter: Waiter, why: NoPlace): void {
    const { user, kind, timer, reject } = waiter;
    if (!user[kind].leave(waiter)) return;
    clearTimeout(timer);
    users.forget(user);
    reject(why);
  }

  /** Gives out what places there are. */
  function serve(): void {
    const { all, reads, confirms } = users;
    while (all.isReady()) {
      if (!mayBegin()) {
        pace?.whenReady(serve);
        return;
      }
      const line = confirms.all.isReady() ? confirms.all : reads.all;
      const { user, kind, timer, abandoned, resolve, reject } = line.next();
      clearTimeout(timer);
      if (abandoned()) {
        users.forget(user);
        reject(LEFT);
      } else resolve(begin(user, kind));
    }
  }

  return {
    hasPlaceFor: (owner, kind) => (users.find(owner)?.[kind] ?? users[kind].strangers).hasRoom() && mayBegin(),
    enter({ owner, abandoned }, kind, time) {
      const user = users.of(owner);
      const share = user[kind];
      // Those who wait for the pace alone come first.
      if (share.hasRoom() && !users.all.isReady() && mayBegin()) return begin(user, kind);
      if (share.isFull()) for (const waiter of share.whoWaits()) if (waiter.abandoned()) drop(waiter, LEFT);
      if (!share.hasQueuePlace()) {
        const why = share.isFull() ? OVER_SHARE : FULL;
        users.forget(user);
        throw why;
      }
      return new Promise((resolve, reject) => {
        const expire = () => drop(waiter, TOO_LATE);
        // After a stall of the process, the calls that ended meanwhile are heard of first.
        const timer = setTimeout(() => setImmediate(expire), time.toWaitMs());
        const waiter: Waiter = { user, kind, abandoned, timer, resolve, reject };
        share.wait(waiter);
        serve();
      });
    },
    leave(user, kind) {
      user[kind].end();
      users.forget(user);
      serve();
    },
    prove(user) {
      if (users.prove(user)) serve();
    },
    knows: (owner) => users.find(owner)?.isProven === true,
    confirmsAtOnce: (owner) => users.find(owner)?.confirms.most ?? 1,
    inFlight: () => users.all.underWay,
    queued: () => users.all.waiting,
    isCrowded: () => users.all.isReady() || !users.reads.all.hasRoom() || !mayBegin(),
  };
}
