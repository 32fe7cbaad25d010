// Every error type, of a confirm and of a read, as every client hands it to an app.

import possibleTypes from 'firmware-gateway-client/possibleTypes.json';
import { startSimulator } from '../../src/simulator/simulator';
import { type Pair, startPair } from '../pair';
import { everyClient } from './everyClient';

interface Refusal {
  type: string;
  device: string;
  code: string;
  nextStep: string;
  token?: null;
  /** The platform is not there. */
  nobody?: true;
}

const ofConfirm: Refusal[] = [
  {
    type: 'DeviceOfflineError',
    device: 'lamp-offline',
    code: 'FailedOperation.DeviceOffline',
    nextStep: 'WAIT_FOR_DEVICE',
  },
  {
    type: 'DeviceHasNoFirmwareError',
    device: 'lamp-no-firmware',
    code: 'ResourceNotFound.DeviceHasNoFirmware',
    nextStep: 'GIVE_UP',
  },
  {
    type: 'FirmwareUpgradeInProgressError',
    device: 'lamp-busy',
    code: 'FailedOperation.OtherUpdateTaskExist',
    nextStep: 'CHECK_STATUS',
  },
  {
    type: 'FirmwareUpgradeOutcomeUnknownError',
    device: 'lamp-cut-off',
    code: 'Gateway.OutcomeUnknown',
    nextStep: 'CHECK_STATUS',
  },
  {
    type: 'TokenApiInvalidParameterValueError',
    device: 'error-InvalidParameterValue',
    code: 'InvalidParameterValue',
    nextStep: 'FIX_REQUEST',
  },
  {
    type: 'TokenApiInvalidAccessTokenError',
    device: 'lamp-1',
    token: null,
    code: 'Gateway.NoAccessToken',
    nextStep: 'SIGN_IN',
  },
  {
    type: 'TokenApiNoPermissionError',
    device: 'lamp-shared',
    code: 'InvalidParameterValue.NoPermission',
    nextStep: 'GIVE_UP',
  },
  { type: 'TokenApiResourceNotFoundError', device: 'nobody-knows-it', code: 'ResourceNotFound', nextStep: 'GIVE_UP' },
  {
    type: 'TokenApiFailedOperationError',
    device: 'hidden-FailedOperation',
    code: 'FailedOperation',
    nextStep: 'CHECK_STATUS',
  },
  { type: 'TokenApiInternalError', device: 'error-InternalError', code: 'InternalError', nextStep: 'CHECK_STATUS' },
  {
    type: 'TokenApiRateLimitedError',
    device: 'error-RequestLimitExceeded',
    code: 'RequestLimitExceeded',
    nextStep: 'RETRY',
  },
  { type: 'TokenApiUnavailableError', device: 'lamp-2', nobody: true, code: 'Gateway.NotSent', nextStep: 'RETRY' },
  { type: 'TokenApiUnknownCodeError', device: 'error-LimitExceeded', code: 'LimitExceeded', nextStep: 'CHECK_STATUS' },
];

const ofRead: Refusal[] = [
  {
    type: 'TokenApiInvalidParameterValueError',
    device: 'error-InvalidParameterValue',
    code: 'InvalidParameterValue',
    nextStep: 'FIX_REQUEST',
  },
  {
    type: 'TokenApiInvalidAccessTokenError',
    device: 'lamp-1',
    token: null,
    code: 'Gateway.NoAccessToken',
    nextStep: 'SIGN_IN',
  },
  {
    type: 'TokenApiNoPermissionError',
    device: 'error-UnauthorizedOperation',
    code: 'UnauthorizedOperation',
    nextStep: 'GIVE_UP',
  },
  { type: 'TokenApiResourceNotFoundError', device: 'nobody-knows-it', code: 'ResourceNotFound', nextStep: 'GIVE_UP' },
  {
    type: 'TokenApiFailedOperationError',
    device: 'hidden-FailedOperation',
    code: 'FailedOperation',
    nextStep: 'RETRY',
  },
  { type: 'TokenApiInternalError', device: 'error-InternalError', code: 'InternalError', nextStep: 'RETRY' },
  {
    type: 'TokenApiRateLimitedError',
    device: 'error-RequestLimitExceeded',
    code: 'RequestLimitExceeded',
    nextStep: 'RETRY',
  },
  { type: 'TokenApiUnavailableError', device: 'lamp-2', nobody: true, code: 'Gateway.NoAnswer', nextStep: 'RETRY' },
  { type: 'TokenApiUnknownCodeError', device: 'error-LimitExceeded', code: 'LimitExceeded', nextStep: 'GIVE_UP' },
];

const refused = ({ type, code, nextStep }: Refusal) => ({
  __typename: type,
  code,
  nextStep,
  message: expect.any(String),
  requestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
  retryAfterMs: nextStep === 'RETRY' ? expect.any(Number) : null,
});

it('knows a device for every error type', () => {
  const types = possibleTypes.TokenApiError.filter((type) => /^\w+$/.test(type));
  expect(ofConfirm.map(({ type }) => type).sort()).toEqual(types);
  expect(ofRead.map(({ type }) => type).sort()).toEqual(
    possibleTypes.FirmwareUpgradeResult.filter((type) => types.includes(type)),
  );
});

describe.each(everyClient)('%s', (_name, create) => {
  let pair: Pair;
  let alone: Pair;
  beforeAll(async () => {
    const { url, close } = await startSimulator();
    await close();
    [pair, alone] = await Promise.all([startPair(), startPair({ env: { TOKENAPI_URL: url } })]);
  });
  afterAll(() => Promise.all([pair.close(), alone.close()]));

  const clientFor = ({ nobody, token }: Refusal) =>
    create({ url: nobody ? alone.url : pair.url, ...(token === null && { token }) });

  it.each(ofConfirm)('refuses a confirm: $type', async (refusal) => {
    const client = clientFor(refusal);
    expect(await client.confirm(refusal.device)).toMatchObject(refused(refusal));
    client.stop();
  });

  it.each(ofRead)('refuses a read: $type', async (refusal) => {
    const client = clientFor(refusal);
    expect((await client.follow(refusal.device)).firmwareUpgrade).toMatchObject(refused(refusal));
    client.stop();
  });
});
