// The one table of errors: what each failure of a call means to a client. A code that tokenapi/codes.ts gains needs a line here, or
// this file does not compile.

import type { KnownCode } from '../tokenapi/codes';
import { knownCodeFrom } from '../tokenapi/codes';
import {
  InvalidArgument,
  isTokenApiFailure,
  NoAccessToken,
  NoAnswer,
  NotSent,
  OverShare,
  Refused,
  RefusedByStatus,
} from '../tokenapi/errors';
import { bounded, TEXT_LIMIT_CHARACTERS } from '../tokenapi/text';
import type { Device } from './device';
import {
  DeviceHasNoFirmwareError,
  DeviceOfflineError,
  type ErrorFields,
  FirmwareUpgradeInProgressError,
  FirmwareUpgradeOutcomeUnknownError,
  TokenApiFailedOperationError,
  TokenApiInternalError,
  TokenApiInvalidAccessTokenError,
  TokenApiInvalidParameterValueError,
  TokenApiNoPermissionError,
  TokenApiRateLimitedError,
  TokenApiResourceNotFoundError,
  TokenApiUnavailableError,
  TokenApiUnknownCodeError,
} from './errorTypes';
import { TokenApiNextStep } from './nextStep';

/** The nine errors of every read, in the order of the unions. */
export const readErrorTypes = [
  TokenApiInvalidParameterValueError,
  TokenApiInvalidAccessTokenError,
  TokenApiNoPermissionError,
  TokenApiResourceNotFoundError,
  TokenApiFailedOperationError,
  TokenApiInternalError,
  TokenApiRateLimitedError,
  TokenApiUnavailableError,
  TokenApiUnknownCodeError,
] as const;

/** The thirteen of a confirm. */
export const confirmErrorTypes = [
  DeviceOfflineError,
  DeviceHasNoFirmwareError,
  FirmwareUpgradeInProgressError,
  FirmwareUpgradeOutcomeUnknownError,
  ...readErrorTypes,
] as const;

export type ReadError = InstanceType<(typeof readErrorTypes)[number]>;
export type ConfirmError = InstanceType<(typeof confirmErrorTypes)[number]>;

type Meaning<Type> = readonly [type: Type, nextStep: TokenApiNextStep];

/** One code's meaning: of a confirm, of a read. */
export interface Row {
  readonly confirm: Meaning<(typeof confirmErrorTypes)[number]>;
  readonly read: Meaning<(typeof readErrorTypes)[number]>;
}

const { RETRY, SIGN_IN, WAIT_FOR_DEVICE, CHECK_STATUS, FIX_REQUEST, GIVE_UP } = TokenApiNextStep;

const both = (type: (typeof readErrorTypes)[number], confirm: TokenApiNextStep, read = confirm): Row => ({
  confirm: [type, confirm],
  read: [type, read],
});

const internal = both(TokenApiInternalError, CHECK_STATUS, RETRY);
const invalidToken = both(TokenApiInvalidAccessTokenError, SIGN_IN);
const invalidValue = both(TokenApiInvalidParameterValueError, FIX_REQUEST);
const rateLimited = both(TokenApiRateLimitedError, RETRY);
const unknownCode = both(TokenApiUnknownCodeError, CHECK_STATUS, GIVE_UP);

/** The platform's codes. A sub-code without a line of its own counts as the part before its dot. */
export const rowsByCode = {
  InternalError: internal,
  InvalidParameterValue: invalidValue,
  'InvalidParameterValue.InvalidAccessToken': invalidToken,
  'InvalidParameterValue.NoPermission': both(TokenApiNoPermissionError, GIVE_UP),
  ResourceNotFound: both(TokenApiResourceNotFoundError, GIVE_UP),
  'ResourceNotFound.DeviceHasNoFirmware': {
    confirm: [DeviceHasNoFirmwareError, GIVE_UP],
    read: [TokenApiResourceNotFoundError, GIVE_UP],
  },
  FailedOperation: both(TokenApiFailedOperationError, CHECK_STATUS, RETRY),
  'FailedOperation.DeviceOffline': {
    confirm: [DeviceOfflineError, WAIT_FOR_DEVICE],
    read: [TokenApiFailedOperationError, WAIT_FOR_DEVICE],
  },
  // The device has what is offered: nothing was started, and there is nothing to follow.
  'FailedOperation.DeviceFirmwareIsUpdated': both(TokenApiFailedOperationError, GIVE_UP, RETRY),
  'FailedOperation.DeviceInfoOutdated': both(TokenApiFailedOperationError, CHECK_STATUS, WAIT_FOR_DEVICE),
  'FailedOperation.OtherUpdateTaskExist': {
    confirm: [FirmwareUpgradeInProgressError, CHECK_STATUS],
    read: [TokenApiFailedOperationError, RETRY],
  },
  'UnsupportedOperation.DeviceOtaTaskInProgress': {
    confirm: [FirmwareUpgradeInProgressError, CHECK_STATUS],
    read: [TokenApiUnknownCodeError, GIVE_UP],
  },
  UnauthorizedOperation: both(TokenApiNoPermissionError, GIVE_UP),
  RequestLimitExceeded: rateLimited,
} satisfies Record<KnownCode, Row>;

