// Query.myDevices where the platform refuses, or answers what cannot be trusted.

import { answerWith, type Pair, PRODUCT, startPair } from '../pair';
import { callsTo, family, idsFor, idsIn, lamps, pageOf } from './pages';

let pair: Pair;
beforeEach(async () => {
  pair = await startPair();
});
afterEach(() => pair.close());

describe('answers that cannot be trusted', () => {
  const row = { ProductId: PRODUCT, DeviceName: 'lamp-1' };
  const lamp = `${PRODUCT}/lamp-1`;
  const listed = async (list: unknown, more: object = {}) => {
    answerWith(pair, (RequestId) => ({ body: { Response: { ShareDevices: list, ...more, RequestId } } }));
    return pageOf(pair);
  };

  it.each<[string, unknown, string[]]>([
    ['rubbish', [null, 7, 'x', [], {}, { ProductId: PRODUCT }, { DeviceName: 'x' }, row], [lamp]],
    ['names that cannot be one', [{ ...row, DeviceName: 'a/b' }, { ...row, ProductId: 'a b' }, row], [lamp]],
    ['names that are too long', [{ ...row, DeviceName: 'x'.repeat(129) }, row], [lamp]],
    ['names that are no texts', [{ ...row, DeviceName: { toString: 1 } }, { ...row, ProductId: 7 }, row], [lamp]],
    ['a device twice', [row, { ...row, AliasName: 'x' }], [lamp]],
    [
      'an id in place of names',
      [{ ProductId: '', DeviceName: null, DeviceId: lamp }, { DeviceId: 'x' }, { DeviceId: 'a/b/c' }],
      [lamp],
    ],
    ['null in place of an empty list', null, []],
    ['nothing in its place', undefined, []],
    ['more than was asked for', lamps(60).map(({ name }) => ({ ...row, DeviceName: name })), idsFor(lamps(50))],
  ])('%s', async (_name, list, ids) => {
    const page = await listed(list);
    expect([page.__typename, idsIn([page])]).toEqual(['MyDevicePage', ids]);
  });

  it.each<[string, unknown]>([
    ['a text', 'x'],
    ['an object', {}],
    ['a number', 7],
  ])('%s in place of a list', async (_name, list) => {
    expect(await listed(list)).toMatchObject({ __typename: 'TokenApiUnavailableError', code: 'Gateway.NoAnswer' });
  });

  it.each<[unknown, number | null]>([
    ['3', 3],
    [-1, null],
    [2 ** 31, null],
    [{}, null],
    [undefined, null],
  ])('a Total of %j is answered as %j', async (Total, totalCount) => {
    expect((await listed([row], { Total })).totalCount).toBe(totalCount);
  });

  it('repeats no more than 500 characters of a text, and never half a character', async () => {
    answerWith(pair, (RequestId) => {
      const FamilyList = [{ FamilyId: 'x'.repeat(129) }, { FamilyId: 'a', Name: `${'x'.repeat(499)}😀` }];
      const DeviceList = [{ ...row, AliasName: 'y'.repeat(1000) }];
      return { body: { Response: { FamilyList, DeviceList, Total: 2, RequestId } } };
    });
    const [told] = (await pageOf(pair)).devices;
    expect(told).toMatchObject({ familyId: 'a', familyName: `${'x'.repeat(499)}\uFFFD`, alias: 'y'.repeat(500) });
  });

  it('repeats the token to nobody', async () => {
    const token = 'demo-token-alice';
    expect(JSON.stringify(await listed([{ ...row, AliasName: `of ${token}` }]))).not.toContain(token);
  });
});

describe('refusals', () => {
  const lists = ['AppGetFamilyList', 'AppGetFamilyDeviceList', 'AppListUserShareDevices'];
  const codes: [code: string, type: string, nextStep: string][] = [
    ['InternalError', 'TokenApiInternalError', 'RETRY'],
    ['InvalidParameterValue', 'TokenApiInvalidParameterValueError', 'FIX_REQUEST'],
    ['InvalidParameterValue.InvalidAccessToken', 'TokenApiInvalidAccessTokenError', 'SIGN_IN'],
    ['InvalidParameterValue.NoPermission', 'TokenApiNoPermissionError', 'GIVE_UP'],
    ['ResourceNotFound', 'TokenApiResourceNotFoundError', 'GIVE_UP'],
    ['FailedOperation', 'TokenApiFailedOperationError', 'RETRY'],
    ['RequestLimitExceeded', 'TokenApiRateLimitedError', 'RETRY'],
    ['Strange.Code', 'TokenApiUnknownCodeError', 'GIVE_UP'],
  ];
  const cases = lists.flatMap((action) => codes.map((row) => [action, ...row] as const));

  it.each(cases)('of %s with %s is %s, and nothing more is asked', async (action, code, __typename, nextStep) => {
    pair.simulator.home = { families: [family('a', lamps(1))], shared: lamps(1, 9) };
    pair.simulator.override = ({ action: asked, body }, response) => {
      if (asked !== action) return false;
      const Response = { Error: { Code: code, Message: 'no' }, RequestId: body.RequestId };
      response.end(JSON.stringify({ Response }));
      return true;
    };
    let page = await pageOf(pair);
    if (page.nextCursor) page = await pageOf(pair, { after: page.nextCursor });
    expect(page).toMatchObject({ __typename, code, nextStep });
    expect(pair.simulator.received.at(-1)?.action).toBe(action);
  });

  it.each([
    ['error-ResourceNotFound', 'ResourceNotFound'],
    ['hidden-InvalidParameterValue.InvalidAccessToken', 'InvalidParameterValue.InvalidAccessToken'],
  ])('the simulator plays one by the name of a family: %s', async (id, code) => {
    pair.simulator.home = { families: [family(id, lamps(1))], shared: [] };
    expect(await pageOf(pair)).toMatchObject({ code });
  });

  it('tell of a token that expires between two calls, and sends nothing after it', async () => {
    pair.simulator.home = { families: [family('a', lamps(60))], shared: [] };
    const { nextCursor } = await pageOf(pair);
    pair.simulator.received.length = 0;
    const refused = await pageOf(pair, { after: nextCursor }, { token: 'demo-token-expired' });
    expect(refused).toMatchObject({ __typename: 'TokenApiInvalidAccessTokenError', code: expect.any(String) });
    expect(callsTo(pair)).toEqual([['AppGetFamilyList', 0, 50]]);
  });

  it('send nothing without a token', async () => {
    expect(await pageOf(pair, {}, { token: null })).toMatchObject({
      code: 'Gateway.NoAccessToken',
      nextStep: 'SIGN_IN',
    });
    expect(callsTo(pair)).toEqual([]);
  });
});
