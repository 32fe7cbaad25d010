// What is told of a device now, to all who watch it.

import type { FollowedUpgrade } from '../confirms/followedUpgrade';
import type { LiveEvent } from '../context/context';
import { type Look, textOf } from './look';

/** In the context of an older event, its other fields would be too old for whoever begins to watch. */
const EVENT_MS = 5000;

export class Telling {
  /** Undefined until it has been looked at. */
  look: Look | undefined;
  /** Two that are alike have the same. */
  text = '';
  /** What was remembered when this was told. Once more is, whoever comes may have been told that elsewhere. */
  seen: FollowedUpgrade | undefined;
  private event: { of: LiveEvent; at: number } | undefined;

  constructor(private readonly eventOf: (look: Look) => LiveEvent) {}

  set(look: Look, seen: FollowedUpgrade | undefined): void {
    this.seen = seen;
    const text = textOf(look);
    if (text === this.text) return;
    this.look = look;
    this.event = undefined;
    this.text = text;
  }

  clear(): void {
    this.look = undefined;
    this.seen = undefined;
    this.text = '';
  }

  /** The event by which it is told. */
  latest(): LiveEvent | undefined {
    const { look, event } = this;
    if (!look) return undefined;
    if (event && performance.now() - event.at < EVENT_MS) return event.of;
    this.event = { of: this.eventOf(look), at: performance.now() };
    return this.event.of;
  }
}
