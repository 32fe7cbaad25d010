// Refusals: every code that is known here or could be, in both envelopes, with any HTTP status; and codes that are traps.

import { answerOf, documented, headOf, ofTheApps, refusedDocumented, refusedOfTheApps } from './exchange';
import { accepted, type Exchange, type Expected, type Fault, faultOf, unknown } from './fault';

/** What the platform says of itself and users must not read. */
const INNER_WORDS = 'SQLSTATE 42P01 at 10.20.30.40';

const expected = (code: string, type: string, nextStep: string): Expected => ({ type, code, nextStep });

const refusals: readonly Expected[] = [
  expected('InternalError', 'TokenApiInternalError', 'CHECK_STATUS'),
  expected('InternalError.DbError', 'TokenApiInternalError', 'CHECK_STATUS'),
  expected('InvalidParameterValue', 'TokenApiInvalidParameterValueError', 'FIX_REQUEST'),
  expected('InvalidParameterValue.ModelX', 'TokenApiInvalidParameterValueError', 'FIX_REQUEST'),
  expected('InvalidParameterValue.InvalidAccessToken', 'TokenApiInvalidAccessTokenError', 'SIGN_IN'),
  expected('AuthFailure.InvalidAccessToken', 'TokenApiInvalidAccessTokenError', 'SIGN_IN'),
  expected('InvalidParameterValue.NoPermission', 'TokenApiNoPermissionError', 'GIVE_UP'),
  expected('UnauthorizedOperation', 'TokenApiNoPermissionError', 'GIVE_UP'),
  expected('UnauthorizedOperation.NoPermissionToProject', 'TokenApiNoPermissionError', 'GIVE_UP'),
  expected('ResourceNotFound', 'TokenApiResourceNotFoundError', 'GIVE_UP'),
  expected('ResourceNotFound.DeviceNotExist', 'TokenApiResourceNotFoundError', 'GIVE_UP'),
  expected('ResourceNotFound.DeviceHasNoFirmware', 'DeviceHasNoFirmwareError', 'GIVE_UP'),
  expected('FailedOperation', 'TokenApiFailedOperationError', 'CHECK_STATUS'),
  expected('FailedOperation.DeviceFirmwareIsUpdated', 'TokenApiFailedOperationError', 'GIVE_UP'),
  expected('FailedOperation.DeviceInfoOutdated', 'TokenApiFailedOperationError', 'CHECK_STATUS'),
  expected('FailedOperation.DeviceOffline', 'DeviceOfflineError', 'WAIT_FOR_DEVICE'),
  expected('FailedOperation.OtherUpdateTaskExist', 'FirmwareUpgradeInProgressError', 'CHECK_STATUS'),
  expected('UnsupportedOperation.DeviceOtaTaskInProgress', 'FirmwareUpgradeInProgressError', 'CHECK_STATUS'),
  expected('UnsupportedOperation', 'TokenApiUnknownCodeError', 'CHECK_STATUS'),
  expected('RequestLimitExceeded', 'TokenApiRateLimitedError', 'RETRY'),
  expected('RequestLimitExceeded.UinLimitExceeded', 'TokenApiRateLimitedError', 'RETRY'),
  expected('LimitExceeded', 'TokenApiUnknownCodeError', 'CHECK_STATUS'),
];

function refusalsOf(expected: Expected): Fault[] {
  const code = expected.code as string;
  const isInternal = expected.type === 'TokenApiInternalError';
  const wordsFor = ({ token }: Exchange) => (isInternal ? INNER_WORDS : `拒绝 ${token} line\nbreak`);
  const refusal = (name: string, bytesOf: (exchange: Exchange) => string) =>
    faultOf('refusal', name, expected, (exchange) => exchange.send(bytesOf(exchange)), {
      weight: 0.5,
      ...(isInternal && { withheld: INNER_WORDS }),
    });
  return [
    refusal(`${code}, documented`, (x) => answerOf(200, refusedDocumented(x.requestId, code, wordsFor(x)))),
    refusal(`${code}, of the apps`, (x) => answerOf(200, refusedOfTheApps(x.requestId, code, wordsFor(x)))),
    refusal(`${code}, HTTP 400`, (x) => answerOf(400, refusedDocumented(x.requestId, code, wordsFor(x)))),
    refusal(`${code}, HTTP 500`, (x) => answerOf(500, refusedOfTheApps(x.requestId, code, wordsFor(x)))),
  ];
}

