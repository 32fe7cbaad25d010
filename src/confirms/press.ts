// A press of the button, and who presses.

import type { Device } from '../graph/device';
import type { Action } from '../tokenapi/action';
import type { Caller } from '../tokenapi/report';
import type { ConfirmReporter } from './report';

/** Who presses. */
export interface Presser {
  readonly reporter: ConfirmReporter;
  /** The hash that stands for the user; undefined if there is no token. */
  readonly owner: string | undefined;
  /** The `Idempotency-Key` header as it came. */
  readonly idempotencyKey: string | undefined;
  /** True once the client has left. */
  readonly abandoned: () => boolean;
  /** @throws NoAccessToken */
  caller(abandoned: () => boolean): Caller;
}

/** One press of the button, as it was asked for: nothing of it has been checked. */
export interface Press<Parameters extends object> {
  readonly action: Action<Parameters, unknown>;
  readonly parameters: Parameters;
  readonly device: Device;
  /** The argument, beside which the header may say the same. */
  readonly idempotencyKey: string | null | undefined;
}
