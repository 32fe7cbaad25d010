// How many streams there may be: of all, of one user, and of those whom the platform has not accepted yet, since tokens are free to
// make up.

export interface StreamsLimits {
  streams: number;
  streamsPerUser: number;
}

const STRANGERS_PART = 1 / 8;

export class Streams {
  private readonly of = new Map<string, number>();
  /** Users who were strangers when they came. */
  private readonly strangers = new Set<string>();
  private count = 0;

  constructor(
    private readonly limits: StreamsLimits,
    private readonly knows: (owner: string) => boolean,
  ) {}

  /** Why this user may have no more; undefined if one may begin. */
  excessOf(owner: string): string | undefined {
    const { streams, streamsPerUser } = this.limits;
    if ((this.of.get(owner) ?? 0) >= streamsPerUser) return 'This user has too many streams.';
    if (this.count >= streams) return 'There are too many streams.';
    const isCrowded = !this.knows(owner) && this.ofStrangers() >= Math.max(1, Math.floor(streams * STRANGERS_PART));
    return isCrowded ? 'There are too many streams of users whom the platform has not accepted yet.' : undefined;
  }

  /** @returns what to call when the stream has ended */
  enter(owner: string): () => void {
    this.count++;
    this.of.set(owner, (this.of.get(owner) ?? 0) + 1);
    if (!this.knows(owner)) this.strangers.add(owner);
    return () => {
      this.count--;
      const left = (this.of.get(owner) ?? 1) - 1;
      if (left > 0) this.of.set(owner, left);
      else {
        this.of.delete(owner);
        this.strangers.delete(owner);
      }
    };
  }

  private ofStrangers(): number {
    let sum = 0;
    for (const owner of this.strangers) {
      if (this.knows(owner)) this.strangers.delete(owner);
      else sum += this.of.get(owner) ?? 0;
    }
    return sum;
  }
}