const says = (family: 'refusal' | 'odd code', name: string, expected: Expected, bodyOf: (x: Exchange) => string) =>
  faultOf(family, name, expected, (exchange) => exchange.send(answerOf(200, bodyOf(exchange))));

const codeless: Expected = { type: 'TokenApiUnknownCodeError', nextStep: 'CHECK_STATUS' };

export const allRefusals: readonly Fault[] = [
  ...refusals.flatMap(refusalsOf),
  says(
    'refusal',
    'a code hidden in the message of an InternalError',
    expected('InvalidParameterValue.UserLoginFailed', 'TokenApiInvalidParameterValueError', 'FIX_REQUEST'),
    (x) => refusedDocumented(x.requestId, 'InternalError', 'InvalidParameterValue.UserLoginFailed|login failed'),
  ),
  says(
    'refusal',
    'an Error beside code 0',
    expected('FailedOperation.DeviceOffline', 'DeviceOfflineError', 'WAIT_FOR_DEVICE'),
    (x) => ofTheApps(x.requestId, { Error: { Code: 'FailedOperation.DeviceOffline', Message: '' } }),
  ),
  says('refusal', 'a number and nothing else', codeless, (x) =>
    JSON.stringify({ code: -1000, msg: 'no', data: { RequestId: x.requestId } }),
  ),
];

const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);

const odd = (code: string) =>
  says('odd code', `the code ${JSON.stringify(code.slice(0, 20))}`, { ...codeless, code }, (x) =>
    refusedDocumented(x.requestId, code, 'odd'),
  );

const spoilt = (name: string, code: unknown, expected: Expected) =>
  says('odd code', name, expected, (x) => refusedDocumented(x.requestId, code, 'odd'));

export const oddCodes: readonly Fault[] = [
  ...['constructor', '__proto__', 'prototype', 'toString', 'hasOwnProperty', 'valueOf', '42'].map(odd),
  spoilt('a code that is markup', '<script>alert(1)</script>', codeless),
  spoilt('a code with a line break', 'Failed\r\nX-Injected: 1', codeless),
  spoilt('a code of 5,000 characters', 'A'.repeat(5000), codeless),
  spoilt('an empty code', '', unknown),
  spoilt('a code that is a number', 7, unknown),
  spoilt('a code that is an object', { toString: 'FailedOperation' }, unknown),
  says('odd code', 'an Error that is a string', unknown, (x) => documented(x.requestId, { Error: 'FailedOperation' })),
  faultOf('odd code', 'a code that is the token', codeless, (x) =>
    x.send(answerOf(200, refusedDocumented(x.requestId, x.token, x.token), { 'X-Token': x.token })),
  ),
  says(
    'odd code',
    'RequestId twice, the last ours',
    accepted,
    (x) => `{"Response":{"RequestId":"another","RequestId":"${x.requestId}"}}`,
  ),
  says(
    'odd code',
    'Error twice',
    expected('FailedOperation.DeviceOffline', 'DeviceOfflineError', 'WAIT_FOR_DEVICE'),
    (x) =>
      `{"Response":{"Error":{"Code":"x"},"Error":{"Code":"FailedOperation.DeviceOffline"},"RequestId":"${x.requestId}"}}`,
  ),
  says('odd code', 'an acceptance under __proto__', unknown, (x) => `{"__proto__":${documented(x.requestId)}}`),
  says(
    'odd code',
    'an Error under __proto__',
    accepted,
    (x) => `{"Response":{"__proto__":{"Error":{"Code":"FailedOperation"}},"RequestId":"${x.requestId}"}}`,
  ),
  says(
    'odd code',
    'deep nesting',
    accepted,
    (x) => `{"Response":{"Deep":${nested(20_000)},"RequestId":"${x.requestId}"}}`,
  ),
  faultOf('odd code', 'deep nesting, cut', unknown, (x) =>
    x.send(headOf(200, { 'Content-Length': '30000' }) + '['.repeat(30_000)),
  ),
];
