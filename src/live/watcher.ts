// One stream of events: of each of its devices the latest, however slowly it is read, until nothing can follow.

import type { LiveEnd, LiveEvent } from '../context/context';
import { Feed } from '../context/feed';
import type { Poller, PollerWatcher } from './poller';

export class Watcher extends Feed<LiveEvent, LiveEnd> implements PollerWatcher {
  end: LiveEnd | undefined;
  /** What of each device was given out last. */
  private readonly told = new Map<Poller, string>();
  /** Devices with news, in the order in which it came. */
  private readonly news = new Set<Poller>();
  private hasLeft = false;

  constructor(
    private readonly pollers: readonly Poller[],
    private readonly onLeave: () => void,
  ) {
    super();
    for (const poller of pollers) poller.watch(this);
  }

  changed(poller: Poller): void {
    if (this.told.get(poller) !== poller.text) this.news.add(poller);
    this.onNews();
  }

  take(): LiveEvent | undefined {
    for (const poller of this.news) {
      this.news.delete(poller);
      const event = poller.latest();
      // It may have gone back meanwhile to what was told last.
      if (!event || this.told.get(poller) === poller.text) continue;
      this.told.set(poller, poller.text);
      return event;
    }
    if (!this.hasLeft && this.pollers.every(({ isFinished }) => isFinished)) this.leave('finished');
    return undefined;
  }

  /** Gives out what there is, and then ends. */
  complete(end: LiveEnd): void {
    if (this.hasLeft) return;
    this.leave(end);
    this.onNews();
  }

  stop(): void {
    this.news.clear();
    if (!this.hasLeft) this.leave();
  }

  private leave(end?: LiveEnd): void {
    this.hasLeft = true;
    this.end = end;
    for (const poller of this.pollers) poller.leave(this);
    this.onLeave();
  }
}
