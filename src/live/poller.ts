// One device of one user, looked at for all who watch it: at the pace of what it shows, in its turn, until nothing can follow or
// nobody watches any more.

import { BEGUN, type FollowedUpgrade, isAhead, isMoving, isSame } from '../confirms/followedUpgrade';
import type { LiveEvent } from '../context/context';
import type { Device } from '../graph/device';
import { FirmwareUpgradePhase, mayBeOld } from '../graph/phase';
import { TurnRank } from './lines';
import { isUpgrade, type Look, type Progress, textOf } from './progress';
import type { Sources } from './sources';

/** A platform that is away is asked again after so long, unless it says another time. */
const UNREAD_POLL_MS = 2000;
/** What is behind is looked at again so soon. */
const BEHIND_POLL_MS = 2000;
/** In the context of an older event, its other fields would be too old for whoever begins to watch. */
const EVENT_MS = 5000;
/** So often is looked, at what replicas share alone, whether a finished device moves again. */
const REOPEN_MS = 5000;

const FOLLOWED_BY_MORE = ['RETRY', 'WAIT_FOR_DEVICE'];

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
  /** Counts them. */
  private looks = 0;
  /** When the next one is due, by `performance.now()`. */
  private nextAt = 0;

  constructor(
    readonly device: Device,
    private readonly progress: Progress,
    private readonly sources: Sources,
    private readonly onUnwatched: () => void,
  ) {}

  watch(watcher: PollerWatcher): void {
    this.watchers.add(watcher);
    if (this.isFinished || this.watchers.size === 1) this.lookAnew();
    else if (this.look || this.isLooking) {
      this.late.add(watcher);
      void this.greet();
    }
  }

  /** What ended may have begun again since. */
  private lookAnew(): void {
    this.progress.welcome();
    this.look = undefined;
    this.told = undefined;
    this.text = '';
    this.pollIn(0);
  }

  private welcomeLate(): void {
    if (this.isFinished) this.lookAnew();
    else void this.greet();
  }

  /** Whoever comes may have been told more by another replica: what that one saw moving is told here, too, without a look. */
  private async greet(): Promise<void> {
    if (this.isGreeting || this.isLooking) return;
    this.isGreeting = true;
    const { presses, looks } = this;
    const late = [...this.late];
    const record = await this.sources.followed();
    this.isGreeting = false;
    // A look that is under way, or about to be, knows it, too.
    if (this.isLooking || this.isFinished || this.late.size === 0) return;
    // It is older than what a look found meanwhile.
    if (looks !== this.looks) return this.greet();
    if (presses !== this.presses) return;
    this.learn(record);
    if (isSame(record, this.progress.seen)) this.tellMoving();
    if (!isSame(record, this.told)) {
      // Where nothing is told yet, a look is due, and one that comes sooner would count as one more.
      if (!this.takeBack && this.look) this.pollIn(0);
      return;
    }
    for (const watcher of late) if (this.late.delete(watcher)) watcher.changed(this);
    if (this.late.size > 0) void this.greet();
  }

  private tellMoving(): void {
    const { seen } = this.progress;
    // That a confirm settles is told once it was looked.
    if (!seen || seen.rank === BEGUN.rank || !this.progress.behindWhat(this.told)) return;
    this.keep(this.sources.upgradeOf(seen), seen);
    // What did not move was to be looked at later. What is told again and again does not put the look off.
    if (!this.takeBack && this.nextAt - performance.now() > BEHIND_POLL_MS) this.pollIn(BEHIND_POLL_MS);
    this.tellAll();
  }

  /** Another replica may have seen more of it, or have confirmed. @returns whether it has */
  private learn(record: FollowedUpgrade | undefined): boolean {
    const { progress } = this;
    const isNews = record !== undefined && !isSame(record, this.record);
    if (isNews && !(progress.seen && isMoving(progress.seen) && isAhead(progress.seen, record))) progress.seen = record;
    this.record = record;
    return isNews;
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
    this.late.clear();
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
    this.nextAt = performance.now() + ms;
    this.timer = setTimeout(() => {
      this.takeBack = this.sources.wait(() => this.poll(), rank);
    }, ms);
  }

  private async poll(): Promise<void> {
    this.takeBack = undefined;
    // A press came while it was looked at: that look goes on, and is followed by another.
    if (this.isLooking) return;
    this.isLooking = true;
    this.looks++;
    this.late.clear();
    const { presses, progress } = this;
    // Nothing is known yet of a new poller's device: what was there before its look is no news.
    const known = this.record ? undefined : this.sources.followed();
    const look = await this.sources.look(this.device);
    if (known && presses === this.presses) this.learn(await known);
    // After the look: what another replica saw meanwhile may be further than this.
    const before = await this.sources.followed();
    const isNews = presses === this.presses && this.learn(before);
    // Another replica's confirm may have been written after it was looked whether there is one.
    const isFromBefore = isNews && before?.rank === BEGUN.rank && isUpgrade(look) && mayBeOld(look.phase);
    const isOverrun = () => presses !== this.presses || isFromBefore;
    const isBehind = !isOverrun() && progress.isBehind(look, performance.now());
    // Also if everybody has left: an upgrade that was seen moving does not settle any more, and whoever comes next must know its versions.
    if (!isOverrun() && !isBehind) await this.remember(look);
    this.isLooking = false;
    // The token may have been refused meanwhile, to another device.
    if (this.watchers.size === 0 || this.isFinished) return;
    this.sources.polled(this.watchers.size);
    if (isOverrun()) this.pollIn(0, TurnRank.EVENT);
    else if (isBehind) this.tellSeen();
    else this.tell(look);
    if (this.late.size > 0) this.welcomeLate();
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
    this.keep(look, seen);
    const pollAfterMs = pollAfterMsFor(look);
    this.isFinished = pollAfterMs === null;
    if (pollAfterMs !== null) this.pollIn(pollAfterMs);
    this.tellAll();
    if (this.isFinished && this.watchers.size > 0) this.reopenIfMoving();
  }

  private keep(look: Look, seen: FollowedUpgrade | undefined): void {
    this.told = seen;
    const text = textOf(look);
    if (text === this.text) return;
    this.look = look;
    this.event = undefined;
    this.text = text;
  }

  private tellAll(): void {
    for (const watcher of [...this.watchers]) if (!this.late.has(watcher)) watcher.changed(this);
  }

  /** A confirm in another replica is seen by what that one remembers. */
  private reopenIfMoving(): void {
    const { looks } = this;
    this.timer = setTimeout(async () => {
      const seen = await this.sources.followed();
      if (looks !== this.looks || !this.isFinished || this.watchers.size === 0) return;
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
