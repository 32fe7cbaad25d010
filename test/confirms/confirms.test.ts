// At most once: double presses, idempotency keys, and what frees one.

import { setTimeout as pause } from 'node:timers/promises';
import { askAndLeave } from '../leavingClient';
import { operationsRead } from '../operationsRead';
import { answerWith, confirm, figureOf, type Pair, PRODUCT, startPair, until } from '../pair';

let pair: Pair;
beforeEach(async () => {
  pair = await startPair({ env: { TOKENAPI_TIMEOUT_MS: '600' } });
});
afterEach(() => pair.close());

const refuseWith = (Code: string) =>
  answerWith(pair, (RequestId) => ({ body: { Response: { Error: { Code, Message: '' }, RequestId } } }));
const key = (value: string) => ({ headers: { 'idempotency-key': value } });
const confirms = () => pair.simulator.received.filter(({ action }) => action === 'AppPublishFirmwareUpdateMessage');
/** Holds every answer back for so long. */
const slowly = (ms: number) => {
  pair.simulator.override = (call, response) => {
    setTimeout(() => response.end(JSON.stringify({ Response: { RequestId: call.body.RequestId } })), ms);
    return true;
  };
};

it('sends once for 100 presses of the same user on the same device', async () => {
  slowly(400);
  const answers = await Promise.all(Array.from({ length: 100 }, () => confirm(pair, 'lamp-1')));
  expect(new Set(answers.map(({ requestId }) => requestId)).size).toBe(1);
  expect(answers[0].__typename).toBe('ConfirmFirmwareUpgradeSuccess');
  expect(confirms()).toHaveLength(1);
});

it('a control: without the gateway the same presses are sent 100 times', async () => {
  const body = JSON.stringify({
    Action: 'AppPublishFirmwareUpdateMessage',
    RequestId: 'x',
    AccessToken: 'demo-token-a',
  });
  await Promise.all(Array.from({ length: 100 }, () => fetch(pair.simulator.url, { method: 'POST', body })));
  expect(confirms()).toHaveLength(100);
});

it('sends for each of two users and of two devices', async () => {
  slowly(50);
  await Promise.all([
    confirm(pair, 'lamp-1'),
    confirm(pair, 'lamp-2'),
    confirm(pair, 'lamp-1', { token: 'demo-token-carol' }),
  ]);
  expect(confirms()).toHaveLength(3);
});

it('sends again once the answer is there', async () => {
  await confirm(pair, 'lamp-1');
  expect((await confirm(pair, 'lamp-1')).__typename).toBe('FirmwareUpgradeInProgressError');
  expect(confirms()).toHaveLength(2);
});

it('keeps a shared call alive while one of its clients is still there', async () => {
  slowly(150);
  const leaving = fetch(pair.url, {
    method: 'POST',
    signal: AbortSignal.timeout(50),
    headers: { 'content-type': 'application/json', authorization: 'Bearer demo-token-alice' },
    body: JSON.stringify({
      query: `mutation { confirmFirmwareUpgrade(productId: "${PRODUCT}", deviceName: "lamp-1") { __typename } }`,
    }),
  }).catch(() => 'left');
  const answer = await confirm(pair, 'lamp-1');
  expect(await leaving).toBe('left');
  expect(answer.__typename).toBe('ConfirmFirmwareUpgradeSuccess');
  expect(confirms()).toHaveLength(1);
});