/** What is not the platform's code: the gateway's own ends, and refusals without one. */
export const rowsOfTheGateway = {
  'Gateway.InvalidArgument': invalidValue,
  'Gateway.NoAccessToken': invalidToken,
  'Gateway.NotSent': both(TokenApiUnavailableError, RETRY),
  'Gateway.RateLimited': rateLimited,
  'Gateway.NoAnswer': both(TokenApiUnavailableError, RETRY),
  'Gateway.OutcomeUnknown': {
    confirm: [FirmwareUpgradeOutcomeUnknownError, CHECK_STATUS],
    read: [TokenApiUnavailableError, RETRY],
  },
  HTTP_429: rateLimited,
  'HTTP_<status>': both(TokenApiUnknownCodeError, GIVE_UP),
  'any other': unknownCode,
} satisfies Record<string, Row>;

const untrustedCertificate = both(TokenApiUnavailableError, GIVE_UP);

const RATE_LIMIT_RETRY_MS = 1000;
const NOT_SENT_RETRY_MS = 1000;
const READ_RETRY_MS = 2000;
/** Control characters, line separators, and what turns the direction of writing. */
const NOT_SHOWN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;
/** Spreads those who were asked to come back. */
const JITTER_MS = 1000;

/**
 * The error that a confirm answers for what was thrown.
 *
 * @throws the cause itself if it is a bug
 */
export function confirmErrorFrom(cause: unknown, device: Device): ConfirmError {
  const meaning = meaningOf(cause, 'confirm');
  const [type, nextStep] = meaning.row.confirm;
  return new type(fieldsFrom(meaning, nextStep), device);
}

/**
 * The error that a read answers for what was thrown.
 *
 * @throws the cause itself if it is a bug
 */
export function readErrorFrom(cause: unknown): ReadError {
  const meaning = meaningOf(cause, 'read');
  const [type, nextStep] = meaning.row.read;
  return new type(fieldsFrom(meaning, nextStep));
}

interface CauseMeaning extends Omit<ErrorFields, 'nextStep' | 'retryAfterMs'> {
  row: Row;
  /** Counts only if the next step is RETRY. */
  retryAfterMs: number;
}

const fieldsFrom = (
  { code, message, requestId, retryAfterMs }: CauseMeaning,
  nextStep: TokenApiNextStep,
): ErrorFields => ({
  code,
  message,
  requestId,
  nextStep,
  retryAfterMs: nextStep === RETRY ? Math.round(retryAfterMs) : null,
});

/** The code, the words and the row of the table that belong to what was thrown. @throws the cause itself if it is a bug */
function meaningOf(cause: unknown, kind: 'confirm' | 'read'): CauseMeaning {
  if (!isTokenApiFailure(cause)) throw cause;
  const { requestId } = cause;
  const meaning = (code: string, row: Row, retryAfterMs: number, message = cause.message): CauseMeaning => ({
    code,
    message,
    requestId,
    row,
    retryAfterMs,
  });
  const own = (code: keyof typeof rowsOfTheGateway, retryAfterMs: number) =>
    meaning(code, rowsOfTheGateway[code], retryAfterMs);

  if (cause instanceof Refused) {
    const known = knownCodeFrom(cause.code);
    const row = known ? rowsByCode[known] : unknownCode;
    const askedMs = cause.retryAfterMs;
    if (row === internal)
      return meaning(cause.code, row, readRetryMs(askedMs), 'The platform reported an internal error.');
    return meaning(
      cause.code,
      row,
      row === rateLimited ? rateLimitMs(askedMs) : readRetryMs(askedMs),
      wordsOf(cause.message),
    );
  }
  if (cause instanceof RefusedByStatus) {
    if (cause.status === 429) return own('HTTP_429', rateLimitMs(cause.retryAfterMs));
    return meaning(`HTTP_${cause.status}`, rowsOfTheGateway['HTTP_<status>'], 0);
  }
  if (cause instanceof NotSent) {
    const code = kind === 'confirm' ? 'Gateway.NotSent' : 'Gateway.NoAnswer';
    if (cause.hasUntrustedCertificate)
      return meaning(code, untrustedCertificate, 0, "The platform's certificate cannot be trusted.");
    if (cause.retryAfterMs !== undefined) return own(code, cause.retryAfterMs + Math.random() * JITTER_MS);
    return own(code, kind === 'confirm' ? NOT_SENT_RETRY_MS : READ_RETRY_MS);
  }
  if (cause instanceof OverShare) return own('Gateway.RateLimited', rateLimitMs());
  if (cause instanceof NoAnswer)
    return own(kind === 'confirm' ? 'Gateway.OutcomeUnknown' : 'Gateway.NoAnswer', readRetryMs(cause.retryAfterMs));
  if (cause instanceof NoAccessToken) return own('Gateway.NoAccessToken', 0);
  if (cause instanceof InvalidArgument) return own('Gateway.InvalidArgument', 0);
  throw cause;
}

/** The platform's words, in quotation marks that they cannot close: nobody takes them for the gateway's. */
function wordsOf(text: string): string {
  if (text === '') return 'The platform refused it without a word.';
  const words = text.replace(NOT_SHOWN, ' ').replaceAll('"', "'");
  const frame = 'The platform says: ""';
  return `${frame.slice(0, -1)}${bounded(words, TEXT_LIMIT_CHARACTERS - frame.length)}"`;
}

/** @param askedMs the pause that the platform asks for */
const rateLimitMs = (askedMs = RATE_LIMIT_RETRY_MS) => askedMs + Math.random() * JITTER_MS;

/** @param askedMs the pause that the platform asks for */
const readRetryMs = (askedMs?: number) => (askedMs === undefined ? READ_RETRY_MS : rateLimitMs(askedMs));
