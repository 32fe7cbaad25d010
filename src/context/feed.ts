// What comes bit by bit to one taker, who is told that there is something and takes it once that suits: one who is slow gets what is
// latest by then, and one for whom nothing comes costs nothing meanwhile, not even a promise.

/** Who takes what comes. */
export interface Taker {
  /** There may be something, or nothing follows any more. */
  onNews(): void;
}

export abstract class Feed<Item, End> {
  /** Set by who takes. An object and no function: an event goes to thousands of streams, and a closure of each would be one more to fetch. */
  taker: Taker | undefined;

  /** The next; undefined if there is none now. @throws why it could not be made */
  abstract take(): Item | undefined;

  /** Why nothing follows any more; undefined if something may. Asked once there was nothing to take. */
  abstract readonly end: End | undefined;

  /** Nothing more is wanted. */
  abstract stop(): void;

  /** By this alone, graphql knows what it takes for a source of events. */
  [Symbol.asyncIterator](): never {
    throw new Error('expected to be taken from');
  }
}

/** One item, and the end. */
export class FeedOfOne<Item, End> extends Feed<Item, End> {
  constructor(
    private item: Item | undefined,
    private readonly reason: End,
  ) {
    super();
  }

  take(): Item | undefined {
    const { item } = this;
    this.item = undefined;
    return item;
  }

  get end(): End | undefined {
    return this.item === undefined ? this.reason : undefined;
  }

  stop(): void {
    this.item = undefined;
  }
}
