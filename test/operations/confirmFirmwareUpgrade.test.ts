// Mutation.confirmFirmwareUpgrade: every row of the table, in both envelopes, and what the upstream received for it.

import { answerWith, CONFIRM, confirm, type Pair, PRODUCT, startPair, TOKEN } from '../pair';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

describe.each(['documented', 'client'] as const)('in the %s envelope', (envelope) => {
  let pair: Pair;
  beforeAll(async () => {
    pair = await startPair({ simulator: { envelope } });
  });
  afterAll(() => pair.close());
  beforeEach(() => {
    pair.simulator.received.length = 0;
    pair.simulator.override = undefined;
  });

  it('forwards one POST of exactly five string members and answers its RequestId', async () => {
    const answer = await confirm(pair, 'lamp-1');
    const [call, ...rest] = pair.simulator.received;
    expect(rest).toEqual([]);
    expect(call?.body).toEqual({
      Action: 'AppPublishFirmwareUpdateMessage',
      RequestId: expect.stringMatching(UUID),
      ProductId: PRODUCT,
      DeviceName: 'lamp-1',
      AccessToken: TOKEN,
    });
    expect(answer).toEqual({
      __typename: 'ConfirmFirmwareUpgradeSuccess',
      requestId: call?.body.RequestId,
      device: { id: `${PRODUCT}/lamp-1` },
    });
  });

  it('sends nothing else of the client’s request upstream', async () => {
    await confirm(pair, 'lamp-2', { headers: { cookie: 'a=b', 'x-request-id': 'mine', 'user-agent': 'app' } });
    expect(Object.keys(pair.simulator.received[0]?.headers ?? {}).sort()).toEqual([
      'connection',
      'content-length',
      'content-type',
      'host',
    ]);
  });

  it.each`
    code                                              | type                                    | nextStep
    ${'InvalidParameterValue'}                        | ${'TokenApiInvalidParameterValueError'} | ${'FIX_REQUEST'}
    ${'InvalidParameterValue.UserLoginFailed'}        | ${'TokenApiInvalidParameterValueError'} | ${'FIX_REQUEST'}
    ${'InvalidParameterValue.InvalidAccessToken'}     | ${'TokenApiInvalidAccessTokenError'}    | ${'SIGN_IN'}
    ${'UnauthorizedOperation.InvalidAccessTokenGone'} | ${'TokenApiInvalidAccessTokenError'}    | ${'SIGN_IN'}
    ${'InvalidParameterValue.NoPermission'}           | ${'TokenApiNoPermissionError'}          | ${'GIVE_UP'}
    ${'UnauthorizedOperation'}                        | ${'TokenApiNoPermissionError'}          | ${'GIVE_UP'}
    ${'UnauthorizedOperation.NotYours'}               | ${'TokenApiNoPermissionError'}          | ${'GIVE_UP'}
    ${'ResourceNotFound'}                             | ${'TokenApiResourceNotFoundError'}      | ${'GIVE_UP'}
    ${'ResourceNotFound.DeviceNotExist'}              | ${'TokenApiResourceNotFoundError'}      | ${'GIVE_UP'}
    ${'ResourceNotFound.DeviceHasNoFirmware'}         | ${'DeviceHasNoFirmwareError'}           | ${'GIVE_UP'}
    ${'FailedOperation'}                              | ${'TokenApiFailedOperationError'}       | ${'CHECK_STATUS'}
    ${'FailedOperation.DeviceFirmwareIsUpdated'}      | ${'TokenApiFailedOperationError'}       | ${'GIVE_UP'}
    ${'FailedOperation.DeviceInfoOutdated'}           | ${'TokenApiFailedOperationError'}       | ${'CHECK_STATUS'}
    ${'FailedOperation.DeviceOffline'}                | ${'DeviceOfflineError'}                 | ${'WAIT_FOR_DEVICE'}
    ${'FailedOperation.OtherUpdateTaskExist'}         | ${'FirmwareUpgradeInProgressError'}     | ${'CHECK_STATUS'}
    ${'UnsupportedOperation.DeviceOtaTaskInProgress'} | ${'FirmwareUpgradeInProgressError'}     | ${'CHECK_STATUS'}
    ${'UnsupportedOperation'}                         | ${'TokenApiUnknownCodeError'}           | ${'CHECK_STATUS'}
    ${'InternalError'}                                | ${'TokenApiInternalError'}              | ${'CHECK_STATUS'}
    ${'InternalError.Database'}                       | ${'TokenApiInternalError'}              | ${'CHECK_STATUS'}
    ${'RequestLimitExceeded'}                         | ${'TokenApiRateLimitedError'}           | ${'RETRY'}
    ${'RequestLimitExceeded.UinLimitExceeded'}        | ${'TokenApiRateLimitedError'}           | ${'RETRY'}
    ${'LimitExceeded'}                                | ${'TokenApiUnknownCodeError'}           | ${'CHECK_STATUS'}
    ${'Gateway.NotSent'}                              | ${'TokenApiUnknownCodeError'}           | ${'CHECK_STATUS'}
    ${'constructor'}                                  | ${'TokenApiUnknownCodeError'}           | ${'CHECK_STATUS'}
    ${'__proto__'}                                    | ${'TokenApiUnknownCodeError'}           | ${'CHECK_STATUS'}
    ${'HTTP_429'}                                     | ${'TokenApiUnknownCodeError'}           | ${'CHECK_STATUS'}
  `('answers $code with $type and $nextStep, sent once', async ({ code, type, nextStep }) => {
    const answer = await confirm(pair, `error-${code}`);
    expect(answer).toMatchObject({ __typename: type, code, nextStep });
    expect(answer.message).toEqual(expect.any(String));
    expect(pair.simulator.received.map(({ body }) => body.RequestId)).toEqual([answer.requestId]);
    if (nextStep !== 'RETRY') expect(answer.retryAfterMs).toBeNull();
    else {
      expect(answer.retryAfterMs).toBeGreaterThanOrEqual(1000);
      expect(answer.retryAfterMs).toBeLessThanOrEqual(2000);
    }
  });

  it.each([
    ['DeviceOfflineError', 'FailedOperation.DeviceOffline'],
    ['DeviceHasNoFirmwareError', 'ResourceNotFound.DeviceHasNoFirmware'],
    ['FirmwareUpgradeInProgressError', 'FailedOperation.OtherUpdateTaskExist'],
  ])('names the device in a %s', async (__typename, code) => {
    const device = { id: `${PRODUCT}/error-${code}` };
    expect(await confirm(pair, `error-${code}`)).toMatchObject({ __typename, device });
  });

  it('withholds the words of an internal error', async () => {
    answerWith(pair, (RequestId) => ({
      body: { Response: { Error: { Code: 'InternalError', Message: 'java.lang.Error at 10.0.0.7' }, RequestId } },
    }));
    const { message } = await confirm(pair, 'lamp-1');
    expect(message).toBe('The platform reported an internal error.');
    expect(pair.simulator.received).toHaveLength(1);
  });
});

