// What the gateway remembers for a while: texts under names, each with an end. In memory or, shared by replicas, in Redis.

/** The store cannot say or keep anything now. Nothing may be concluded about what it holds. */
export class StoreUnavailable extends Error {
  constructor(
    message: string,
    /** A command was on its way, and what became of it is not known. */
    readonly mayHaveWorked = false,
  ) {
    super(message);
  }
}

/** The store answers, and lacks what it had: see `SharedStore.whole`. */
export class StoreLostData extends StoreUnavailable {}

/** As many entries as one user may have are counted under this name already. */
export class QuotaUsedUp extends Error {}

export interface Stored {
  readonly text: string;
  /** How long it has still to live. How old it is follows from it, whatever the clocks of other replicas say. */
  readonly remainingMs: number;
}

/** Entries that are counted together, and how many of them there may be. */
export interface Quota {
  readonly name: string;
  readonly limit: number;
  /** The counting begins anew so long after its first entry. */
  readonly periodMs: number;
}

export interface Entry {
  readonly name: string;
  readonly text: string;
  readonly ttlMs: number;
  /** A store outside of this process says that it is put only once a loss of one server does not lose it. */
  readonly mustLast?: boolean;
}

/** Every method may be given a time after which its answer is of no use any more. */
export interface Store {
  /**
   * Puts the entry unless its name is taken.
   *
   * @returns what was there; undefined if ours was put
   * @throws StoreUnavailable: whether it was put is not known then
   * @throws QuotaUsedUp
   */
  putIfAbsent(entry: Entry, quota?: Quota, limitMs?: number): Promise<Stored | undefined>;
  /** @throws StoreUnavailable */
  put(entry: Entry): Promise<void>;
  /** @throws StoreUnavailable */
  get(name: string, limitMs?: number): Promise<Stored | undefined>;
  /**
   * Puts the entry unless its name holds anything but one of the expected texts: a store that has lost the name gets it back.
   *
   * @returns whether it was put
   * @throws StoreUnavailable
   */
  replace(entry: Entry, expected: readonly string[], limitMs?: number): Promise<boolean>;
  /** Removes the name if it still holds one of the expected texts, and takes it out of its quota. @throws StoreUnavailable */
  remove(name: string, expected: readonly string[], quota?: Quota): Promise<void>;
}

/** A store outside of this process, which may go away, come back, and come back empty. */
export interface SharedStore extends Store {
  /** True if it was last seen to keep what it is given, whatever it may forget when it is full. */
  works(): boolean;
  /** Called whenever it keeps again what it is given. */
  onUp(listener: () => void): void;
  /** Called when it has lost what it held: whoever knows something of it puts it back. */
  onDataLost(listener: () => void): void;
  /** Resolves once every replica that lives has had the time to put back what a store without its data lacks. */
  whole(): Promise<void> | undefined;
}
