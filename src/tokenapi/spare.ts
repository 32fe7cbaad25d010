// One spare connection while it is watched: open, TLS done, never used.

import type { Socket } from 'node:net';

/** Any of these ends it: a server that was asked nothing has nothing to say but good-bye. */
const ENDS = ['readable', 'end', 'error', 'close'];

export class Spare {
  private readonly since = performance.now();
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly socket: Socket,
    private readonly onLost: () => void,
  ) {
    // No spare keeps the process.
    socket.unref();
    for (const event of ENDS) socket.on(event, this.lose);
  }

  get ageMs(): number {
    return performance.now() - this.since;
  }

  get isLost(): boolean {
    return this.socket.destroyed;
  }

  /** In the place of what was to be done before. */
  later(ms: number, act: () => void): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(act, ms).unref();
  }

  /** Ends the watch: it is somebody's now. */
  release(): Socket {
    clearTimeout(this.timer);
    for (const event of ENDS) this.socket.off(event, this.lose);
    return this.socket.ref();
  }

  destroy(): void {
    this.release().destroy();
  }

  private readonly lose = (): void => {
    this.destroy();
    this.onLost();
  };
}
