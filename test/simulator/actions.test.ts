// What the actions tell: versions, firmware, the batch, and the oddities that any reader of the real platform meets.

import { SAMPLE_DEVICES } from '../../src/simulator/world';
import { codeOf, dataOf } from './call';
import { clock, closeAll, startWith } from './device';

beforeEach(clock.stop);
afterEach(clock.run);
afterEach(closeAll);

describe('oddities', () => {
  it('tells numbers as text now and then', async () => {
    const device = await startWith('lamp-busy');
    const told = [];
    for (let nth = 0; nth < 6; nth++) {
      const { Percent, Status } = await device.upgrade();
      told.push([Percent, Status]);
    }
    expect(told).toEqual([
      [42, 3],
      ['42', 3],
      [42, '3'],
      ['42', 3],
      [42, 3],
      ['42', '3'],
    ]);
  });

  it('tells no status where there is no task, and none of lamp-statusless ever', async () => {
    const device = await startWith('lamp-statusless');
    const before = await device.upgrade();
    await device.confirm();
    const after = await device.upgrade();
    expect([before, after]).toEqual([
      { RequestId: 'r-1', OriVersion: '', DstVersion: '', ErrMsg: '', Percent: 0 },
      { RequestId: 'r-1', OriVersion: '1.0.0', DstVersion: '1.1.0', ErrMsg: '', Percent: 0 },
    ]);
  });

  it.each([
    ['lamp-awaiting', { CurrentVersion: '1.0.0', DstVersion: '1.1.0' }],
    ['lamp-up-to-date', { CurrentVersion: '1.1.0', DstVersion: '1.1.0' }],
    ['lamp-rolls-back', { CurrentVersion: '1.4.0', DstVersion: '1.0.0' }],
    ['lamp-no-firmware', {}],
  ])('%s is checked as %j', async (name, versions) => {
    const device = await startWith(name);
    expect(await device.check()).toEqual({ RequestId: 'r-1', ...versions });
  });
});

describe('firmware', () => {
  it.each<[Record<string, unknown>, Record<string, unknown>]>([
    [{ FirmwareVersion: '1.1.0' }, { Name: 'lamp-1.1.0', Createtime: 1719878400, ProductName: 'Desk Lamp' }],
    [{ FirmwareVersion: '2.0.0' }, { Name: null, Createtime: null, Version: '2.0.0' }],
    [{ FirmwareVersion: '3.0.0' }, { Error: { Code: 'ResourceNotFound' } }],
    [{ FirmwareVersion: '1.1.0', ProductID: 'PR404' }, { Error: { Code: 'ResourceNotFound' } }],
    [{ FirmwareVersion: '1.1.0', ProductID: '' }, { Error: { Code: 'InvalidParameterValue' } }],
    [{}, { Error: { Code: 'InvalidParameterValue' } }],
  ])('%j is described as %j', async (params, answer) => {
    const device = await startWith('lamp-online');
    expect(dataOf(await device.describe({ ProductID: 'PRDEMO0001', ...params }))).toMatchObject(answer);
  });
});

describe('the batch', () => {
  it.each([
    ['documented', 'DeviceStatuses'],
    ['client', 'Devices'],
  ] as const)('comes in another order, in the %s envelope as %s', async (envelope, key) => {
    const device = await startWith('lamp-online', { envelope });
    const ids = ['PRDEMO0001/lamp-online', 'PRDEMO0002/lamp-offline', 'PRDEMO0001/lamp-abnormal'];
    expect(dataOf(await device.batch([...ids, 'PRDEMO0001/lamp-unlisted']))[key]).toEqual([
      { DeviceId: ids[2], ProductId: 'PRDEMO0001', DeviceName: 'lamp-abnormal', Online: -1 },
      { DeviceId: ids[1], ProductId: 'PRDEMO0002', DeviceName: 'lamp-offline', Online: 0 },
      { DeviceId: ids[0], ProductId: 'PRDEMO0001', DeviceName: 'lamp-online', Online: 1 },
    ]);
  });

  it.each<[string, unknown]>([
    ['FailedOperation', ['PRDEMO0001/lamp-online', 'PRDEMO0001/error-FailedOperation']],
    ['ResourceNotFound', ['PRDEMO0001/lamp-online', 'PRDEMO0001/toaster']],
    ['InvalidParameterValue', ['lamp-online']],
    ['InvalidParameterValue', []],
    ['InvalidParameterValue', 'PRDEMO0001/lamp-online'],
    ['InvalidParameterValue', Array.from({ length: 101 }, (_, nth) => `PRDEMO0001/lamp-${nth}`)],
  ])('is refused as a whole with %s', async (code, ids) => {
    const device = await startWith('lamp-online');
    expect(codeOf(await device.batch(ids))).toBe(code);
  });

  it('takes a hundred', async () => {
    const device = await startWith('lamp-online');
    const ids = Array.from({ length: 100 }, (_, nth) => `PRDEMO0001/lamp-${nth}`);
    expect(dataOf(await device.batch(ids)).DeviceStatuses).toHaveLength(100);
  });
});

it('has a device for every row of the sample world, each told apart by its name', async () => {
  const device = await startWith('lamp-online');
  const answers = await Promise.all(SAMPLE_DEVICES.map(({ name }) => device.upgrade(name)));
  expect(answers.filter((answer) => 'Error' in answer)).toEqual([]);
  expect(new Set(SAMPLE_DEVICES.map(({ name }) => name)).size).toBe(SAMPLE_DEVICES.length);
});
