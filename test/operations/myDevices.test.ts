// Query.myDevices: every device of every family and the shared ones, a page at a time, however the platform's lists behave.

import type { Family, HomeDevice } from '../../src/simulator/home';
import { blocksOf } from '../docs/pages';
import { answerWith, confirm, type Pair, PRODUCT, startPair } from '../pair';

let pair: Pair;
beforeEach(async () => {
  pair = await startPair();
});
afterEach(() => pair.close());

const ERROR = '... on TokenApiError { code message requestId nextStep retryAfterMs }';
const MY_DEVICES = `query ($first: Int! = 50, $after: String) { myDevices(first: $first, after: $after) {
  __typename ${ERROR}
  ... on MyDevicePage { devices { device { id } alias familyId familyName isShared } nextCursor totalCount }
} }`;

interface Page {
  __typename: string;
  code?: string;
  devices: { device: { id: string }; familyId: string | null; isShared: boolean }[];
  nextCursor: string | null;
  totalCount: number | null;
}

const lamps = (count: number, from = 0): HomeDevice[] =>
  Array.from({ length: count }, (_, i) => ({ productId: PRODUCT, name: `lamp-${from + i}` }));
const family = (id: string, devices: HomeDevice[]): Family => ({ id, name: `Family ${id}`, role: 1, devices });

async function pageOf(variables: Record<string, unknown> = {}, options?: { token: string | null }): Promise<Page> {
  const { status, body } = await pair.ask(MY_DEVICES, variables, options);
  expect([status, body.errors]).toEqual([200, undefined]);
  return body.data.myDevices;
}

/** All pages, as an app reads them. `between` is called before each further one. */
async function pagesOf(first = 50, between: (page: Page) => void = () => undefined): Promise<Page[]> {
  const pages = [await pageOf({ first })];
  for (let last = pages[0]; last?.nextCursor; last = pages.at(-1)) {
    expect(pages.length).toBeLessThan(100);
    between(last);
    pages.push(await pageOf({ first, after: last.nextCursor }));
  }
  return pages;
}

const idsIn = (pages: Page[]) => pages.flatMap(({ devices }) => devices.map(({ device }) => device.id));
const idsFor = (devices: HomeDevice[]) => devices.map(({ productId, name }) => `${productId}/${name}`);
const calls = () => pair.simulator.received.map(({ action, body: { Offset, Limit } }) => [action, Offset, Limit]);
const FAMILIES = ['AppGetFamilyList', 0, 50];
const ofFamily = (Offset: number, Limit = 50) => ['AppGetFamilyDeviceList', Offset, Limit];
const shared = (Offset: number, Limit = 50) => ['AppListUserShareDevices', Offset, Limit];

describe.each([
  ['plain, in the documented envelope', { envelope: 'documented', wrapsLists: false }],
  ['plain, as the clients parse it', { envelope: 'client', wrapsLists: false }],
  ['within Data', { envelope: 'alternate', wrapsLists: true }],
] as const)('lists that come %s', (_name, simulator) => {
  it('are read to their end: several families, and the shared devices', async () => {
    await pair.close();
    pair = await startPair({ simulator });
    const [one, other, third] = [lamps(70), lamps(50, 100), lamps(120, 200)];
    pair.simulator.home = { families: [family('a', one), family('none', []), family('b', other)], shared: third };
    const pages = await pagesOf();
    expect(idsIn(pages)).toEqual(idsFor([...one, ...other, ...third]));
    expect(pages.map(({ devices, totalCount }) => [devices.length, totalCount])).toEqual(
      [50, 20, 0, 50, 50, 50, 20].map((length) => [length, null]),
    );
    expect(calls()).toEqual([
      ...[FAMILIES, ofFamily(0), FAMILIES, ofFamily(50), FAMILIES, ofFamily(0), FAMILIES, ofFamily(0)],
      ...[shared(0), shared(50), shared(100)],
    ]);
  });
});

