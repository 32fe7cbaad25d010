// The refusals of the simulated platform: a code and its words. Knows neither devices nor envelopes.

/** The words for the codes that the platform documents; some Chinese, as the real ones often are. */
export const MESSAGES: Readonly<Record<string, string>> = {
  InternalError: '内部错误',
  InvalidParameterValue: '参数取值错误',
  'InvalidParameterValue.InvalidAccessToken': 'Token 无效',
  'InvalidParameterValue.NoPermission': 'The user has no permission for the device.',
  ResourceNotFound: '资源不存在',
  'ResourceNotFound.DeviceHasNoFirmware': '设备无固件版本',
  FailedOperation: 'The operation failed.',
  'FailedOperation.DeviceOffline': '设备不在线',
  'FailedOperation.DeviceInfoOutdated': 'The reported version is not the one of the task.',
};

/** Thrown inside the simulator, sent as `Error` in the envelope. */
export class Refusal extends Error {
  override readonly name = 'Refusal';

  constructor(
    readonly code: string,
    message: string = MESSAGES[code] ?? `Refused with ${code}.`,
  ) {
    super(message);
  }
}

/** What a name such as `error-<Code>` or `hidden-<Code>` refuses everything with. */
export function refusalNamedBy(name: string): Refusal | undefined {
  const [, prefix, code] = /^(error|hidden)-(.+)$/.exec(name) ?? [];
  if (prefix === undefined || code === undefined) return undefined;
  const refusal = new Refusal(code);
  return prefix === 'error' ? refusal : new Refusal('InternalError', `${code}|${refusal.message}`);
}

/** Thrown inside the simulator when the order was carried out and no answer shall leave. */
export class ConnectionCut extends Error {
  override readonly name = 'ConnectionCut';
}
