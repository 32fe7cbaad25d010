// The codes that a refusal can carry, and what the platform's side knows of each. What a code means to a client stands in
// graph/errors.ts, which does not compile while a code of this record is missing there.

interface CodeFacts {
  /** On the page of AppPublishFirmwareUpdateMessage. Others belong to its neighbours or to the platform's cloud SDK, and may come too. */
  readonly isDocumented: boolean;
  /**
   * Of a call about many devices: whether the code may be about one of them. If not, it is about the user or the platform, and
   * so about all of them.
   */
  readonly mayConcernOneDevice: boolean;
}

/** @see https://cloud.tencent.com/document/product/1081/47131 */
export const codes = {
  InternalError: { isDocumented: true, mayConcernOneDevice: false },
  InvalidParameterValue: { isDocumented: true, mayConcernOneDevice: true },
  'InvalidParameterValue.InvalidAccessToken': { isDocumented: true, mayConcernOneDevice: false },
  'InvalidParameterValue.NoPermission': { isDocumented: true, mayConcernOneDevice: true },
  ResourceNotFound: { isDocumented: true, mayConcernOneDevice: true },
  'ResourceNotFound.DeviceHasNoFirmware': { isDocumented: true, mayConcernOneDevice: true },
  FailedOperation: { isDocumented: true, mayConcernOneDevice: false },
  'FailedOperation.DeviceOffline': { isDocumented: true, mayConcernOneDevice: false },
  'FailedOperation.DeviceFirmwareIsUpdated': { isDocumented: false, mayConcernOneDevice: false },
  'FailedOperation.DeviceInfoOutdated': { isDocumented: false, mayConcernOneDevice: false },
  'FailedOperation.OtherUpdateTaskExist': { isDocumented: false, mayConcernOneDevice: false },
  'UnsupportedOperation.DeviceOtaTaskInProgress': { isDocumented: false, mayConcernOneDevice: false },
  UnauthorizedOperation: { isDocumented: false, mayConcernOneDevice: true },
  RequestLimitExceeded: { isDocumented: false, mayConcernOneDevice: false },
} as const satisfies Record<string, CodeFacts>;

export type KnownCode = keyof typeof codes;

export const knownCodes = Object.keys(codes) as readonly KnownCode[];

export const isKnownCode = (code: string): code is KnownCode => Object.hasOwn(codes, code);

/** The known code that a code belongs to: itself, else the part before its first dot. Undefined if neither is known. */
export function knownCodeFrom(code: string): KnownCode | undefined {
  if (isKnownCode(code)) return code;
  // The platform spells this one in several ways; all of them mean: sign in again.
  if (code.includes('InvalidAccessToken')) return 'InvalidParameterValue.InvalidAccessToken';
  const family = code.split('.', 1)[0] as string;
  return isKnownCode(family) ? family : undefined;
}

/** Whether a refusal of a call about many devices may be about one of them. An unknown code is taken to be about all. */
export function mayConcernOneDevice(code: string): boolean {
  const known = knownCodeFrom(code);
  return known !== undefined && codes[known].mayConcernOneDevice;
}