it('says of each device where it stands, and what the user calls it', async () => {
  const home = {
    families: [family('a', [{ productId: PRODUCT, name: 'lamp-1', alias: '台灯' }])],
    shared: [{ productId: 'PRDEMO0002', name: 'lamp-2', alias: '' }],
  };
  pair.simulator.home = home;
  expect((await pagesOf()).flatMap(({ devices }) => devices)).toEqual([
    { device: { id: `${PRODUCT}/lamp-1` }, alias: '台灯', familyId: 'a', familyName: 'Family a', isShared: false },
    { device: { id: 'PRDEMO0002/lamp-2' }, alias: null, familyId: null, familyName: null, isShared: true },
  ]);
  expect(pair.simulator.received[1]?.body).toMatchObject({
    FamilyId: 'a',
    RoomId: '',
    AccessToken: 'demo-token-alice',
  });
});

it('reads 1,000 devices of a family, each once, with two calls a page', async () => {
  pair.simulator.home = { families: [family('a', lamps(1000))], shared: [] };
  const pages = await pagesOf();
  expect(idsIn(pages)).toEqual(idsFor(lamps(1000)));
  expect(pages).toHaveLength(21);
  expect(calls()).toHaveLength(41);
});

it('asks no family for more than it may hold, and the shared list for no Offset beyond 500', async () => {
  pair.simulator.home = { families: [family('a', lamps(1100))], shared: lamps(600, 2000) };
  const pages = await pagesOf();
  expect(idsIn(pages)).toEqual(idsFor([...lamps(1000), ...lamps(550, 2000)]));
  expect(calls().at(-1)).toEqual(shared(500));
});

it('reads more families than one call brings, with three calls a page', async () => {
  const families = Array.from({ length: 95 }, (_, i) => family(`f${i}`, lamps(1, i)));
  pair.simulator.home = { families, shared: lamps(1, 500) };
  const pages = await pagesOf();
  expect(idsIn(pages)).toEqual(idsFor([...lamps(90), ...lamps(1, 500)]));
  for (const { nextCursor } of pages) expect(nextCursor?.length ?? 0).toBeLessThanOrEqual(512);
  expect(calls().slice(0, 3)).toEqual([FAMILIES, ['AppGetFamilyList', 50, 40], ofFamily(0)]);
});

it('knows how many there are where the user has shared devices alone', async () => {
  pair.simulator.home = { families: [], shared: lamps(3) };
  const page = await pageOf({ first: 2 });
  expect([page.totalCount, idsIn([page])]).toEqual([3, idsFor(lamps(2))]);
  expect(calls()).toEqual([FAMILIES, shared(0, 2)]);
  expect(await pageOf({ first: 2 }, { token: 'demo-token-bob' })).toEqual({
    __typename: 'MyDevicePage',
    devices: [],
    nextCursor: null,
    totalCount: 0,
  });
});

