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
    ${'FailedOperation.DeviceFirmwareIsUpdated'}      | ${'TokenApiFailedOperationError'}       | ${'CHECK_STATUS'}
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

  it('takes the code that hides in an InternalError’s message for the code', async () => {
    expect(await confirm(pair, 'hidden-InvalidParameterValue.UserLoginFailed')).toMatchObject({
      __typename: 'TokenApiInvalidParameterValueError',
      code: 'InvalidParameterValue.UserLoginFailed',
    });
    expect(pair.simulator.received).toHaveLength(1);
  });
});

describe('with answers that are off', () => {
  let pair: Pair;
  beforeAll(async () => {
    pair = await startPair({ env: { TOKENAPI_TIMEOUT_MS: '400' } });
  });
  afterAll(() => pair.close());
  beforeEach(() => {
    pair.simulator.received.length = 0;
  });

  const refusal = (requestId: unknown, Code = 'FailedOperation.DeviceOffline', Message = '设备不在线') => ({
    Response: { Error: { Code, Message }, RequestId: requestId },
  });
  const success = (requestId: unknown) => ({ Response: { RequestId: requestId } });
  const UNKNOWN = 'FirmwareUpgradeOutcomeUnknownError';

  it.each<[name: string, type: string, code: string, status: number, body: (id: string) => unknown]>([
    [
      'code ≠ 0 without Error',
      'TokenApiUnknownCodeError',
      '-1000',
      200,
      (id) => ({ code: -1000, msg: 'm', data: { RequestId: id } }),
    ],
    [
      'code as a string',
      'TokenApiUnknownCodeError',
      '-1000',
      200,
      (id) => ({ code: '-1000', msg: 'm', data: { RequestId: id } }),
    ],
    ['code "0"', 'ConfirmFirmwareUpgradeSuccess', '', 200, (id) => ({ code: '0', msg: '', data: { RequestId: id } })],
    [
      'Error though code is 0',
      'DeviceOfflineError',
      'FailedOperation.DeviceOffline',
      200,
      (id) => ({ code: 0, data: refusal(id).Response }),
    ],
    ['a refusal with HTTP 500', 'DeviceOfflineError', 'FailedOperation.DeviceOffline', 500, refusal],
    ['a refusal with HTTP 302', 'DeviceOfflineError', 'FailedOperation.DeviceOffline', 302, refusal],
    ['a refusal with HTTP 404', 'DeviceOfflineError', 'FailedOperation.DeviceOffline', 404, refusal],
    ['a success with HTTP 201', 'ConfirmFirmwareUpgradeSuccess', '', 201, success],
    ['HTTP 429', 'TokenApiRateLimitedError', 'HTTP_429', 429, () => 'slow down'],
    ['HTTP 400', 'TokenApiUnknownCodeError', 'HTTP_400', 400, () => ({ error: 'bad' })],
    ['HTTP 401', 'TokenApiUnknownCodeError', 'HTTP_401', 401, () => ''],
    ['HTTP 404', 'TokenApiUnknownCodeError', 'HTTP_404', 404, () => '<html>'],
    ['HTTP 400 without a RequestId', 'TokenApiUnknownCodeError', 'HTTP_400', 400, () => refusal(undefined)],
    ['HTTP 408', UNKNOWN, 'Gateway.OutcomeUnknown', 408, () => ''],
    ['HTTP 421', UNKNOWN, 'Gateway.OutcomeUnknown', 421, () => ''],
    ['HTTP 425', UNKNOWN, 'Gateway.OutcomeUnknown', 425, () => ''],
    ['HTTP 500', UNKNOWN, 'Gateway.OutcomeUnknown', 500, () => 'oops'],
    ['HTTP 502 with a success', UNKNOWN, 'Gateway.OutcomeUnknown', 502, success],
    ['HTTP 302', UNKNOWN, 'Gateway.OutcomeUnknown', 302, () => ''],
    ['an empty answer', UNKNOWN, 'Gateway.OutcomeUnknown', 200, () => ''],
    ['HTML', UNKNOWN, 'Gateway.OutcomeUnknown', 200, () => '<html></html>'],
    ['null', UNKNOWN, 'Gateway.OutcomeUnknown', 200, () => 'null'],
    ['an array', UNKNOWN, 'Gateway.OutcomeUnknown', 200, () => '[]'],
    ['no envelope', UNKNOWN, 'Gateway.OutcomeUnknown', 200, (id) => ({ RequestId: id })],
    ['a success without RequestId', UNKNOWN, 'Gateway.OutcomeUnknown', 200, () => ({ Response: {} })],
    ['another’s success', UNKNOWN, 'Gateway.OutcomeUnknown', 200, () => success('another')],
    ['another’s refusal', UNKNOWN, 'Gateway.OutcomeUnknown', 200, () => refusal('another')],
    [
      'an Error without a code',
      UNKNOWN,
      'Gateway.OutcomeUnknown',
      200,
      (id) => ({ Response: { Error: {}, RequestId: id } }),
    ],
    ['a code that is none', 'TokenApiUnknownCodeError', 'a_b__c', 200, (id) => refusal(id, 'a b\n<c')],
  ])('answers %s with %s', async (_name, __typename, code, status, body) => {
    answerWith(pair, (requestId) => ({ status, body: body(requestId) }));
    const answer = await confirm(pair, 'lamp-1');
    expect(answer).toMatchObject(code === '' ? { __typename } : { __typename, code });
    expect(pair.simulator.received.map((call) => call.body.RequestId)).toEqual([answer.requestId]);
  });

  it('withholds the words of an internal error', async () => {
    answerWith(pair, (id) => ({ body: refusal(id, 'InternalError', 'java.lang.NullPointerException at 10.0.0.7') }));
    const { message } = await confirm(pair, 'lamp-1');
    expect(message).toBe('The platform reported an internal error.');
    expect(pair.simulator.received).toHaveLength(1);
  });

  it('cuts a long message and takes the token out of it', async () => {
    answerWith(pair, (id) => ({ body: refusal(id, 'FailedOperation', `${TOKEN} is bad ${'x'.repeat(1000)}`) }));
    const { message } = await confirm(pair, 'lamp-1');
    expect(message).toHaveLength(500);
    expect(message.startsWith('[redacted] is bad xxx')).toBe(true);
  });

  it('answers silence with an unknown outcome at the deadline, and does not send again', async () => {
    pair.simulator.override = () => true;
    const startedAt = performance.now();
    expect(await confirm(pair, 'lamp-1')).toMatchObject({ __typename: UNKNOWN, nextStep: 'CHECK_STATUS' });
    expect(performance.now() - startedAt).toBeLessThan(400 + 250);
    expect(pair.simulator.received).toHaveLength(1);
  });

  it('answers a connection cut after the send with an unknown outcome, and does not send again', async () => {
    pair.simulator.override = (_call, response) => Boolean(response.socket?.destroy());
    expect(await confirm(pair, 'lamp-1')).toMatchObject({ __typename: UNKNOWN, nextStep: 'CHECK_STATUS' });
    expect(pair.simulator.received).toHaveLength(1);
  });

  it('a control: a client that repeats on errors sends twice there', async () => {
    pair.simulator.override = (_call, response) => Boolean(response.socket?.destroy());
    const naive = () =>
      fetch(pair.simulator.url, { method: 'POST', body: '{"Action":"AppPublishFirmwareUpdateMessage"}' });
    await naive()
      .catch(naive)
      .catch(() => undefined);
    expect(pair.simulator.received).toHaveLength(2);
  });
});

