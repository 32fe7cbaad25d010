// Query.myDevices: every device of every family and the shared ones, a page at a time, and the upgrade screen in one operation.

import { blocksOf } from '../docs/pages';
import { operationsRead } from '../operationsRead';
import { confirm, type Pair, PRODUCT, startPair } from '../pair';
import { callsTo, family, idsFor, idsIn, lamps, type Page, pageOf, pagesOf } from './pages';

let pair: Pair;
beforeEach(async () => {
  pair = await startPair();
});
afterEach(() => pair.close());

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
    const pages = await pagesOf(pair);
    expect(idsIn(pages)).toEqual(idsFor([...one, ...other, ...third]));
    expect(pages.map(({ devices, totalCount }) => [devices.length, totalCount])).toEqual(
      [50, 20, 0, 50, 50, 50, 20].map((length) => [length, null]),
    );
    expect(callsTo(pair)).toEqual([
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
  expect((await pagesOf(pair)).flatMap(({ devices }) => devices)).toEqual([
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
  const pages = await pagesOf(pair);
  expect(idsIn(pages)).toEqual(idsFor(lamps(1000)));
  expect(pages).toHaveLength(21);
  expect(callsTo(pair)).toHaveLength(41);
});

it('asks no family for more than it may hold, and the shared list for no Offset beyond 500', async () => {
  pair.simulator.home = { families: [family('a', lamps(1100))], shared: lamps(600, 2000) };
  const pages = await pagesOf(pair);
  expect(idsIn(pages)).toEqual(idsFor([...lamps(1000), ...lamps(550, 2000)]));
  expect(callsTo(pair).at(-1)).toEqual(shared(500));
});

it('reads more families than one call brings, with three calls a page', async () => {
  const families = Array.from({ length: 95 }, (_, i) => family(`f${i}`, lamps(1, i)));
  pair.simulator.home = { families, shared: lamps(1, 500) };
  const pages = await pagesOf(pair);
  expect(idsIn(pages)).toEqual(idsFor([...lamps(90), ...lamps(1, 500)]));
  for (const { nextCursor } of pages) expect(nextCursor?.length ?? 0).toBeLessThanOrEqual(512);
  expect(callsTo(pair).slice(0, 3)).toEqual([FAMILIES, ['AppGetFamilyList', 50, 40], ofFamily(0)]);
});

it('knows how many there are where the user has shared devices alone', async () => {
  pair.simulator.home = { families: [], shared: lamps(3) };
  const page = await pageOf(pair, { first: 2 });
  expect([page.totalCount, idsIn([page])]).toEqual([3, idsFor(lamps(2))]);
  expect(callsTo(pair)).toEqual([FAMILIES, shared(0, 2)]);
  expect(await pageOf(pair, { first: 2 }, { token: 'demo-token-bob' })).toEqual({
    __typename: 'MyDevicePage',
    devices: [],
    nextCursor: null,
    totalCount: 0,
  });
});

it('is read to its end by the lines that docs/clients.md shows, each device once', async () => {
  const shown = blocksOf('docs/clients.md').find(({ language }) => language === 'js')?.text;
  const allDevices = new Function(`return ${shown}`)();
  pair.simulator.home = { families: [family('a', lamps(60)), family('none', [])], shared: lamps(3, 58) };
  const all: Page['devices'] = await allDevices((after: string | null) => pageOf(pair, { after }));
  expect(all.map(({ device }) => device.id)).toEqual(idsFor(lamps(61)));
  pair.simulator.home.families.push(family('error-FailedOperation', lamps(1)));
  expect(await allDevices((after: string | null) => pageOf(pair, { after }))).toMatchObject({
    code: 'FailedOperation',
  });
});

it('shares the calls of pages that one user asks for at the same moment, in one operation or in several', async () => {
  await pageOf(pair);
  pair.simulator.received.length = 0;
  await pair.ask(`{ a: myDevices { ...P } b: myDevices(first: 50, after: null) { ...P } }
    fragment P on MyDevicesResult { ... on MyDevicePage { nextCursor } }`);
  expect(callsTo(pair)).toEqual([FAMILIES, ofFamily(0)]);

  pair.simulator.received.length = 0;
  const allRead = operationsRead(2);
  // Both have asked before either is answered.
  pair.simulator.override = ({ action, body }, response) => {
    if (action !== 'AppGetFamilyList') return false;
    const Response = { FamilyList: [], Total: 0, RequestId: body.RequestId };
    void allRead.then(() => response.end(JSON.stringify({ Response })));
    return true;
  };
  const [one, other] = await Promise.all([pageOf(pair), pageOf(pair)]);
  expect(other).toEqual(one);
  expect(callsTo(pair)).toEqual([FAMILIES, shared(0)]);
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
  const devices = (await pagesOf(pair)).flatMap((page) => page.devices);
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
