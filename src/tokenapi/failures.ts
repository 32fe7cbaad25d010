// What follows from the way in which an attempt failed: how the call fails, whether it may be repeated, and whether the circuit
// breaker counts it. Makes no call.

import { type Kind, NoPlace } from './admission';
import type { Sign } from './breaker';
import { knownCodeFrom } from './codes';
import { NoAnswer, NotSent, OverShare, Refused, RefusedByStatus } from './errors';
import { WireFailure } from './exchange';
import type { CallReport } from './report';

/** What is not sent for want of a place may be tried again after so long. */
const FULL_RETRY_AFTER_MS = 1000;

/**
 * What a failure shows of the platform. A certificate that cannot be trusted is another fault, which waiting does not mend. A read
 * that ends with a connection that was kept for long shows nothing: that may have been the end of the server's patience.
 *
 * @param hadItsTime whether the call was given all of its time
 */
export function signOf(cause: unknown, hadItsTime: boolean, kind: Kind): Sign {
  if (!(cause instanceof WireFailure) || cause.hasStatus || cause.hasUntrustedCertificate) return 'answers';
  if (cause.wasOnKeptConnection && kind === 'reads') return 'none';
  return cause.isTimeOut && !hadItsTime ? 'none' : 'silent';
}

/** Whether the failure says that a kept connection was used up, and nothing else: then there is nothing to wait for. */
export const needsNewConnection = (failure: Error): boolean =>
  failure.cause instanceof WireFailure && failure.cause.wasOnKeptConnection;

/** What was not sent for a passing reason may be; so may a read without an answer, unless a pause is asked for. A write that may have been sent never is. */
export const mayRepeat = (failure: Error, writes: boolean): boolean =>
  failure instanceof NotSent
    ? failure.retryAfterMs === undefined && !failure.hasUntrustedCertificate
    : failure instanceof NoAnswer && failure.retryAfterMs === undefined && !writes;

export function outcomeOf(failure: Error): CallReport['outcome'] {
  if (failure instanceof OverShare) return 'over-share';
  if (failure instanceof NotSent) return failure.isHeldBack ? 'held-back' : 'not-sent';
  return failure instanceof Refused || failure instanceof RefusedByStatus ? 'refused' : 'no-answer';
}

/** What a call throws for what happened: the one place that says "not sent". */
export function failureFrom(cause: unknown, requestId: string): Error {
  if (cause instanceof NoPlace && cause.isOverShare) return new OverShare(cause.message, requestId);
  if (cause instanceof NoPlace)
    return new NotSent(cause.message, requestId, { retryAfterMs: FULL_RETRY_AFTER_MS, isHeldBack: true, cause });
  if (cause instanceof WireFailure && !cause.sent)
    return new NotSent(cause.message, requestId, { hasUntrustedCertificate: cause.hasUntrustedCertificate, cause });
  if (cause instanceof WireFailure) return new NoAnswer(cause.message, requestId, { cause });
  return cause instanceof Error ? cause : new Error(String(cause));
}

/** A refusal of the platform itself shows that it knows the token, unless it is about the token. A status may come from anything in between. */
export const provesToken = (cause: unknown): boolean =>
  cause instanceof Refused && knownCodeFrom(cause.code) !== 'InvalidParameterValue.InvalidAccessToken';
