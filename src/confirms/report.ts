// What is reported of each confirm. Whoever keeps the log and the figures implements it.

import type { CallReporter } from '../tokenapi/report';

/** What became of one press. */
export interface ConfirmReport {
  /** The hash that stands for the user; undefined if there was no token. */
  owner: string | undefined;
  /** Undefined if the arguments name no device: they may hold anything then, a token by mistake. */
  deviceId: string | undefined;
  /** The type of the answer in the schema. */
  outcome: string;
  by: ConfirmedBy;
  upstreamRequestId: string;
}

/**
 * Where an answer comes from: a call of its own (`sent`), a call that was under way for another press (`shared`), the store of
 * idempotency keys (`replayed`), or a refusal before any call (`refused`).
 */
export type ConfirmedBy = 'sent' | 'shared' | 'replayed' | 'refused';

/** A confirm that is about to be sent. */
export interface BeginReport {
  /** The hash that stands for the user. */
  owner: string;
  deviceId: string;
  /** The RequestId that it is sent with: another one for a second attempt. */
  upstreamRequestId: string;
}

export interface ConfirmReporter extends CallReporter {
  readonly requestId: string;
  /** @returns a promise if the confirm is to wait until it is written */
  confirmBegun(report: BeginReport): Promise<void> | undefined;
  confirmEnded(report: ConfirmReport): void;
  /** An exception that should not have happened. */
  bug(cause: unknown): void;
}
