// Who calls, and what is reported of each call. Knows neither logs nor figures.

/** One call and how it ended. */
export interface CallReport {
  action: string;
  /** The RequestId of the last attempt. */
  upstreamRequestId: string;
  outcome: 'accepted' | 'refused' | 'not-sent' | 'over-share' | 'held-back' | 'no-answer';
  attempts: number;
  /** How long it took, waiting and a second attempt included. */
  ms: number;
  /** Undefined if it was accepted. */
  cause?: Error;
}

export interface CallReporter {
  callEnded(report: CallReport): void;
}

/** Whose call it is. */
export interface Caller {
  readonly token: string;
  /** The hash that stands for the token: what is read with one is not given to another. */
  readonly tokenHash: string;
  /** The hash that stands for the user: that of the token, unless a router says who the user is. */
  readonly owner: string;
  /** True once nobody waits for the answer; a call that has not been sent by then need not be. */
  readonly abandoned: () => boolean;
  /** When the operation ends, by `performance.now()`: no answer comes later. */
  readonly endsAt: number;
  readonly reporter: CallReporter;
  /**
   * Awaited before each attempt, when nothing but the connection stands between the call and the platform.
   *
   * @throws a TokenApiFailure if it must not be sent
   */
  readonly beforeSend?: ((requestId: string) => Promise<void> | undefined) | undefined;
}