describe('lists that change while they are read', () => {
  const home = () => ({ families: ['a', 'b', 'c'].map((id, i) => family(id, lamps(4, 10 * i))), shared: lamps(2, 90) });
  const [ofA, ofB, ofC, ofShared] = [lamps(4), lamps(4, 10), lamps(4, 20), lamps(2, 90)];

  it('go on with the next family where one became shorter', async () => {
    pair.simulator.home = home();
    const pages = await pagesOf(2, ({ devices }) => {
      if (devices[0]?.familyId === 'a') pair.simulator.home.families[0]?.devices.splice(1);
    });
    expect(idsIn(pages)).toEqual(idsFor([...ofA.slice(0, 2), ...ofB, ...ofC, ...ofShared]));
  });

  it.each<[string, string[]]>([
    ['the one that is being read', ['b']],
    ['one before it', ['a']],
    ['it and one before it', ['a', 'b']],
    ['all', ['a', 'b', 'c']],
  ])('skip no other family where one is gone: %s', async (_name, gone) => {
    pair.simulator.home = home();
    const pages = await pagesOf(2, ({ devices }) => {
      const { families } = pair.simulator.home;
      if (devices[0]?.familyId === 'b') pair.simulator.home.families = families.filter(({ id }) => !gone.includes(id));
    });
    const left = (id: string, devices: HomeDevice[]) => (gone.includes(id) ? [] : devices);
    const restOfB = left('b', ofB.slice(2));
    expect(idsIn(pages)).toEqual(idsFor([...ofA, ...ofB.slice(0, 2), ...restOfB, ...left('c', ofC), ...ofShared]));
  });

  it('are read once, in whatever order the families come', async () => {
    pair.simulator.home = home();
    const pages = await pagesOf(2, () => pair.simulator.home.families.reverse());
    expect(idsIn(pages).sort()).toEqual(idsFor([...ofA, ...ofB, ...ofC, ...ofShared]).sort());
  });

  it.each<[string, (listed: unknown[]) => object]>([
    ['a Total that grows', (listed) => ({ Total: listed.length * 1e6 })],
    ['no Total', () => ({})],
    ['a Total that is none', () => ({ Total: 'many' })],
  ])('end even with pages that never do: %s', async (_name, totalOf) => {
    const names: Record<string, string> = { AppGetFamilyList: 'FamilyList', AppGetFamilyDeviceList: 'DeviceList' };
    pair.simulator.override = ({ action, body }, response) => {
      const rows = Array.from({ length: 50 }, (_, i) =>
        action === 'AppGetFamilyList'
          ? { FamilyId: i > 1 ? 'a b' : `f${i}` }
          : { ProductId: PRODUCT, DeviceName: `lamp-${i}` },
      );
      const list = { [names[action] ?? 'ShareDevices']: rows, ...totalOf(rows) };
      response.end(JSON.stringify({ Response: { ...list, RequestId: body.RequestId } }));
      return true;
    };
    const pages = await pagesOf();
    expect(pages).toHaveLength(20 + 20 + 11);
    expect(pair.simulator.received.filter(({ action }) => action === 'AppListUserShareDevices')).toHaveLength(11);
  });
});

describe('answers that cannot be trusted', () => {
  const row = { ProductId: PRODUCT, DeviceName: 'lamp-1' };
  const lamp = `${PRODUCT}/lamp-1`;
  const listed = async (list: unknown, more: object = {}) => {
    answerWith(pair, (RequestId) => ({ body: { Response: { ShareDevices: list, ...more, RequestId } } }));
    return pageOf();
  };

  it.each<[string, unknown, string[]]>([
    ['rubbish', [null, 7, 'x', [], {}, { ProductId: PRODUCT }, { DeviceName: 'x' }, row], [lamp]],
    ['names that cannot be one', [{ ...row, DeviceName: 'a/b' }, { ...row, ProductId: 'a b' }, row], [lamp]],
    ['names that are too long', [{ ...row, DeviceName: 'x'.repeat(129) }, row], [lamp]],
    ['names that are no texts', [{ ...row, DeviceName: { toString: 1 } }, { ...row, ProductId: 7 }, row], [lamp]],
    ['a device twice', [row, { ...row, AliasName: 'x' }], [lamp]],
    ['an id in place of names', [{ DeviceId: lamp }, { DeviceId: 'x' }, { DeviceId: 'a/b/c' }], [lamp]],
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
    const [told] = (await pageOf()).devices;
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
    let page = await pageOf();
    if (page.nextCursor) page = await pageOf({ after: page.nextCursor });
    expect(page).toMatchObject({ __typename, code, nextStep });
    expect(pair.simulator.received.at(-1)?.action).toBe(action);
  });

  it.each([
    ['error-ResourceNotFound', 'ResourceNotFound'],
    ['hidden-InvalidParameterValue.InvalidAccessToken', 'InvalidParameterValue.InvalidAccessToken'],
  ])('the simulator plays one by the name of a family: %s', async (id, code) => {
    pair.simulator.home = { families: [family(id, lamps(1))], shared: [] };
    expect(await pageOf()).toMatchObject({ code });
  });

  it('tell of a token that expires between two calls, and sends nothing after it', async () => {
    pair.simulator.home = { families: [family('a', lamps(60))], shared: [] };
    const { nextCursor } = await pageOf();
    pair.simulator.received.length = 0;
    const refused = await pageOf({ after: nextCursor }, { token: 'demo-token-expired' });
    expect(refused).toMatchObject({ __typename: 'TokenApiInvalidAccessTokenError', code: expect.any(String) });
    expect(calls()).toEqual([FAMILIES]);
  });

  it('send nothing without a token', async () => {
    expect(await pageOf({}, { token: null })).toMatchObject({ code: 'Gateway.NoAccessToken', nextStep: 'SIGN_IN' });
    expect(calls()).toEqual([]);
  });
});

