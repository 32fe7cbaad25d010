// One device of one user, looked at for all who watch it: at the pace of what it shows, in its turn, until nothing can follow or
// nobody watches any more.

import { type FollowedUpgrade, isAhead, isMoving, isSame } from '../confirms/followedUpgrade';
import type { LiveEvent } from '../context/context';
import type { Device } from '../graph/device';
import { FirmwareUpgradePhase } from '../graph/phase';
import { TurnRank } from './lines';
import { isUpgrade, type Look, type Progress, textOf } from './progress';

/** A platform that is away is asked again after so long, unless it says another time. */
const UNREAD_POLL_MS = 2000;
/** What is behind is looked at again so soon. */
const BEHIND_POLL_MS = 2000;
/** In the context of an older event, its other fields would be too old for whoever begins to watch. */
const EVENT_MS = 5000;
/** So often is looked, at what replicas share alone, whether a finished device moves again. */
const REOPEN_MS = 5000;

const FOLLOWED_BY_MORE = ['RETRY', 'WAIT_FOR_DEVICE'];

/** What a poller is given to work with. */
export interface Sources {
  /** Runs it when it is this user's turn. @returns takes it back */
  wait(run: () => Promise<void>, rank: TurnRank): () => void;
  look(device: Device): Promise<Look>;
  upgradeOf(seen: FollowedUpgrade): Look;
  /** A context for one event, in which the rest of the device is read. */
  eventOf(device: Device, look: Look): LiveEvent;
  /** How far the upgrade had been seen when it was looked at last, by whichever replica. */
  followed(): Promise<FollowedUpgrade | undefined>;
  /** Resolves once other replicas know it, or cannot be told. */
  remember(seen: FollowedUpgrade, before: FollowedUpgrade | undefined): Promise<void>;
  /** The token is refused, of whichever device that is told. */
  refused(look: Look): void;
  /** It was looked at once, for so many who watch it. */
  polled(watchers: number): void;
}

export interface PollerWatcher {
  /** Something may be news, or has ended. */
  changed(poller: Poller): void;
}

export class Poller {
  /** What is told now; undefined until it has been looked at. */
  private look: Look | undefined;
  private event: { of: LiveEvent; at: number } | undefined;
  text = '';
  /** What was remembered when this was told. Once more is, whoever comes may have been told that elsewhere. */
  private told: FollowedUpgrade | undefined;
  isFinished = false;
  private readonly watchers = new Set<PollerWatcher>();
  /** Those who came since the last look began: another replica may have told them what it does not know of. */
  private readonly late = new Set<PollerWatcher>();
  private isGreeting = false;
  /** What of the upgrade was remembered last, by whichever replica. */
  private record: FollowedUpgrade | undefined;
  /** Counts the user's confirms: what was read before one is not told after it. */
  private presses = 0;
  private timer: NodeJS.Timeout | undefined;
  private takeBack: (() => void) | undefined;
  private isLooking = false;

  constructor(
    readonly device: Device,
    private readonly progress: Progress,
    private readonly sources: Sources,
    private readonly onUnwatched: () => void,
  ) {}

  watch(watcher: PollerWatcher): void {
    this.watchers.add(watcher);
    if (this.isFinished || this.watchers.size === 1) {
      // What ended may have begun again since.
      this.look = undefined;
      this.text = '';
      this.pollIn(0);
    } else if (this.look || this.isLooking) {
      this.late.add(watcher);
      void this.greet();
    }
  }

  /** Whoever comes may have been told more by another replica. */
  private async greet(): Promise<void> {
    if (this.isGreeting || this.isLooking) return;
    this.isGreeting = true;
    const late = [...this.late];
    const seen = await this.sources.followed();
    this.isGreeting = false;
    // A look that began meanwhile knows it, too.
    if (this.isLooking || this.late.size === 0) return;
    if (isSame(seen, this.record) && isSame(seen, this.told)) {
      for (const watcher of late) if (this.late.delete(watcher)) watcher.changed(this);
      if (this.late.size > 0) void this.greet();
    } else if (!this.takeBack) this.pollIn(0);
  }

  leave(watcher: PollerWatcher): void {
    this.late.delete(watcher);
    if (!this.watchers.delete(watcher) || this.watchers.size > 0) return;
    this.stop();
    this.onUnwatched();
  }

  /** The event of what is told now. */
  latest(): LiveEvent | undefined {
    const { look, event, device } = this;
    if (!look) return undefined;
    if (event && performance.now() - event.at < EVENT_MS) return event.of;
    this.event = { of: this.sources.eventOf(device, look), at: performance.now() };
    return this.event.of;
  }

