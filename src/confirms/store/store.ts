// What the gateway remembers for a while: texts under keys, each with an end. In memory or, shared by replicas, in Redis.

/** The store cannot say or keep anything now. Nothing may be concluded about what it holds. */
export class StoreUnavailable extends Error {}

export interface Store {
  /**
   * Puts the value unless the key is taken.
   *
   * @returns the value that was there; undefined if ours was put
   * @throws StoreUnavailable
   */
  putIfAbsent(key: string, value: string, ttlMs: number): Promise<string | undefined>;
  /** @throws StoreUnavailable */
  put(key: string, value: string, ttlMs: number): Promise<void>;
  /** @throws StoreUnavailable */
  get(key: string): Promise<string | undefined>;
  /**
   * Puts `value` unless the key holds anything but `expected`: a store that has lost the key gets it back.
   *
   * @returns whether it was put
   * @throws StoreUnavailable
   */
  replace(key: string, expected: string, value: string, ttlMs: number): Promise<boolean>;
  /** Removes the key if it still holds `expected`. @throws StoreUnavailable */
  remove(key: string, expected: string): Promise<void>;
}
