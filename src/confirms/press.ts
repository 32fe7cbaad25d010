// A press of the button, and who presses.

import type { Device } from '../graph/device';
import type { Action } from '../tokenapi/action';
import { InvalidArgument } from '../tokenapi/errors';
import type { Caller } from '../tokenapi/report';
import type { ConfirmAnswer } from './answers';
import { keyFromHeader } from './keyHeader';
import type { ConfirmReporter } from './report';
import type { Confirmed } from './sharing';

/** Who presses. */
export interface Presser {
  readonly reporter: ConfirmReporter;
  /** The hash that stands for the user; undefined if there is no token. */
  readonly owner: string | undefined;
  /** The `Idempotency-Key` header as it came. */
  readonly idempotencyKey: string | undefined;
  /** True once the client has left. */
  readonly abandoned: () => boolean;
  /** True once the process is about to end. */
  readonly isClosing: boolean;
  /** What the same operation has pressed already. */
  readonly pressed: PressedOnce[];
  /** @throws NoAccessToken */
  caller(abandoned: () => boolean): Caller;
}

/** A device that an operation has pressed, and the keys that its answer belongs to. */
export interface PressedOnce {
  readonly deviceId: string;
  readonly keys: (string | undefined)[];
  readonly confirmed: Promise<Confirmed<ConfirmAnswer>>;
}

/** One press of the button, as it was asked for: nothing of it has been checked. */
export interface Press<Parameters extends object> {
  readonly action: Action<Parameters, unknown>;
  readonly parameters: Parameters;
  readonly device: Device;
  /** Why what was given names no device, where that is known already. */
  readonly fault?: string | undefined;
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