describe('without the upstream', () => {
  let pair: Pair;
  beforeAll(async () => {
    pair = await startPair();
    await pair.simulator.close();
  });
  afterAll(() => pair.close());

  it('answers that nothing was sent, and when to try again', async () => {
    expect(await confirm(pair, 'lamp-1')).toMatchObject({
      __typename: 'TokenApiUnavailableError',
      code: 'Gateway.NotSent',
      nextStep: 'RETRY',
      retryAfterMs: 1000,
    });
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

  it.each<[string, string | null]>([
    ['no header', null],
    ['another scheme', 'Basic abc'],
    ['no token', 'Bearer '],
    ['a space in it', 'Bearer a b'],
    ['non-ASCII in it', 'Bearer caf\u00e9'],
    ['4097 characters', `Bearer ${'x'.repeat(4097)}`],
  ])('refuses a token: %s', async (_name, authorization) => {
    const headers = authorization === null ? {} : { authorization };
    expect(await confirm(pair, 'lamp-1', { token: null, headers })).toMatchObject({
      __typename: 'TokenApiInvalidAccessTokenError',
      code: 'Gateway.NoAccessToken',
      nextStep: 'SIGN_IN',
    });
  });
});

it('takes names of 128 characters and a token of 4096', async () => {
  const pair = await startPair();
  const token = 'x'.repeat(4096);
  const answer = await confirm(pair, '灯'.repeat(128), { token });
  expect(answer).toMatchObject({
    __typename: 'TokenApiInvalidAccessTokenError',
    code: 'InvalidParameterValue.InvalidAccessToken',
  });
  expect(pair.simulator.received.map(({ body }) => body.AccessToken)).toEqual([token]);
  await pair.close();
});

it('reuses no upstream connection that the server may be about to close', async () => {
  const pair = await startPair();
  const ports: (number | undefined)[] = [];
  pair.simulator.override = (_call, response) => {
    ports.push(response.socket?.remotePort);
    return false;
  };
  await confirm(pair, 'lamp-1');
  // A server that closes idle connections after so long must find no confirm on one.
  await new Promise((resolve) => setTimeout(resolve, 100));
  await confirm(pair, 'lamp-2');
  expect(new Set(ports).size).toBe(2);
  await pair.close();
});
