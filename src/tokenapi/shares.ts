// How places are shared out: a tree of shares. A call begins if its own share and every one above it have room; otherwise it waits
// in its own, and the shares beneath one share take turns. Knows neither clocks nor what a call is.

export interface ShareLimits {
  /** Calls under way at once, in this share and beneath it. */
  readonly most: number;
  /** Calls that wait, in this share and beneath it. */
  readonly mostWaiting: number;
}

export class Share<Waiter> {
  underWay = 0;
  waiting = 0;
  /** Of a share without others beneath it: who waits, the first one first. Made late, because there may be 100,000 shares. */
  private waiters: Set<Waiter> | undefined;
  /** The shares beneath that can use a turn, in the order of their turns. */
  private ready: Set<Share<Waiter>> | undefined;

  constructor(
    private limits: ShareLimits,
    private parent?: Share<Waiter>,
  ) {}

  /** Calls that may be under way at once, if those above have room. */
  get most(): number {
    return this.limits.most;
  }

  /** Whether a call may begin now. */
  hasRoom(): boolean {
    return this.underWay < this.limits.most && (this.parent === undefined || this.parent.hasRoom());
  }

  /** Whether no more calls may wait in this very share. */
  isFull(): boolean {
    return this.waiting >= this.limits.mostWaiting;
  }

  /** Whether a call may wait: here, and in every share above. */
  hasQueuePlace(): boolean {
    return !this.isFull() && (this.parent === undefined || this.parent.hasQueuePlace());
  }

  begin(): void {
    this.count(1, 0);
  }

  end(): void {
    this.count(-1, 0);
  }

  wait(waiter: Waiter): void {
    this.waiters ??= new Set();
    this.waiters.add(waiter);
    this.count(0, 1);
  }

  /** @returns false if it did not wait any more */
  leave(waiter: Waiter): boolean {
    const waited = this.waiters?.delete(waiter) ?? false;
    if (waited) this.count(0, -1);
    return waited;
  }

  /** Who waits in this very share. */
  whoWaits(): Iterable<Waiter> {
    return this.waiters ?? [];
  }

  /** Whether somebody waits for whom there is room here and beneath. */
  isReady(): boolean {
    return this.underWay < this.limits.most && (hasAny(this.waiters) || hasAny(this.ready));
  }

  /** Takes out who is next. Only of a share that is ready. */
  next(): Waiter {
    for (const share of this.ready ?? []) {
      // Its next turn comes after those of all the others: what it counts now puts it in again, at the end.
      this.ready?.delete(share);
      return share.next();
    }
    const [waiter] = this.waiters as unknown as [Waiter];
    this.leave(waiter);
    return waiter;
  }

  /** Comes to stand beneath another share, with all that is under way and waits. */
  moveTo(parent: Share<Waiter>, limits: ShareLimits): void {
    const { underWay, waiting } = this;
    this.parent?.ready?.delete(this);
    this.parent?.count(-underWay, -waiting);
    this.parent = parent;
    this.limits = limits;
    parent.count(underWay, waiting);
    this.count(0, 0);
  }

  private count(underWay: number, waiting: number): void {
    this.underWay += underWay;
    this.waiting += waiting;
    const { parent } = this;
    if (parent === undefined) return;
    // Where nobody waits, nobody can become ready: almost every call goes this way.
    if (this.waiting > 0 || waiting !== 0) {
      parent.ready ??= new Set();
      if (this.isReady()) parent.ready.add(this);
      else parent.ready.delete(this);
    }
    parent.count(underWay, waiting);
  }
}

const hasAny = (set: ReadonlySet<unknown> | undefined): boolean => set !== undefined && set.size > 0;
