// When a device is looked at next: at a time that what was seen sets, and then in its turn.

import { inStep } from '../context/inStep';
import type { TurnRank } from './lines';
import { isUpgrade, type Look } from './look';
import type { Sources } from './sources';

/** A platform that is away is asked again after so long, unless it says another time. */
const UNREAD_POLL_MS = 2000;
const FOLLOWED_BY_MORE = ['RETRY', 'WAIT_FOR_DEVICE'];

export class NextLook {
  private timer: NodeJS.Timeout | undefined;
  private takeBack: (() => void) | undefined;
  /** When it is due, by `performance.now()`. */
  private at = 0;

  constructor(
    private readonly wait: Sources['wait'],
    private readonly look: () => Promise<void>,
  ) {}

  /** In so many milliseconds, in place of what was due. */
  in(ms: number, rank: TurnRank): void {
    const look = () => {
      this.takeBack = undefined;
      return this.look();
    };
    this.instead(ms, () => {
      this.takeBack = this.wait(look, rank);
    });
  }

  /** Something else is done then, in place of a look. */
  instead(ms: number, run: () => void): void {
    this.stop();
    const inMs = ms === 0 ? 0 : inStep(ms);
    this.at = performance.now() + inMs;
    this.timer = setTimeout(run, inMs);
  }

  /** It is time, and others have their turns before. */
  get isInLine(): boolean {
    return this.takeBack !== undefined;
  }

  /** How long it is until then, in milliseconds. */
  leftMs(): number {
    return this.at - performance.now();
  }

  stop(): void {
    clearTimeout(this.timer);
    this.takeBack?.();
    this.takeBack = undefined;
  }
}

/** Null: nothing can follow. */
export function pollAfterMsFor(look: Look): number | null {
  if (isUpgrade(look)) return look.pollAfterMs;
  return FOLLOWED_BY_MORE.includes(look.nextStep) ? Math.max(look.retryAfterMs ?? 0, UNREAD_POLL_MS) : null;
}
