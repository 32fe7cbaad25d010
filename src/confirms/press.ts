// A press of the button, and who presses.

import type { Device } from '../graph/device';
import type { Action } from '../tokenapi/action';
import { InvalidArgument } from '../tokenapi/errors';
import type { Caller } from '../tokenapi/report';
import { keyFromHeader } from './keyHeader';
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

/** 1 to 255 visible ASCII characters. */
const KEY = /^[\x21-\x7e]{1,255}$/;

/**
 * The key of a request, from its header or its argument.
 *
 * @throws InvalidArgument if it cannot be one, or if the two disagree
 */
export function idempotencyKeyFrom(
  header: string | undefined,
  argument: string | null | undefined,
): string | undefined {
  const named = keyFromHeader(header);
  const key = argument ?? named;
  if (named !== undefined && key !== named)
    throw new InvalidArgument('The Idempotency-Key header and the argument idempotencyKey are expected to agree.');
  // Stryker disable next-line ConditionalExpression: as a text, `undefined` would do for a key.
  if (key !== undefined && !KEY.test(key))
    throw new InvalidArgument('An idempotency key is expected to have 1 to 255 visible ASCII characters.');
  return key;
}
