// A stream on its way to one reader: each frame once the reader has taken what came before, so that a slow one gets the latest next,
// and not all that it missed.

import type { LiveEnd } from '../context/context';
import type { Taker } from '../context/feed';
import type { Frame, Frames } from '../engine/subscriptions';

export interface FrameReader {
  /** Resolves once it has taken what it was given; undefined if it has. */
  taken(): Promise<void> | undefined;
  give(frame: Frame): void;
  /** Nothing follows. */
  end(why: LiveEnd): void;
  /** A frame could not be made. */
  fail(bug: unknown): void;
}

export class FrameFlow implements Taker {
  private isWaiting = false;
  private isOver = false;

  constructor(
    private readonly frames: Frames,
    private readonly reader: FrameReader,
  ) {
    frames.taker = this;
  }

  /** Gives what there is. Called once at the beginning, too: of what came before there was a taker, nobody was told. */
  onNews(): void {
    this.giveAll(false);
  }

  /** @param hasWaited it is its turn: others of the same reader may have been given something since, and would come first for ever */
  private giveAll(hasWaited: boolean): void {
    const { frames, reader } = this;
    let isTurn = hasWaited;
    try {
      while (!this.isOver && !this.isWaiting) {
        const taken = isTurn ? undefined : reader.taken();
        isTurn = false;
        if (taken) {
          this.wait(taken);
          break;
        }
        const frame = frames.take();
        if (!frame) {
          if (frames.end !== undefined) this.end(frames.end);
          break;
        }
        reader.give(frame);
      }
    } catch (bug) {
      this.stop();
      reader.fail(bug);
    }
  }

  /** The reader wants no more. */
  stop(): void {
    if (this.isOver) return;
    this.isOver = true;
    this.frames.stop();
  }

  private wait(taken: Promise<void>): void {
    this.isWaiting = true;
    void taken.then(() => {
      this.isWaiting = false;
      this.giveAll(true);
    });
  }

  private end(why: LiveEnd): void {
    this.stop();
    this.reader.end(why);
  }
}
