// One device of one user, looked at for all who watch it: at the pace of what it shows, in its turn, until nothing can follow or
// nobody watches any more.

import { BEGUN, isJustBegun, isSame, isUnderWay } from '../confirms/followedUpgrade';
import type { LiveEvent } from '../context/context';
import type { Device } from '../graph/device';
import { isMovingPhase } from '../graph/phase';
import { TurnRank } from './lines';
import { isUpgrade, type Look } from './look';
import { NextLook, pollAfterMsFor } from './nextLook';
import type { Progress } from './progress';
import { SharedRecord } from './sharedRecord';
import type { Sources } from './sources';
import { Telling } from './telling';

/** What is behind is looked at again so soon. */
const BEHIND_POLL_MS = 2000;
/** So often is looked, at what replicas share alone, whether a finished device moves again. */
const REOPEN_MS = 5000;

export interface PollerWatcher {
  /** Something may be news, or has ended. */
  changed(): void;
}

export class Poller {
  private readonly telling: Telling;
  private readonly next: NextLook;
  private readonly record: SharedRecord;
  isFinished = false;
  private readonly watchers = new Set<PollerWatcher>();
  /** Those who came since the last look began: another replica may have told them what it does not know of. */
  private readonly late = new Set<PollerWatcher>();
  private isGreeting = false;
  /** Counts the user's confirms: what was read before one is not told after it. */
  private presses = 0;
  private isLooking = false;
  /** Counts them. */
  private looks = 0;

  constructor(
    readonly device: Device,
    private readonly progress: Progress,
    private readonly sources: Sources,
    private readonly onUnwatched: () => void,
  ) {
    this.telling = new Telling((look) => sources.eventOf(device, look));
    this.next = new NextLook(sources.wait, () => this.poll());
    this.record = new SharedRecord(progress, sources.remember);
  }

  get text(): string {
    return this.telling.text;
  }

  /** The event of what is told now. */
  latest(): LiveEvent | undefined {
    return this.telling.latest();
  }

  watch(watcher: PollerWatcher): void {
    this.watchers.add(watcher);
    if (this.isFinished || this.watchers.size === 1) this.lookAnew();
    else if (this.telling.look || this.isLooking) {
      this.late.add(watcher);
      void this.greet();
    }
  }

  /** What ended may have begun again since. */
  private lookAnew(): void {
    this.progress.welcome();
    this.telling.clear();
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
    this.record.learn(record);
    if (isSame(record, this.progress.seen)) this.tellMoving();
    if (!isSame(record, this.telling.seen)) {
      // Whoever comes may have been told its end, which no look here shows yet.
      this.progress.welcome();
      // Where nothing is told yet, a look is due, and one that comes sooner would count as one more.
      if (!this.next.isInLine && this.telling.look) this.pollIn(0);
      return;
    }
    for (const watcher of late) if (this.late.delete(watcher)) watcher.changed();
    if (this.late.size > 0) void this.greet();
  }

  private tellMoving(): void {
    const { seen } = this.progress;
    // That a confirm settles is told once it was looked.
    if (!seen || (seen.rank === BEGUN.rank && !seen.unranked) || !this.progress.behindWhat(this.telling.seen)) return;
    this.telling.set(this.sources.upgradeOf(seen), seen);
    // What did not move was to be looked at later. What is told again and again does not put the look off.
    if (!this.next.isInLine && this.next.leftMs() > BEHIND_POLL_MS) this.pollIn(BEHIND_POLL_MS);
    this.tellAll();
  }

  leave(watcher: PollerWatcher): void {
    this.late.delete(watcher);
    if (!this.watchers.delete(watcher) || this.watchers.size > 0) return;
    this.next.stop();
    this.onUnwatched();
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
    this.next.stop();
    this.late.clear();
    this.tell(look);
  }

  private pollIn(ms: number, rank: TurnRank = this.telling.look ? TurnRank.AGAIN : TurnRank.FIRST): void {
    this.isFinished = false;
    this.next.in(ms, rank);
  }

  private async poll(): Promise<void> {
    // A press came while it was looked at: that look goes on, and is followed by another.
    if (this.isLooking) return;
    this.isLooking = true;
    this.looks++;
    this.late.clear();
    const { presses, progress, record } = this;
    // Nothing is known yet of a new poller's device: what was there before its look is no news.
    const known = record.latest ? undefined : this.sources.followed();
    const look = await this.sources.look(this.device);
    if (known && presses === this.presses) record.learn(await known);
    // After the look: what another replica saw meanwhile may be further than this.
    const before = await this.sources.followed();
    const isNews = presses === this.presses && record.learn(before);
    // Another replica's confirm may have been written after it was looked whether there is one.
    const isFromBefore = isNews && isJustBegun(before) && isUpgrade(look) && !isMovingPhase(look.phase);
    const isOverrun = () => presses !== this.presses || isFromBefore;
    const isBehind = !isOverrun() && progress.isBehind(look, performance.now());
    // Also if everybody has left: an upgrade that was seen moving does not settle any more, and whoever comes next must know its versions.
    if (!isOverrun() && !isBehind) await record.remember(look);
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

  /** The platform shows what is behind: whoever was told less than was seen is told that. */
  private tellSeen(): void {
    const seen = this.progress.behindWhat(this.telling.seen);
    if (seen) this.tell(this.sources.upgradeOf(seen), seen);
    this.pollIn(BEHIND_POLL_MS);
    if (!seen) {
      // Where another replica has seen the end, what is told here is behind for whoever comes from there.
      if (this.telling.look && isSame(this.progress.seen, this.telling.seen)) this.tellAll();
    }
  }

  /** Tells it if it is news, and looks again when it is time. */
  private tell(look: Look, seen = this.record.latest): void {
    this.telling.set(look, seen);
    const pollAfterMs = pollAfterMsFor(look);
    this.isFinished = pollAfterMs === null;
    if (pollAfterMs !== null) this.pollIn(pollAfterMs);
    this.tellAll();
    if (this.isFinished && this.watchers.size > 0) this.reopenIfMoving();
  }

  private tellAll(): void {
    for (const watcher of [...this.watchers]) if (!this.late.has(watcher)) watcher.changed();
  }

  /** A confirm in another replica is seen by what that one remembers. */
  private reopenIfMoving(): void {
    const { looks } = this;
    this.next.instead(REOPEN_MS, async () => {
      const seen = await this.sources.followed();
      if (looks !== this.looks || !this.isFinished || this.watchers.size === 0) return;
      if (seen && isUnderWay(seen) && !isSame(seen, this.record.latest)) this.pollIn(0);
      else this.reopenIfMoving();
    });
  }
}
