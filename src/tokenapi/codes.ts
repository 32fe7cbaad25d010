// The codes a refusal can carry. This page knows their spelling; what they mean to a client is the table in graph/errors.ts.

/** The codes that the page of AppPublishFirmwareUpdateMessage documents. @see https://cloud.tencent.com/document/product/1081/47131 */
export const documentedCodes = [
  'InternalError',
  'InvalidParameterValue',
  'InvalidParameterValue.InvalidAccessToken',
  'InvalidParameterValue.NoPermission',
  'ResourceNotFound',
  'ResourceNotFound.DeviceHasNoFirmware',
  'FailedOperation',
  'FailedOperation.DeviceOffline',
] as const;

/** Codes of the neighbouring actions and of the platform's cloud SDK, which may surface here. */
export const neighbouringCodes = [
  'FailedOperation.DeviceInfoOutdated',
  'FailedOperation.OtherUpdateTaskExist',
  'UnsupportedOperation.DeviceOtaTaskInProgress',
  'UnauthorizedOperation',
  'RequestLimitExceeded',
] as const;

export type KnownCode = (typeof documentedCodes)[number] | (typeof neighbouringCodes)[number];

const known: ReadonlySet<string> = new Set([...documentedCodes, ...neighbouringCodes]);

export const isKnownCode = (code: string): code is KnownCode => known.has(code);

/** The known code that a code belongs to: itself, else the part before its first dot. Undefined if neither is known. */
export function knownCodeFrom(code: string): KnownCode | undefined {
  if (isKnownCode(code)) return code;
  // The platform spells this one in several ways; all of them mean: sign in again.
  if (code.includes('InvalidAccessToken')) return 'InvalidParameterValue.InvalidAccessToken';
  const family = code.split('.', 1)[0] as string;
  return isKnownCode(family) ? family : undefined;
}