describe('while the call of a shared confirm waits for a place', () => {
  const PLACES = 1;
  const CONFIRM_LAMP_1 = `mutation { confirmFirmwareUpgrade(productId: "${PRODUCT}", deviceName: "lamp-1") { __typename } }`;
  const held: (() => void)[] = [];
  /** Takes every place, starts a confirm that waits for one, lets its client leave and a place become free. */
  async function firstPressLeaves(followers: number, doFollowersLeave = false) {
    await pair.close();
    pair = await startPair({ env: { MAX_UPSTREAM_CALLS: String(PLACES) } });
    pair.simulator.override = ({ body }, response) => {
      if (body.DeviceName === 'lamp-1') return false;
      held.push(() => response.end(JSON.stringify({ Response: { RequestId: body.RequestId } })));
      return true;
    };
    const holding = Array.from({ length: PLACES }, (_, i) =>
      confirm(pair, `lamp-1${i}`, { token: 'demo-token-carol' }),
    );
    await until(() => held.length === PLACES);
    const first = await askAndLeave(pair.url, CONFIRM_LAMP_1);
    await until(async () => (await figureOf(pair, 'upstream_queued')) === 1);
    const areRead = operationsRead(followers);
    const following = doFollowersLeave ? [] : Array.from({ length: followers }, () => confirm(pair, 'lamp-1'));
    const leaving = doFollowersLeave
      ? await Promise.all(Array.from({ length: followers }, () => askAndLeave(pair.url, CONFIRM_LAMP_1)))
      : [];
    await areRead;
    await first.leave();
    for (const follower of leaving) await follower.leave();
    for (const release of held.splice(0)) release();
    await Promise.all(holding);
    return Promise.all(following);
  }
  const sendsFor = (name: string) => confirms().filter(({ body }) => body.DeviceName === name).length;

  it('still sends it, for a follower, after the first client has left', async () => {
    const answers = await firstPressLeaves(2);
    expect(answers.map(({ __typename }) => __typename)).toEqual(Array(2).fill('ConfirmFirmwareUpgradeSuccess'));
    expect(sendsFor('lamp-1')).toBe(1);
  });

  it('does not send it once its followers have left, too', async () => {
    await firstPressLeaves(1, true);
    await until(
      () => pair.log.filter(({ msg, device }) => msg === 'confirm' && device === `${PRODUCT}/lamp-1`).length === 2,
    );
    expect(sendsFor('lamp-1')).toBe(0);
  });

  it('a control: does not send it once nobody waits any more', async () => {
    await firstPressLeaves(0);
    await until(() => pair.log.some(({ msg, device }) => msg === 'confirm' && device === `${PRODUCT}/lamp-1`));
    expect(sendsFor('lamp-1')).toBe(0);
  });
});

it('finishes and logs a call whose client has left', async () => {
  slowly(150);
  const headers = {
    'content-type': 'application/json',
    authorization: 'Bearer demo-token-alice',
    'x-request-id': 'left',
  };
  const query = `mutation { confirmFirmwareUpgrade(productId: "${PRODUCT}", deviceName: "lamp-1") { __typename } }`;
  const left = fetch(pair.url, {
    method: 'POST',
    signal: AbortSignal.timeout(50),
    headers,
    body: JSON.stringify({ query }),
  });
  await expect(left).rejects.toThrow();
  await pause(200);
  expect(pair.log).toContainEqual(
    expect.objectContaining({ msg: 'confirm', requestId: 'left', outcome: 'ConfirmFirmwareUpgradeSuccess' }),
  );
  expect(confirms()).toHaveLength(1);
});

