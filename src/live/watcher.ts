// One stream of events: of each of its devices the latest, however slowly it is read, until nothing can follow.

import type { LiveEvent } from '../context/context';
import type { Poller, PollerWatcher } from './poller';

const DONE: IteratorReturnResult<undefined> = { done: true, value: undefined };

export class Watcher implements AsyncIterableIterator<LiveEvent>, PollerWatcher {
  /** What of each device was given out last. */
  private readonly told = new Map<Poller, string>();
  /** Devices with news, in the order in which it came. */
  private readonly news = new Set<Poller>();
  private waiting: ((result: IteratorResult<LiveEvent, undefined>) => void) | undefined;
  private hasEnded = false;

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
  complete(): void {
    if (this.hasEnded) return;
    this.hasEnded = true;
    for (const poller of this.pollers) poller.leave(this);
    this.give();
    this.onEnd();
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** As of a generator, one is asked for after the other. */
  next(): Promise<IteratorResult<LiveEvent, undefined>> {
    return new Promise((resolve) => {
      this.waiting = resolve;
      this.give();
    });
  }

  async return(): Promise<IteratorResult<LiveEvent, undefined>> {
    this.news.clear();
    this.complete();
    return DONE;
  }

  private give(): void {
    const { waiting } = this;
    if (!waiting) return;
    const result = this.taken() ?? (this.isOver() ? DONE : undefined);
    if (!result) return;
    this.waiting = undefined;
    waiting(result);
    if (result.done) this.complete();
  }

  private taken(): IteratorResult<LiveEvent, undefined> | undefined {
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
