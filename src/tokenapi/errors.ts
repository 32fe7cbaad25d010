// How a call to the tokenapi fails. Thrown on this side; graph/errors.ts turns each into what a client gets.

import { randomUUID } from 'node:crypto';
import { Outcome } from './outcome';

abstract class TokenApiFailure extends Outcome {
  /** The RequestId that was sent, or would have been. */
  readonly requestId: string;

  constructor(message: string, requestId: string, options?: ErrorOptions) {
    super(message, options);
    this.name = this.constructor.name;
    this.requestId = requestId;
  }
}

/** The platform answered this very call, with a code, that it did not do it. `message` is its own text, bounded and without the token. */
export class Refused extends TokenApiFailure {
  constructor(
    readonly code: string,
    text: string,
    requestId: string,
    /** The pause that the platform asks for. */
    readonly retryAfterMs?: number,
  ) {
    super(text, requestId);
  }
}

/** A complete HTTP 4xx without a platform code: treated as not done. */
export class RefusedByStatus extends TokenApiFailure {
  constructor(
    readonly status: number,
    requestId: string,
    /** The pause that the platform asks for. */
    readonly retryAfterMs?: number,
  ) {
    super(`The platform refused the request with HTTP status ${status}.`, requestId);
  }
}

/** Certainly not one byte was sent. */
export class NotSent extends TokenApiFailure {
  /** The platform's certificate cannot be trusted, so trying again cannot help. */
  readonly hasUntrustedCertificate: boolean;
  /** Where the gateway knows it: not before so many milliseconds. */
  readonly retryAfterMs: number | undefined;
  /** The gateway did not try, for want of a place or since this user's own calls bring no answer: says nothing about the platform. */
  readonly isHeldBack: boolean;

  constructor(
    message: string,
    requestId: string = randomUUID(),
    {
      hasUntrustedCertificate = false,
      retryAfterMs,
      isHeldBack = false,
      cause,
    }: { hasUntrustedCertificate?: boolean; retryAfterMs?: number; isHeldBack?: boolean; cause?: unknown } = {},
  ) {
    super(message, requestId, { cause });
    this.hasUntrustedCertificate = hasUntrustedCertificate;
    this.retryAfterMs = retryAfterMs;
    this.isHeldBack = isHeldBack;
  }
}

/** This user has more under way, or keeps more, than one user's share: only they are to wait. Nothing was sent. */
export class OverShare extends TokenApiFailure {
  constructor(message: string, requestId: string = randomUUID()) {
    super(message, requestId);
  }
}

/** It may have been sent, and no complete answer of this call's own came: says nothing about what the platform did. */
export class NoAnswer extends TokenApiFailure {
  /** An answer came whose RequestId is missing or another call's: something in between mixes answers up, and somebody should look. */
  readonly hasWrongRequestId: boolean;
  /** The pause that the platform asks for. */
  readonly retryAfterMs: number | undefined;

  constructor(
    message: string,
    requestId: string,
    {
      hasWrongRequestId = false,
      retryAfterMs,
      cause,
    }: { hasWrongRequestId?: boolean; retryAfterMs?: number | undefined; cause?: unknown } = {},
  ) {
    super(message, requestId, { cause });
    this.hasWrongRequestId = hasWrongRequestId;
    this.retryAfterMs = retryAfterMs;
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