  /** The user has confirmed. */
  pressed(mayHaveStarted: boolean): void {
    this.presses++;
    if (mayHaveStarted) this.progress.begin();
    else this.progress.takeBack();
    this.pollIn(0, TurnRank.EVENT);
  }

  /** Something was told of another device that ends this one too: the token is refused. */
  end(look: Look): void {
    if (this.isFinished) return;
    this.stop();
    this.tell(look);
  }

  private stop(): void {
    clearTimeout(this.timer);
    this.takeBack?.();
    this.takeBack = undefined;
  }

  private pollIn(ms: number, rank: TurnRank = this.look ? TurnRank.AGAIN : TurnRank.FIRST): void {
    this.isFinished = false;
    this.stop();
    this.timer = setTimeout(() => {
      this.takeBack = this.sources.wait(() => this.poll(), rank);
    }, ms);
  }

  private async poll(): Promise<void> {
    this.takeBack = undefined;
    // A press came while it was looked at: that look goes on, and is followed by another.
    if (this.isLooking) return;
    this.isLooking = true;
    this.late.clear();
    const { presses, progress } = this;
    const look = await this.sources.look(this.device);
    // After the look: what another replica saw meanwhile may be further than this.
    const before = await this.sources.followed();
    // Another replica has seen more of it, or has confirmed.
    const isNews = before && presses === this.presses && !isSame(before, this.record);
    if (isNews && !(progress.seen && isMoving(progress.seen) && isAhead(progress.seen, before))) progress.seen = before;
    this.record = before;
    const isBehind = presses === this.presses && progress.isBehind(look, performance.now());
    // Also if everybody has left: an upgrade that was seen moving does not settle any more, and whoever comes next must know its versions.
    if (presses === this.presses && !isBehind) await this.remember(look);
    this.isLooking = false;
    // The token may have been refused meanwhile, to another device.
    if (this.watchers.size === 0 || this.isFinished) return;
    this.sources.polled(this.watchers.size);
    if (presses !== this.presses) this.pollIn(0, TurnRank.EVENT);
    else if (isBehind) this.tellSeen();
    else this.tell(look);
    if (this.late.size > 0) void this.greet();
    if (!isUpgrade(look) && look.nextStep === 'SIGN_IN') this.sources.refused(look);
  }

  /** While a confirm settles it may still be refused: whoever sent it remembers it. */
  private async remember(look: Look): Promise<void> {
    const { seen } = this.progress;
    if (!seen || (isUpgrade(look) && look.phase === FirmwareUpgradePhase.SETTLING)) return;
    const { record } = this;
    this.record = seen;
    // Before it is told: whoever is told may come to another replica at once.
    await this.sources.remember(seen, record);
  }

  /** The platform shows what is behind: whoever was told less than was seen is told that. */
  private tellSeen(): void {
    const seen = this.progress.behindWhat(this.told);
    if (seen) this.tell(this.sources.upgradeOf(seen), seen);
    else {
      this.pollIn(BEHIND_POLL_MS);
      // Where another replica has seen the end, what is told here is behind for whoever comes from there.
      if (this.look && isSame(this.progress.seen, this.told)) this.tellAll();
    }
  }

  /** Tells it if it is news, and looks again when it is time. */
  private tell(look: Look, seen = this.record): void {
    this.told = seen;
    const text = textOf(look);
    const pollAfterMs = pollAfterMsFor(look);
    this.isFinished = pollAfterMs === null;
    if (pollAfterMs !== null) this.pollIn(pollAfterMs);
    if (text !== this.text) {
      this.look = look;
      this.event = undefined;
      this.text = text;
    }
    this.tellAll();
    if (this.isFinished && this.watchers.size > 0) this.reopenIfMoving();
  }

  private tellAll(): void {
    for (const watcher of [...this.watchers]) if (this.isFinished || !this.late.has(watcher)) watcher.changed(this);
  }

  /** A confirm in another replica is seen by what that one remembers. */
  private reopenIfMoving(): void {
    this.timer = setTimeout(async () => {
      const seen = await this.sources.followed();
      if (!this.isFinished || this.watchers.size === 0) return;
      if (seen && isMoving(seen) && !isSame(seen, this.record)) this.pollIn(0);
      else this.reopenIfMoving();
    }, REOPEN_MS);
  }
}

/** Null: nothing can follow. */
function pollAfterMsFor(look: Look): number | null {
  if (isUpgrade(look)) return look.pollAfterMs;
  return FOLLOWED_BY_MORE.includes(look.nextStep) ? Math.max(look.retryAfterMs ?? 0, UNREAD_POLL_MS) : null;
}
