// What every section of a run shares.

import type { Canary } from './canary';

export interface Run {
  readonly seed: number;
  /** How many confirms the long section sends. */
  readonly confirms: number;
  /** How many requests are fuzzed. */
  readonly fuzzed: number;
  /** What the names of the attackers contain that are let loose. */
  readonly attackers: string;
  /** The compiled gateway's main file. */
  readonly gateway: string;
  /** True where what is missing must fail rather than be skipped. */
  readonly strict: boolean;
  /** True where the long sections shall be short. */
  readonly quick: boolean;
  readonly canary: Canary;
}

export const PRODUCT = 'PRVERIFY01';

/** The answer to a call is promised for its deadline and this much. */
export const ANSWER_GRACE_MS = 250;
