// The devices that live: how an upgrade goes on, what stays of it, and the earlier end that is shown for too long.

import { clock, closeAll, type Device, PACE_MS, startWith } from './device';

beforeEach(clock.stop);
afterEach(clock.run);
afterEach(closeAll);

/** [Status, Percent, Online] after each whole pace since now. */
async function lifeOf(device: Device, paces: number): Promise<unknown[]> {
  const life = [];
  for (let pace = 0; pace <= paces; pace++) {
    const { Status, Percent } = await device.upgrade();
    life.push([Number(Status), Number(Percent), await device.online()]);
    clock.advance(PACE_MS);
  }
  return life;
}

describe('the life of an upgrade', () => {
  it('runs from the order to the end, offline while it burns', async () => {
    const device = await startWith('lamp-online');
    expect(await device.confirm()).toBe('accepted');
    expect(await lifeOf(device, 9)).toEqual([
      [7, 0, 1],
      [2, 0, 1],
      [3, 0, 1],
      [3, 25, 1],
      [3, 50, 1],
      [3, 75, 1],
      [20, 100, 1],
      [4, 100, 0],
      [4, 100, 0],
      [6, 100, 1],
    ]);
  });

  it.each([
    ['lamp-fails', [7, 2, 3, 3, 3, 5, 5], 1],
    ['lamp-lost', [7, 2, 3, 3, 0, 0, 0, 0, 0, 10, 10], 1],
    ['lamp-gone', [7, 2, 3, 3, 0, 0, 0, 0, 0, 0, 0], 0],
    ['lamp-returns', [7, 2, 3, 3, 0, 0, 0, 3, 3, 20, 4, 4, 6], 1],
    ['lamp-puzzling', [7, 2, 99, 99, 99, 6], 1],
  ])('%s goes %j', async (name, statuses, online) => {
    const device = await startWith(name);
    await device.confirm();
    const life = (await lifeOf(device, statuses.length - 1)) as number[][];
    expect([life.map(([status]) => status), await device.online()]).toEqual([statuses, online]);
  });

  it('leaves the new version installed and nothing on offer', async () => {
    const device = await startWith('lamp-online');
    const before = await device.check();
    await device.confirm();
    clock.advance(9 * PACE_MS);
    const after = await device.check();
    expect([before, after]).toMatchObject([
      { CurrentVersion: '1.0.0', DstVersion: '1.1.0' },
      { CurrentVersion: '1.1.0', DstVersion: '' },
    ]);
    expect(await device.confirm()).toBe('FailedOperation.DeviceFirmwareIsUpdated');
  });

  it('refuses a second confirm until the first has ended', async () => {
    const device = await startWith('lamp-fails');
    const codes = [await device.confirm(), await device.confirm()];
    clock.advance(5 * PACE_MS);
    expect([...codes, await device.confirm()]).toEqual([
      'accepted',
      'FailedOperation.OtherUpdateTaskExist',
      'accepted',
    ]);
  });

  it('gives a reason for a failure', async () => {
    const device = await startWith('lamp-fails');
    await device.confirm();
    clock.advance(5 * PACE_MS);
    expect(await device.upgrade()).toMatchObject({
      OriVersion: '1.0.0',
      DstVersion: '1.1.0',
      ErrMsg: '固件校验失败: md5 mismatch',
    });
  });

  it('is the same for all users, and each device’s own', async () => {
    const device = await startWith('lamp-1');
    await device.confirm();
    expect([await device.upgrade(), await device.upgrade('lamp-1000')]).toMatchObject([{ Status: 7 }, { Percent: 0 }]);
    expect(await device.confirm('lamp-1000')).toBe('accepted');
  });

  it('runs on the real clock', async () => {
    clock.run();
    const device = await startWith('lamp-2', { paceMs: 20 });
    await device.confirm();
    const seen = new Set<number>();
    while (!seen.has(6)) seen.add(Number((await device.upgrade()).Status));
    // A busy machine may sleep through a step, but never sees one out of order.
    expect([...seen]).toEqual([7, 2, 3, 20, 4, 6].filter((status) => seen.has(status)));
  });
});

describe('the stale end', () => {
  it.each([
    ['lamp-done-before', { Status: 6, DstVersion: '1.0.0' }],
    ['lamp-failed-before', { Status: 5, DstVersion: '1.1.0' }],
    ['lamp-awaiting', { Status: 8, DstVersion: '1.1.0' }],
    ['lamp-online', { DstVersion: '' }],
  ])('%s shows what was before for so long, while the upgrade runs', async (name, before) => {
    const device = await startWith(name, { staleEndMs: 2500 });
    await device.confirm();
    clock.advance(2499);
    const stale = await device.upgrade();
    clock.advance(1);
    const fresh = await device.upgrade();
    expect([stale, fresh]).toMatchObject([before, { DstVersion: '1.1.0' }]);
    expect([Number(fresh.Status), Number(fresh.Percent)]).toEqual([3, 12]);
  });

  it('is off unless asked for', async () => {
    const device = await startWith('lamp-done-before');
    await device.confirm();
    expect(await device.upgrade()).toMatchObject({ Status: 7, DstVersion: '1.1.0' });
  });
});
