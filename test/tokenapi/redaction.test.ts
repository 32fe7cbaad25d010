// Tokens that are words of the platform's own language: its answer is understood all the same, and repeated without the token.

import { answerWith, confirm, type Pair, PRODUCT, quoted, startPair } from '../pair';

let pair: Pair;
beforeAll(async () => {
  pair = await startPair();
});
afterAll(() => pair.close());
beforeEach(() => {
  pair.simulator.override = undefined;
  pair.simulator.received.length = 0;
});

const OFFLINE = 'FailedOperation.DeviceOffline';
const both = [
  ['documented', (response: object) => ({ Response: response })],
  ['client', (response: object) => ({ code: 0, msg: '', data: response })],
] as const;

/** Every name and every fixed word of an answer that has eight characters. */
const WORDS = [
  'RequestId',
  'Response',
  '"RequestId"',
  '"Response":',
  'Response":{"Error":{"Code":"',
  'FailedOperation',
  'DeviceOffline',
  OFFLINE,
  'edOperation.Dev',
  '[redacted]',
  '$&$&$&$&',
];

describe.each(both)('in the %s envelope', (_name, wrap) => {
  it.each(WORDS)('the token %s leaves a refusal and a success what they are', async (token) => {
    answerWith(pair, (RequestId) => ({
      body: wrap({ RequestId, Error: { Code: OFFLINE, Message: `no ${token} here` } }),
    }));
    const refused = await confirm(pair, 'lamp-1', { token });
    expect(refused).toMatchObject({
      __typename: 'DeviceOfflineError',
      code: OFFLINE,
      message: quoted('no [redacted] here'),
    });
    answerWith(pair, (RequestId) => ({ body: wrap({ RequestId }) }));
    expect((await confirm(pair, 'lamp-1', { token })).__typename).toBe('ConfirmFirmwareUpgradeSuccess');
    expect(pair.simulator.received).toHaveLength(2);
  });
});

it.each([
  ['a known code', 'InvalidParameterValue', 'InvalidParameterValue', 'InvalidParameterValue'],
  [
    'the rest of a known code',
    'NoPermission',
    'InvalidParameterValue.NoPermission',
    'InvalidParameterValue.NoPermission',
  ],
  [
    'what makes a code one of an invalid token',
    'InvalidAccessToken',
    'Auth.InvalidAccessToken',
    'InvalidParameterValue.InvalidAccessToken',
  ],
  ['a family with more', 'FailedOperation.x', 'FailedOperation.xy', 'FailedOperation'],
  ['the rest of an unknown code', 'secretToken', 'FailedOperation.secretToken', 'FailedOperation._redacted_'],
  ['an unknown code', 'secretToken', 'secretToken', '_redacted_'],
  ['a number', '12345678', '12345678', '_redacted_'],
])(
  'a code that holds the token, %s, means what it means, and shows no more than that',
  async (_name, token, sent, code) => {
    answerWith(pair, (RequestId) => ({ body: { Response: { RequestId, Error: { Code: sent, Message: '' } } } }));
    const answer = await confirm(pair, 'lamp-1', { token });
    const plain = await confirm(pair, 'lamp-1', { token: 'another-token' });
    expect([answer.code, answer.__typename, answer.nextStep]).toEqual([code, plain.__typename, plain.nextStep]);
  },
);

it('a code in a message is found before the token is taken out of it', async () => {
  const Message = 'InvalidParameterValue.UserLoginFailed|UserLoginFailed';
  answerWith(pair, (RequestId) => ({ body: { Response: { RequestId, Error: { Code: 'InternalError', Message } } } }));
  expect(await confirm(pair, 'lamp-1', { token: 'UserLoginFailed' })).toMatchObject({
    __typename: 'TokenApiInvalidParameterValueError',
    code: 'InvalidParameterValue._redacted_',
    message: quoted('[redacted]'),
  });
});

it('a text is rid of the token before it is cut, so no beginning of the token is left', async () => {
  const token = 'a-token-at-the-very-end';
  const Message = `${'x'.repeat(469)}${token}`;
  answerWith(pair, (RequestId) => ({ body: { Response: { RequestId, Error: { Code: OFFLINE, Message } } } }));
  expect((await confirm(pair, 'lamp-1', { token })).message).toBe(quoted(`${'x'.repeat(469)}[redacted]`));
});

describe('a read', () => {
  const ask = async (fields: string, token: string) =>
    (await pair.ask(`{ device(productId: "${PRODUCT}", deviceName: "lamp-1") { ${fields} } }`, {}, { token })).body.data
      .device;

  it.each([
    [
      'a version',
      '1.0.0-token',
      { CurrentVersion: '1.0.0-token', DstVersion: 'v1.0.0-token' },
      ['[redacted]', 'v[redacted]'],
    ],
    ['a name of the answer', 'CurrentVersion', { CurrentVersion: '1', DstVersion: '2' }, ['1', '2']],
    ['a deep nest beside it', 'token-of-eve', { CurrentVersion: '1', DstVersion: '2', X: '\\' }, ['1', '2']],
  ])('with the token in its texts shows them without it: %s', async (_name, token, fields, expected) => {
    answerWith(pair, (RequestId) => ({ body: { Response: { RequestId, ...fields } } }));
    const { firmware } = await ask('firmware { ... on DeviceFirmware { currentVersion targetVersion } }', token);
    expect(Object.values(firmware)).toEqual(expected);
  });

  it.each(['PRDEMO0001', 'PRDEMO0001/lamp-1', 'DeviceId', 'DeviceStatuses'])(
    'finds the device by its id though the token is %s',
    async (token) => {
      answerWith(pair, (RequestId) => ({
        body: { Response: { RequestId, DeviceStatuses: [{ DeviceId: `${PRODUCT}/lamp-1`, Online: 1 }] } },
      }));
      expect(await ask('connectivity { ... on DeviceConnectivity { state } }', token)).toEqual({
        connectivity: { state: 'ONLINE' },
      });
    },
  );

  it('is answered though the payload is nested as deeply as 64 KiB can be', async () => {
    const token = 'token-of-eve';
    const nest = '['.repeat(30_000) + JSON.stringify(token) + ']'.repeat(30_000);
    answerWith(pair, (id) => ({ body: `{"Response":{"RequestId":"${id}","CurrentVersion":"1","X":${nest}}}` }));
    const { firmware } = await ask('firmware { ... on DeviceFirmware { currentVersion } }', token);
    expect(firmware).toEqual({ currentVersion: '1' });
  });
});
