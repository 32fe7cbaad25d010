// One stream of events: of each of its devices the latest, however slowly it is read, until nothing can follow.

import type { LiveEnd, LiveEvent } from '../context/context';
import { Feed } from '../context/feed';
import type { Poller, PollerWatcher } from './poller';

/** One device of a stream. */
class Watched implements PollerWatcher {
  /** What of it was given out last. */
  told = '';
  isNews = false;

  constructor(
    readonly poller: Poller,
    private readonly watcher: Watcher,
  ) {}

  changed(): void {
    this.watcher.changed(this);
  }
}

export class Watcher extends Feed<LiveEvent, LiveEnd> {
  end: LiveEnd | undefined;
  private readonly devices: readonly Watched[];
  /** Those with news, in the order in which it came. */
  private readonly news: Watched[] = [];
  private hasLeft = false;

  constructor(
    pollers: readonly Poller[],
    private readonly onLeave: () => void,
  ) {
    super();
    this.devices = pollers.map((poller) => new Watched(poller, this));
    for (const watched of this.devices) watched.poller.watch(watched);
  }

  take(): LiveEvent | undefined {
    for (let watched = this.news.shift(); watched; watched = this.news.shift()) {
      watched.isNews = false;
      const { poller } = watched;
      const event = poller.latest();
      // It may have gone back meanwhile to what was told last.
      if (!event || watched.told === poller.text) continue;
      watched.told = poller.text;
      return event;
    }
    if (!this.hasLeft && this.devices.every(({ poller }) => poller.isFinished)) this.leave('finished');
    return undefined;
  }

  /** Gives out what there is, and then ends. */
  complete(end: LiveEnd): void {
    if (this.hasLeft) return;
    this.leave(end);
    this.taker?.onNews();
  }

  stop(): void {
    this.news.length = 0;
    if (!this.hasLeft) this.leave();
  }

  changed(watched: Watched): void {
    if (!watched.isNews && watched.told !== watched.poller.text) {
      watched.isNews = true;
      this.news.push(watched);
    }
    this.taker?.onNews();
  }

  private leave(end?: LiveEnd): void {
    this.hasLeft = true;
    this.end = end;
    for (const watched of this.devices) watched.poller.leave(watched);
    this.onLeave();
  }
}