describe('before anything is sent', () => {
  let pair: Pair;
  beforeAll(async () => {
    pair = await startPair();
  });
  afterAll(() => pair.close());
  afterEach(() => expect(pair.simulator.received).toEqual([]));

  it.each([
    ['blank', ''],
    ['a space', 'a b'],
    ['a slash', 'a/b'],
    ['a control character', 'a\u0007'],
    ['a newline', 'a\n'],
    ['half a character', '\ud83d'],
    ['129 characters', 'x'.repeat(129)],
  ])('refuses a name with %s, whichever it is', async (_name, value) => {
    for (const variables of [
      { productId: value, deviceName: 'lamp-1' },
      { productId: PRODUCT, deviceName: value },
    ]) {
      const { body } = await pair.ask(CONFIRM, variables);
      expect(body.data.confirmFirmwareUpgrade).toMatchObject({
        __typename: 'TokenApiInvalidParameterValueError',
        code: 'Gateway.InvalidArgument',
        nextStep: 'FIX_REQUEST',
        requestId: expect.stringMatching(UUID),
      });
    }
  });
});

it('takes names of 128 characters', async () => {
  const pair = await startPair();
  const name = '灯'.repeat(128);
  expect(await confirm(pair, name)).toMatchObject({ __typename: 'TokenApiResourceNotFoundError' });
  expect(pair.simulator.received.map(({ body }) => body.DeviceName)).toEqual([name]);
  await pair.close();
});
