// When to leave off for a while: after losses in a row, for longer each time.

/** So many losses in a row are no chance any more. */
const LOSSES = 2;
const FIRST_PAUSE_MS = 5000;
/** Longest time without a new spare connection, after the server has refused or closed several. */
export const SPARES_PAUSE_MS = 30_000;

export class BackOff {
  private losses = 0;
  private endsAt = Number.NEGATIVE_INFINITY;

  get isOver(): boolean {
    return performance.now() >= this.endsAt;
  }

  lost(): void {
    this.losses++;
    if (this.losses < LOSSES) return;
    const pauseMs = Math.min(SPARES_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (this.losses - LOSSES));
    this.endsAt = performance.now() + pauseMs;
  }

  won(): void {
    this.losses = 0;
  }
}
