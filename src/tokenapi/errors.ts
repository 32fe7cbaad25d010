// How a call to the tokenapi ends other than well. Thrown on this side; graph/errors.ts turns them into what clients see.

import { randomUUID } from 'node:crypto';

abstract class TokenApiFailure extends Error {
  /** The RequestId that was sent, or would have been. */
  readonly requestId: string;

  constructor(message: string, requestId: string, options?: ErrorOptions) {
    super(message, options);
    this.name = this.constructor.name;
    this.requestId = requestId;
  }
}

/** The platform answered, attributably, that it did not do it. `message` is its own text, bounded and without the token. */
export class Refused extends TokenApiFailure {
  constructor(
    readonly code: string,
    text: string,
    requestId: string,
  ) {
    super(text, requestId);
  }
}

/** A complete HTTP 4xx without a code: the request did not get past the door. */
export class RefusedAtTheDoor extends TokenApiFailure {
  constructor(
    readonly status: number,
    requestId: string,
  ) {
    super(`The platform refused the request with HTTP status ${status}.`, requestId);
  }
}

/** Certainly not one byte left. `distrusted`: the other side could not prove who it is, so trying again cannot help. */
export class NotSent extends TokenApiFailure {
  readonly distrusted: boolean;
  /** When the gateway knows it: not before so many milliseconds. */
  readonly retryAfterMs: number | undefined;

  constructor(
    message: string,
    requestId: string = randomUUID(),
    { distrusted = false, retryAfterMs, cause }: { distrusted?: boolean; retryAfterMs?: number; cause?: unknown } = {},
  ) {
    super(message, requestId, { cause });
    this.distrusted = distrusted;
    this.retryAfterMs = retryAfterMs;
  }
}

/** It may have been sent, and no complete, attributable answer came: says nothing about what the platform did. */
export class NoAnswer extends TokenApiFailure {
  /** An answer came, but for another call or for nobody knows which: somebody should look into that. */
  readonly foreign: boolean;

  constructor(
    message: string,
    requestId: string,
    { foreign = false, cause }: { foreign?: boolean; cause?: unknown } = {},
  ) {
    super(message, requestId, { cause });
    this.foreign = foreign;
  }
}

/** An argument that cannot be sent. Nothing was. `message` names the rule and never the value. */
export class InvalidArgument extends TokenApiFailure {
  constructor(message: string) {
    super(message, randomUUID());
  }
}

/** There is no token that could be sent. Nothing was. */
export class NoAccessToken extends TokenApiFailure {
  constructor(message: string) {
    super(message, randomUUID());
  }
}

export const isTokenApiFailure = (cause: unknown): cause is TokenApiFailure => cause instanceof TokenApiFailure;