describe('an idempotency key', () => {
  it.each([
    ['a success', () => (pair.simulator.override = undefined)],
    ['FailedOperation', () => refuseWith('FailedOperation')],
    ['an upgrade in progress', () => refuseWith('FailedOperation.OtherUpdateTaskExist')],
    ['InternalError', () => refuseWith('InternalError')],
    ['a code without a type', () => refuseWith('Strange.Code')],
    ['silence', () => (pair.simulator.override = () => true)],
  ])('replays %s without sending', async (_name, prepare) => {
    prepare();
    const first = await confirm(pair, 'lamp-1', key('k'));
    pair.simulator.override = undefined;
    const second = await confirm(pair, 'lamp-1', key('k'));
    expect(second).toEqual(first);
    expect(confirms()).toHaveLength(1);
  });

  it.each([
    'FailedOperation.DeviceOffline',
    'RequestLimitExceeded',
    'InvalidParameterValue.InvalidAccessToken',
    'InvalidParameterValue',
    'ResourceNotFound',
  ])('is free again after %s', async (code) => {
    refuseWith(code);
    expect((await confirm(pair, 'lamp-1', key('k'))).code).toBe(code);
    pair.simulator.override = undefined;
    expect((await confirm(pair, 'lamp-1', key('k'))).__typename).toBe('ConfirmFirmwareUpgradeSuccess');
    expect(confirms()).toHaveLength(2);
  });

  it('is free again when nothing was sent', async () => {
    const { url } = pair.simulator;
    await pair.simulator.close();
    expect((await confirm(pair, 'lamp-1', key('k'))).code).toBe('Gateway.NotSent');
    expect((await confirm(pair, 'lamp-1', key('k'))).code).toBe('Gateway.NotSent');
    expect(url).toBeDefined();
  });

  it('is one of this device and of this user alone', async () => {
    const first = await confirm(pair, 'lamp-1', key('k'));
    const onAnother = await confirm(pair, 'lamp-2', key('k'));
    const ofAnother = await confirm(pair, 'lamp-3', { ...key('k'), token: 'demo-token-carol' });
    for (const { __typename } of [first, onAnother, ofAnother])
      expect(__typename).toBe('ConfirmFirmwareUpgradeSuccess');
    expect(confirms()).toHaveLength(3);
    expect(await confirm(pair, 'lamp-1', key('k'))).toEqual(first);
    expect(await confirm(pair, 'lamp-2', key('k'))).toEqual(onAnother);
    expect(confirms()).toHaveLength(3);
  });

  it('shares nothing with another one, or with one of another device or user, at the same moment', async () => {
    slowly(80);
    const answers = await Promise.all([
      confirm(pair, 'lamp-1', key('k')),
      confirm(pair, 'lamp-2', key('k')),
      confirm(pair, 'lamp-3', key('l')),
      confirm(pair, 'lamp-1', { ...key('k'), token: 'demo-token-carol' }),
    ]);
    expect(new Set(answers.map(({ requestId }) => requestId)).size).toBe(4);
    expect(confirms()).toHaveLength(4);
  });

  it('may have 255 characters', async () => {
    const long = key('!'.repeat(127) + '~'.repeat(128));
    expect(await confirm(pair, 'lamp-1', long)).toEqual(await confirm(pair, 'lamp-1', long));
    expect(confirms()).toHaveLength(1);
  });

  it('shares the answer with whoever comes with it meanwhile, even a refusal', async () => {
    pair.simulator.override = (call, response) => {
      const Response = {
        Error: { Code: 'FailedOperation.DeviceOffline', Message: '' },
        RequestId: call.body.RequestId,
      };
      setTimeout(() => response.end(JSON.stringify({ Response })), 100);
      return true;
    };
    const answers = await Promise.all(Array.from({ length: 20 }, () => confirm(pair, 'lamp-1', key('k'))));
    expect(new Set(answers.map(({ requestId }) => requestId)).size).toBe(1);
    expect(confirms()).toHaveLength(1);
  });

  it('shares the call of a press without one, and keeps its answer', async () => {
    slowly(100);
    const [plain, keyed] = await Promise.all([confirm(pair, 'lamp-1'), confirm(pair, 'lamp-1', key('k'))]);
    expect(keyed).toEqual(plain);
    expect(await confirm(pair, 'lamp-1', key('k'))).toEqual(plain);
    expect(confirms()).toHaveLength(1);
  });

  const withArgument = async (argument: string | null, headers: Record<string, string> = {}) => {
    const query = `mutation ($k: String) { confirmFirmwareUpgrade(productId: "${PRODUCT}", deviceName: "lamp-1", idempotencyKey: $k) {
      __typename ... on TokenApiError { code } ... on ConfirmFirmwareUpgradeSuccess { requestId } } }`;
    return (await pair.ask(query, { k: argument }, { headers })).body.data.confirmFirmwareUpgrade;
  };

  it('is the same as an argument and as a header', async () => {
    const first = await withArgument('k');
    expect(await withArgument(null, { 'idempotency-key': 'k' })).toEqual(first);
    expect(await withArgument('k', { 'idempotency-key': 'k' })).toEqual(first);
    expect(confirms()).toHaveLength(1);
  });

  it.each([
    ['k', '"k"'],
    ['8e03978e-40d5-43e8-bc93-6894a57f9324', '"8e03978e-40d5-43e8-bc93-6894a57f9324"'],
    ['k', '"k";v=1'],
    ['k', '"k"; v="a;\\"b\\\\"; w; x=:aGk=:'],
    ['a"b\\c', String.raw`"a\"b\\c"`],
    ['\\', String.raw`"\\"`],
    ['a"b\\c', String.raw`a"b\c`],
    ['"k"', String.raw`"\"k\""`],
  ])('%s is what the header %s says', async (argument, header) => {
    const first = await withArgument(null, { 'idempotency-key': header });
    expect(first.__typename).toBe('ConfirmFirmwareUpgradeSuccess');
    expect(await withArgument(argument)).toEqual(first);
    expect(await withArgument(argument, { 'idempotency-key': header })).toEqual(first);
    expect(confirms()).toHaveLength(1);
  });

  it('may have 255 characters in the header’s other form, however many are escaped', async () => {
    const first = await withArgument('"'.repeat(255));
    expect(await withArgument(null, { 'idempotency-key': `"${'\\"'.repeat(255)}"` })).toEqual(first);
    expect(confirms()).toHaveLength(1);
  });

  it.each(['', ' ', '""', '"" ', '"";v=1'])('is none in the header %j', async (header) => {
    await withArgument(null, { 'idempotency-key': header });
    await withArgument(null, { 'idempotency-key': header });
    expect(confirms()).toHaveLength(2);
    const first = await withArgument('k', { 'idempotency-key': header });
    expect(await withArgument('k')).toEqual(first);
    expect(confirms()).toHaveLength(3);
  });

  it.each([
    ['both, and different', 'a', { 'idempotency-key': 'b' }],
    ['both, and different in the header’s other form', 'a', { 'idempotency-key': '"b"' }],
    ['a header with one quotation mark', null, { 'idempotency-key': '"k' }],
    ['a header that is one quotation mark', 'k', { 'idempotency-key': '"' }],
    ['a header with text behind the string', null, { 'idempotency-key': '"k"k' }],
    ['a header with a quotation mark within', null, { 'idempotency-key': '"a"b"' }],
    ['a header with an escape that is none', null, { 'idempotency-key': String.raw`"a\b"` }],
    ['a header whose end is escaped', null, { 'idempotency-key': String.raw`"a\"` }],
    ['a header with a space in the string', null, { 'idempotency-key': '"a b"' }],
    ['a header with non-ASCII in the string', null, { 'idempotency-key': '"\u00e4"' }],
    ['a header of two strings', null, { 'idempotency-key': '"a", "b"' }],
    ['a header with a parameter that is none', null, { 'idempotency-key': '"a";' }],
    ['a header of 256 characters in a string', null, { 'idempotency-key': `"${'x'.repeat(256)}"` }],
    ['empty', '', {}],
    ['with a space', 'a b', {}],
    ['with non-ASCII', 'ä', {}],
    ['of 256 characters', 'x'.repeat(256), {}],
    ['a header of 256 characters', null, { 'idempotency-key': 'x'.repeat(256) }],
  ])('is refused when %s', async (_name, argument, headers) => {
    expect(await withArgument(argument, headers as Record<string, string>)).toEqual({
      __typename: 'TokenApiInvalidParameterValueError',
      code: 'Gateway.InvalidArgument',
    });
    expect(confirms()).toEqual([]);
  });
});

it('writes one audit line a confirm: who, which device, what became of it', async () => {
  const { requestId } = await confirm(pair, 'lamp-1', { headers: { 'x-request-id': 'r1' } });
  await confirm(pair, 'lamp-offline');
  await confirm(pair, 'no such\nname', { token: null });
  const lines = pair.log.filter(({ msg }) => msg === 'confirm');
  expect(JSON.stringify(lines)).not.toContain('no such');
  expect(lines).toMatchObject([
    {
      requestId: 'r1',
      RequestId: requestId,
      user: expect.stringMatching(/^[\w-]{12}$/),
      device: `${PRODUCT}/lamp-1`,
      outcome: 'ConfirmFirmwareUpgradeSuccess',
      by: 'sent',
    },
    { device: `${PRODUCT}/lamp-offline`, outcome: 'DeviceOfflineError', by: 'sent' },
    { outcome: 'TokenApiInvalidParameterValueError', by: 'refused' },
  ]);
});
