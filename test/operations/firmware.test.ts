// Device.firmware: versions, errors of a read, repeats and their bound.

import { answerWith, type Pair, PRODUCT, startPair } from '../pair';

let pair: Pair;
beforeEach(async () => {
  pair = await startPair({ env: { TOKENAPI_TIMEOUT_MS: '500' } });
});
afterEach(() => pair.close());

const FIRMWARE = `firmware {
  __typename
  ... on DeviceFirmware { currentVersion targetVersion updateAvailable }
  ... on TokenApiError { code nextStep retryAfterMs }
}`;
const ask = async (name: string) => {
  const text = `query ($p: String!, $d: String!) { device(productId: $p, deviceName: $d) { ${FIRMWARE} } }`;
  return (await pair.ask(text, { p: PRODUCT, d: name })).body.data.device.firmware;
};

it.each([
  ['lamp-online', '1.0.0', '1.1.0', true],
  ['lamp-up-to-date', '1.1.0', '1.1.0', false],
  ['lamp-no-firmware', null, null, false],
])('tells what %s has and is offered', async (name, currentVersion, targetVersion, updateAvailable) => {
  const firmware = await ask(name);
  expect(firmware).toMatchObject({ __typename: 'DeviceFirmware', currentVersion, updateAvailable });
  if (updateAvailable || targetVersion === null) expect(firmware.targetVersion).toBe(targetVersion);
  expect(pair.simulator.received.map(({ body }) => body)).toEqual([
    expect.objectContaining({ Action: 'AppCheckFirmwareUpdate', ProductId: PRODUCT, DeviceName: name }),
  ]);
});

it.each([
  [{}, null, null, false],
  [{ CurrentVersion: '1', DstVersion: '' }, '1', null, false],
  [{ CurrentVersion: '1', DstVersion: '1' }, '1', '1', false],
  [{ CurrentVersion: '', DstVersion: '0.9' }, null, '0.9', true],
  [{ CurrentVersion: null, DstVersion: null }, null, null, false],
  [{ CurrentVersion: '1.0.0', DstVersion: '1.0.0 ' }, '1.0.0', '1.0.0', false],
  [{ CurrentVersion: '1.0.0', DstVersion: '1.0.0\u0000' }, '1.0.0', '1.0.0', false],
  [{ CurrentVersion: '1.0.0', DstVersion: ' ' }, '1.0.0', null, false],
])('reads %j', async (fields, currentVersion, targetVersion, updateAvailable) => {
  answerWith(pair, (RequestId) => ({ body: { code: 0, msg: '', data: { ...fields, RequestId } } }));
  expect(await ask('x')).toEqual({ __typename: 'DeviceFirmware', currentVersion, targetVersion, updateAvailable });
});

it.each([
  ['InvalidParameterValue', 'TokenApiInvalidParameterValueError', 'FIX_REQUEST'],
  ['InvalidParameterValue.InvalidAccessToken', 'TokenApiInvalidAccessTokenError', 'SIGN_IN'],
  ['InvalidParameterValue.NoPermission', 'TokenApiNoPermissionError', 'GIVE_UP'],
  ['UnauthorizedOperation', 'TokenApiNoPermissionError', 'GIVE_UP'],
  ['ResourceNotFound', 'TokenApiResourceNotFoundError', 'GIVE_UP'],
  ['ResourceNotFound.DeviceHasNoFirmware', 'TokenApiResourceNotFoundError', 'GIVE_UP'],
  ['FailedOperation', 'TokenApiFailedOperationError', 'RETRY'],
  ['FailedOperation.DeviceOffline', 'TokenApiFailedOperationError', 'WAIT_FOR_DEVICE'],
  ['FailedOperation.DeviceInfoOutdated', 'TokenApiFailedOperationError', 'WAIT_FOR_DEVICE'],
  ['FailedOperation.OtherUpdateTaskExist', 'TokenApiFailedOperationError', 'RETRY'],
  ['UnsupportedOperation.DeviceOtaTaskInProgress', 'TokenApiUnknownCodeError', 'GIVE_UP'],
  ['InternalError', 'TokenApiInternalError', 'RETRY'],
  ['RequestLimitExceeded', 'TokenApiRateLimitedError', 'RETRY'],
  ['LimitExceeded', 'TokenApiUnknownCodeError', 'GIVE_UP'],
])('answers %s with %s and %s, asked once', async (code, __typename, nextStep) => {
  const firmware = await ask(`error-${code}`);
  expect(firmware).toMatchObject({ __typename, code, nextStep });
  if (__typename === 'TokenApiRateLimitedError') {
    expect(firmware.retryAfterMs).toBeGreaterThanOrEqual(1000);
    expect(firmware.retryAfterMs).toBeLessThanOrEqual(2000);
  } else expect(firmware.retryAfterMs).toBe(nextStep === 'RETRY' ? 2000 : null);
  expect(pair.simulator.received).toHaveLength(1);
});

it('answers HTTP 403 as a refusal, asked once', async () => {
  answerWith(pair, () => ({ status: 403, body: '' }));
  expect(await ask('x')).toMatchObject({
    __typename: 'TokenApiUnknownCodeError',
    code: 'HTTP_403',
    nextStep: 'GIVE_UP',
  });
  expect(pair.simulator.received).toHaveLength(1);
});