it('is read to its end by the lines that docs/clients.md shows, each device once', async () => {
  const shown = blocksOf('docs/clients.md').find(({ language }) => language === 'js')?.text;
  const allDevices = new Function(`return ${shown}`)();
  pair.simulator.home = { families: [family('a', lamps(60)), family('none', [])], shared: lamps(3, 58) };
  const all: Page['devices'] = await allDevices((after: string | null) => pageOf({ after }));
  expect(all.map(({ device }) => device.id)).toEqual(idsFor(lamps(61)));
  pair.simulator.home.families.push(family('error-FailedOperation', lamps(1)));
  expect(await allDevices((after: string | null) => pageOf({ after }))).toMatchObject({ code: 'FailedOperation' });
});

it('shares the calls of pages that are asked for at the same moment', async () => {
  await pageOf();
  pair.simulator.received.length = 0;
  await pair.ask(`{ a: myDevices { ...P } b: myDevices(first: 50, after: null) { ...P } }
    fragment P on MyDevicesResult { ... on MyDevicePage { nextCursor } }`);
  expect(calls()).toEqual([FAMILIES, ofFamily(0)]);
});

it('is the upgrade screen in one operation: a batch for connectivity, and a call a device for the rest', async () => {
  pair.simulator.home = { families: [family('a', lamps(50))], shared: [] };
  const { body } = await pair.ask(`{ myDevices { ... on MyDevicePage { devices { device {
    connectivity { ... on DeviceConnectivity { state } }
    firmware { ... on DeviceFirmware { targetVersion release { name } } }
    firmwareUpgrade { ... on FirmwareUpgrade { phase } }
  } } } } }`);
  const device = { connectivity: { state: 'ONLINE' }, firmwareUpgrade: { phase: 'NONE' } };
  const firmware = { targetVersion: '1.1.0', release: { name: 'lamp-1.1.0' } };
  expect(body.data.myDevices.devices).toEqual(Array(50).fill({ device: { ...device, firmware } }));
  const asked = pair.simulator.received.map(({ action }) => action);
  const count = (action: string) => asked.filter((each) => each === action).length;
  expect([count('AppGetDeviceStatuses'), count('AppCheckFirmwareUpdate')]).toEqual([1, 50]);
  expect([count('AppDescribeFirmwareUpdateStatus'), count('AppDescribeFirmware')]).toEqual([50, 1]);
  expect(asked).toHaveLength(104);
});

it('shows the sample user’s lamps, of which the shared one cannot be confirmed', async () => {
  const devices = (await pagesOf()).flatMap((page) => page.devices);
  expect(new Set(devices.map(({ familyId }) => familyId))).toEqual(new Set(['family-home', 'family-cabin', null]));
  expect(devices.filter(({ isShared }) => isShared).map(({ device }) => device.id)).toEqual([`${PRODUCT}/lamp-shared`]);
  expect(await confirm(pair, 'lamp-online')).toMatchObject({ __typename: 'ConfirmFirmwareUpgradeSuccess' });
  pair.simulator.home.shared.push(...lamps(1, 7));
  for (const name of ['lamp-shared', 'lamp-7'])
    expect(await confirm(pair, name)).toMatchObject({
      code: 'InvalidParameterValue.NoPermission',
      nextStep: 'GIVE_UP',
    });
});
