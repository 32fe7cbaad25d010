// One stream of events: of each of its devices the latest, however slowly it is read, until nothing can follow.

import type { LiveEnd, LiveEvent } from '../context/context';
import type { Poller, PollerWatcher } from './poller';

type Result = IteratorResult<LiveEvent, LiveEnd | undefined>;

export class Watcher implements AsyncIterableIterator<LiveEvent, LiveEnd | undefined>, PollerWatcher {
  /** What of each device was given out last. */
  private readonly told = new Map<Poller, string>();
  /** Devices with news, in the order in which it came. */
  private readonly news = new Set<Poller>();
  private waiting: ((result: Result) => void) | undefined;
  private hasEnded = false;
  private end: LiveEnd | undefined;

  constructor(
    private readonly pollers: readonly Poller[],
    private readonly onEnd: () => void,
  ) {
    for (const poller of pollers) poller.watch(this);
  }

  changed(poller: Poller): void {
    if (this.told.get(poller) !== poller.text) this.news.add(poller);
    this.give();
  }

  /** Gives out what there is, and then ends. */
  complete(end?: LiveEnd): void {
    if (this.hasEnded) return;
    this.hasEnded = true;
    this.end = end;
    for (const poller of this.pollers) poller.leave(this);
    this.give();
    this.onEnd();
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** As of a generator, one is asked for after the other. */
  next(): Promise<Result> {
    return new Promise((resolve) => {
      this.waiting = resolve;
      this.give();
    });
  }

  async return(): Promise<Result> {
    this.news.clear();
    this.complete();
    return { done: true, value: undefined };
  }

  private give(): void {
    const { waiting } = this;
    if (!waiting) return;
    const event = this.taken();
    if (!event && !this.isOver()) return;
    this.waiting = undefined;
    if (!event) this.complete('finished');
    waiting(event ?? { done: true, value: this.end });
  }

  private taken(): Result | undefined {
    for (const poller of this.news) {
      this.news.delete(poller);
      const value = poller.latest();
      // It may have gone back meanwhile to what was told last.
      if (!value || this.told.get(poller) === poller.text) continue;
      this.told.set(poller, poller.text);
      return { done: false, value };
    }
    return undefined;
  }

  private isOver(): boolean {
    return this.hasEnded || this.pollers.every(({ isFinished }) => isFinished);
  }
}
