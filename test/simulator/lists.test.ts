// The three lists of a user's devices: the limits that the platform's pages name, and the oddities of its answers.

import { type Simulator, type SimulatorOptions, startSimulator } from '../../src/simulator/simulator';
import { SAMPLE_DEVICES } from '../../src/simulator/world';
import { TOKEN } from '../pair';
import { call, codeOf, dataOf } from './call';

let simulator: Simulator;
const start = async (options?: SimulatorOptions) => {
  simulator = await startSimulator(options);
};
afterEach(() => simulator.close());

const ask = (action: string, parameters: Record<string, unknown>, token?: string) =>
  call(simulator.url, action, parameters, token);
const FAMILY = { FamilyId: 'family-home', RoomId: '' };

it.each<[action: string, parameters: Record<string, unknown>, most: number]>([
  ['AppGetFamilyList', {}, 50],
  ['AppGetFamilyDeviceList', FAMILY, 50],
  ['AppListUserShareDevices', {}, 100],
])('%s takes an Offset, and a Limit to its limit', async (action, parameters, most) => {
  await start();
  const codeFor = async (part: object) => codeOf(await ask(action, { ...parameters, ...part }));
  expect([await codeFor({ Offset: 0, Limit: most }), await codeFor({ Offset: 500, Limit: 1 })]).toEqual([
    undefined,
    undefined,
  ]);
  const refused = [{ Limit: 1 }, { Offset: 0 }, { Offset: -1, Limit: 1 }, { Offset: 0, Limit: 0 }];
  for (const part of [...refused, { Offset: 0, Limit: most + 1 }, { Offset: '0', Limit: 1 }, { Offset: 0.5, Limit: 1 }])
    expect([part, await codeFor(part)]).toEqual([part, 'InvalidParameterValue']);
});

it('shows no shared device beyond Offset 500', async () => {
  await start();
  const page = await ask('AppListUserShareDevices', { Offset: 501, Limit: 1 });
  expect(codeOf(page)).toBe('InvalidParameterValue');
});

it('tells the total as a number and as a text by turns, and a time in seconds or as a text', async () => {
  await start();
  const told = [];
  for (let i = 0; i < 2; i++) told.push(dataOf(await ask('AppListUserShareDevices', { Offset: 0, Limit: 9 })));
  expect(told.map(({ Total }) => Total)).toEqual([1, '1']);
  expect(told[0]?.ShareDevices).toMatchObject([{ DeviceName: 'lamp-shared', CreateTime: '2024-07-02T00:00:00.000Z' }]);
  const { FamilyList } = dataOf(await ask('AppGetFamilyList', { Offset: 0, Limit: 50 }));
  expect(FamilyList).toMatchObject([
    { FamilyId: 'family-home', Role: 1, CreateTime: 1_719_878_400 },
    { FamilyId: 'family-cabin', Role: 0 },
  ]);
});

it('has each sample device in a family or among the shared ones, and rooms that share out a family', async () => {
  await start();
  const namesIn = async (RoomId: string) => {
    const { DeviceList } = dataOf(await ask('AppGetFamilyDeviceList', { ...FAMILY, RoomId, Offset: 0, Limit: 50 }));
    return (DeviceList as { DeviceName: string }[]).map(({ DeviceName }) => DeviceName);
  };
  const all = await namesIn('');
  expect([...all, 'lamp-shared'].sort()).toEqual(SAMPLE_DEVICES.map(({ name }) => name).sort());
  const rooms = [await namesIn('room-living'), await namesIn('room-bedroom'), await namesIn('0')];
  expect(rooms.map(({ length }) => length)).toEqual([10, 10, 0]);
  expect(rooms.flat().sort()).toEqual([...all].sort());
});

it('puts the fields within Data where it is told to', async () => {
  await start({ wrapsLists: true });
  expect(await ask('AppGetFamilyList', { Offset: 0, Limit: 1 })).toMatchObject({
    Response: { RequestId: 'r-1', Data: { FamilyList: [{ FamilyId: 'family-home' }], Total: 2 } },
  });
});

it.each<[string, Record<string, unknown>, code: string, token: string]>([
  ['another’s family', { FamilyId: 'family-x', RoomId: '' }, 'InvalidParameterValue', TOKEN],
  ['no RoomId', { FamilyId: 'family-home' }, 'InvalidParameterValue', TOKEN],
  ['a user who has none', FAMILY, 'InvalidParameterValue', 'demo-token-bob'],
  ['a token that has expired', FAMILY, 'InvalidParameterValue.InvalidAccessToken', 'demo-token-expired'],
  ['a family that is named for a code', { FamilyId: 'error-Some.Code', RoomId: '' }, 'Some.Code', TOKEN],
])('refuses %s', async (_name, parameters, code, token) => {
  await start();
  simulator.home.families.push({ id: 'error-Some.Code', name: '', role: 1, devices: [] });
  expect(codeOf(await ask('AppGetFamilyDeviceList', { Offset: 0, Limit: 1, ...parameters }, token))).toBe(code);
});

it('refuses a confirm of a device as soon as it is shared', async () => {
  await start();
  const lamp = { ProductId: 'PRDEMO0001', DeviceName: 'lamp-1' };
  simulator.home.shared.push({ productId: 'PRDEMO0001', name: 'lamp-1' });
  const confirm = () => ask('AppPublishFirmwareUpdateMessage', lamp);
  expect(codeOf(await confirm())).toBe('InvalidParameterValue.NoPermission');
  simulator.home.shared = [];
  expect(codeOf(await confirm())).toBeUndefined();
});
