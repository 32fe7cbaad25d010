// When to ask again, for any client: what Apollo Client calls `pollInterval`.

/** Any member of `FirmwareUpgradeResult`, with the fields of operations.graphql. */
export interface Polled {
  readonly __typename?: string | undefined;
  readonly pollAfterMs?: number | null | undefined;
  readonly nextStep?: string | undefined;
  readonly retryAfterMs?: number | null | undefined;
}

/** Milliseconds until `Device.firmwareUpgrade` is worth asking for again; 0 for never. */
export function pollIntervalFrom({ pollAfterMs, nextStep, retryAfterMs }: Polled): number {
  return (nextStep === 'RETRY' ? retryAfterMs : pollAfterMs) ?? 0;
}
