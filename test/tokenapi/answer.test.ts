// What an answer says of a confirm: only a complete one, of this very call, says anything.

import { answerWith, confirm, type Pair, quoted, startPair, TOKEN, until } from '../pair';

let pair: Pair;
beforeAll(async () => {
  pair = await startPair();
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

it('cuts a long message and takes the token out of it', async () => {
  answerWith(pair, (id) => ({ body: refusal(id, 'FailedOperation', `${TOKEN} is bad ${'x'.repeat(1000)}`) }));
  const { message } = await confirm(pair, 'lamp-1');
  expect(message).toHaveLength(500);
  expect(message.startsWith('The platform says: "[redacted] is bad xxx')).toBe(true);
});

it.each<[string, (error: object) => object]>([
  ['documented', (error) => ({ Response: error })],
  ['client', (error) => ({ code: -1000, msg: '', data: error })],
])('takes the code that hides in an InternalError’s message, in the %s envelope, for the code', async (_name, wrap) => {
  const Message = 'InvalidParameterValue.UserLoginFailed|用户登录失败';
  answerWith(pair, (RequestId) => ({ body: wrap({ Error: { Code: 'InternalError', Message }, RequestId }) }));
  expect(await confirm(pair, 'lamp-1')).toMatchObject({
    __typename: 'TokenApiInvalidParameterValueError',
    code: 'InvalidParameterValue.UserLoginFailed',
    message: quoted('用户登录失败'),
  });
  expect(pair.simulator.received).toHaveLength(1);
});

it('believes neither of two confirms whose answers are swapped', async () => {
  const answers: ((requestId: unknown) => void)[] = [];
  pair.simulator.override = (_call, response) => {
    answers.push((requestId) => response.end(JSON.stringify(success(requestId))));
    return true;
  };
  const confirms = [confirm(pair, 'lamp-1'), confirm(pair, 'lamp-2')];
  await until(() => answers.length === 2);
  const [first, second] = pair.simulator.received.map(({ body }) => body.RequestId);
  answers[0]?.(second);
  answers[1]?.(first);
  for (const answer of await Promise.all(confirms))
    expect(answer).toMatchObject({ __typename: UNKNOWN, code: 'Gateway.OutcomeUnknown', nextStep: 'CHECK_STATUS' });
  expect(pair.simulator.received).toHaveLength(2);
});
