// One device of one user, looked at for all who watch it: at the pace of what it shows, in its turn, until nothing can follow or
// nobody watches any more.

import type { LiveEvent } from '../context/context';
import type { Device } from '../graph/device';
import { isUpgrade, type Look, type Progress, textOf } from './progress';

/** A platform that is away is asked again after so long, unless it says another time. */
const UNREAD_POLL_MS = 2000;
/** What is behind is looked at again so soon. */
const BEHIND_POLL_MS = 2000;
/** In the context of an older event, its other fields would be too old for whoever begins to watch. */
const EVENT_MS = 5000;

const FOLLOWED_BY_MORE = ['RETRY', 'WAIT_FOR_DEVICE'];

/** What a poller is given to work with. */
export interface Sources {
  readonly owner: string;
  /** Runs it when it is this user's turn. @returns takes it back */
  wait(run: () => void): () => void;
  look(device: Device): Promise<Look>;
  /** A context for one event, in which the rest of the device is read. */
  eventOf(device: Device, look: Look): LiveEvent;
  /** How far the upgrade had been seen when it was looked at last, by whichever replica. */
  followed(): Promise<Progress>;
  remember(progress: Progress): void;
  /** It was looked at once, for so many who watch it. */
  polled(watchers: number): void;
}

export interface PollerWatcher {
  /** Something is news, or has ended. */
  changed(poller: Poller): void;
}

export class Poller {
  /** What is told now; undefined until it has been looked at. */
  private look: Look | undefined;
  private event: { of: LiveEvent; at: number } | undefined;
  text = '';
  isFinished = false;
  private readonly watchers = new Set<PollerWatcher>();
  private progress: Progress | undefined;
  /** Counts the user's confirms: what was read before one is not told after it. */
  private presses = 0;
  private timer: NodeJS.Timeout | undefined;
  private takeBack: (() => void) | undefined;
  private isLooking = false;

  constructor(
    readonly device: Device,
    private readonly sources: Sources,
    private readonly onUnwatched: () => void,
  ) {}

  watch(watcher: PollerWatcher): void {
    this.watchers.add(watcher);
    if (this.look && !this.isFinished) watcher.changed(this);
    else if (this.watchers.size === 1 || this.isFinished) this.pollIn(0);
  }

  leave(watcher: PollerWatcher): void {
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
  pressed(): void {
    this.presses++;
    this.progress?.begin();
    this.pollIn(0);
  }

  /** Something was told of another device that ends this one too: the token is refused. */
  end(look: Look): void {
    this.stop();
    this.tell(look);
  }

  private stop(): void {
    clearTimeout(this.timer);
    this.takeBack?.();
  }

  private pollIn(ms: number): void {
    this.isFinished = false;
    this.stop();
    this.timer = setTimeout(() => {
      this.takeBack = this.sources.wait(() => void this.poll());
    }, ms);
  }

  private async poll(): Promise<void> {
    this.takeBack = undefined;
    // A press came while it was looked at: that look goes on, and is followed by another.
    if (this.isLooking) return;
    this.isLooking = true;
    const { presses } = this;
    this.progress ??= await this.sources.followed();
    const look = await this.sources.look(this.device);
    this.isLooking = false;
    if (this.watchers.size === 0) return;
    this.sources.polled(this.watchers.size);
    if (presses !== this.presses) {
      this.pollIn(0);
      return;
    }
    const isBehind = this.progress.isBehind(look, performance.now());
    this.sources.remember(this.progress);
    if (isBehind) this.pollIn(BEHIND_POLL_MS);
    else this.tell(look);
  }

  /** Tells it if it is news, and looks again when it is time. */
  private tell(look: Look): void {
    const text = textOf(look);
    const pollAfterMs = pollAfterMsFor(look);
    this.isFinished = pollAfterMs === null;
    if (pollAfterMs !== null) this.pollIn(pollAfterMs);
    if (text === this.text && !this.isFinished) return;
    if (text !== this.text) {
      this.look = look;
      this.event = undefined;
      this.text = text;
    }
    for (const watcher of [...this.watchers]) watcher.changed(this);
  }
}

/** Null: nothing can follow. */
function pollAfterMsFor(look: Look): number | null {
  if (isUpgrade(look)) return look.pollAfterMs;
  return FOLLOWED_BY_MORE.includes(look.nextStep) ? Math.max(look.retryAfterMs ?? 0, UNREAD_POLL_MS) : null;
}
