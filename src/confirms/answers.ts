// The answers to a confirm as this room knows them: accepted, or one of the typed errors.

import type { Device } from '../graph/device';
import { type ConfirmError, confirmErrorFrom } from '../graph/errors';
import { TokenApiError, TokenApiInvalidAccessTokenError } from '../graph/errorTypes';
import { TokenApiNextStep } from '../graph/nextStep';
import { isTokenApiFailure, NoAnswer } from '../tokenapi/errors';
import type { ConfirmReporter } from './report';

/** The platform took the order under this RequestId. */
export interface ConfirmAccepted {
  readonly requestId: string;
}

export type ConfirmAnswer = ConfirmAccepted | ConfirmError;

const NOT_SENT_CODES: ReadonlySet<string> = new Set(['Gateway.NotSent', 'Gateway.RateLimited']);

/** The schema's type for `ConfirmAccepted`, by which records and reports name it. */
export const ACCEPTED_TYPE = 'ConfirmFirmwareUpgradeSuccess';

export const typeOf = (answer: ConfirmAnswer): string =>
  answer instanceof TokenApiError ? answer.constructor.name : ACCEPTED_TYPE;

/** Accepted, or nobody can say that nothing was started. Only such an answer is kept under a key. */
export const mayHaveStarted = (answer: ConfirmAnswer): boolean =>
  !(answer instanceof TokenApiError) || answer.nextStep === TokenApiNextStep.CHECK_STATUS;

/** False if it is certain that not one byte of the confirm was sent: whoever waited for its answer may send another. */
export const wasSent = (answer: ConfirmAnswer): boolean => !('code' in answer && NOT_SENT_CODES.has(answer.code));

/** It is about the token that it was sent with: for a press with another token of the user it says nothing. */
export const isOfToken = (answer: ConfirmAnswer): boolean => answer instanceof TokenApiInvalidAccessTokenError;

/** The typed error for what was thrown. A bug is reported, and as nobody knows how far the confirm came, its outcome is unknown. */
export function errorAnswerFrom(cause: unknown, device: Device, reporter: ConfirmReporter): ConfirmError {
  if (isTokenApiFailure(cause)) return confirmErrorFrom(cause, device);
  reporter.bug(cause);
  const message = 'The gateway failed while it confirmed.';
  // Stryker disable next-line ObjectLiteral: the cause has been reported; whoever looks at this error in a debugger sees it, too.
  return confirmErrorFrom(new NoAnswer(message, reporter.requestId, { cause }), device);
}
