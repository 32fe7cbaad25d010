// What the section and the bystander's process say to each other.

/** What the bystander shall look at from now on. */
export interface Watch {
  readonly seed: number;
  readonly origin: string;
  readonly adminOrigin: string;
  readonly gatewayPid: number;
}

/** How one thing went that was asked for again and again. Times are in milliseconds, without what the machine withheld. */
export interface Figures {
  readonly asked: number;
  /** Answered as they must be. */
  readonly good: number;
  /** Not answered at all. */
  readonly hanging: number;
  readonly p95Ms: number;
  readonly worstMs: number;
  /** What came instead of what must. */
  readonly faults: readonly string[];
}

export interface Report {
  readonly confirms: Figures;
  readonly probes: Figures;
  /** Devices whose confirm did not arrive exactly once. */
  readonly wrongSends: readonly string[];
  /** Places where a token was found. */
  readonly tokensFound: readonly string[];
}

export type Asking = { kind: 'watch'; watch: Watch } | { kind: 'end' };

export type Told = { kind: 'started'; url: string } | { kind: 'watching' } | { kind: 'report'; report: Report };
