// Trouble that is played for one user, over the wire: what each kind does, who is spared, and that it goes away again.

import { setTimeout as pause } from 'node:timers/promises';
import type { Simulator } from '../../src/simulator/simulator';
import { startSimulator } from '../../src/simulator/simulator';
import { call, codeOf, dataOf } from './call';

const ALICE = 'demo-token-alice';
const CONFIRM = 'AppPublishFirmwareUpdateMessage';
const CHECK = 'AppCheckFirmwareUpdate';
const STATUS = 'AppDescribeFirmwareUpdateStatus';

let simulator: Simulator;
beforeEach(async () => {
  simulator = await startSimulator({ paceMs: 20, offersAgain: true });
});
afterEach(() => simulator.close());

const on = (action: string, DeviceName = 'lamp-1', token = ALICE) =>
  call(simulator.url, action, { ProductId: 'PRDEMO0001', DeviceName }, token);
const control = () => simulator.control;

it.each([
  [{ rateLimit: true }, 'RequestLimitExceeded', 'RequestLimitExceeded'],
  [{ tokenExpired: true }, 'InvalidParameterValue.InvalidAccessToken', 'InvalidParameterValue.InvalidAccessToken'],
  [{ refusal: 'FailedOperation' }, undefined, 'FailedOperation'],
])('%j refuses its user, and nobody else, until it is switched off', async (trouble, ofRead, ofConfirm) => {
  control().change(ALICE, trouble);
  expect([codeOf(await on(CHECK)), codeOf(await on(CONFIRM))]).toEqual([ofRead, ofConfirm]);
  expect(codeOf(await on(CONFIRM, 'lamp-2', 'demo-token-carol'))).toBeUndefined();
  control().reset(ALICE);
  expect(codeOf(await on(CONFIRM))).toBeUndefined();
});

it('shows what is switched, once however often it was', () => {
  const first = control().change(ALICE, { slow: true, devices: { 'PRDEMO0001/lamp-1': false } });
  const second = control().change(ALICE, { slow: true, devices: { 'PRDEMO0001/lamp-1': false } });
  expect(second).toEqual(first);
  expect(control().of(ALICE)).toEqual({
    ...{ slow: true, lostAnswer: false, rateLimit: false, tokenExpired: false, refusal: null },
    devices: { 'PRDEMO0001/lamp-1': false },
  });
  expect(control().of('demo-token-carol')).toMatchObject({ slow: false, devices: {} });
});

it('takes the order and loses the answer', async () => {
  control().change(ALICE, { lostAnswer: true });
  await expect(on(CONFIRM)).rejects.toThrow();
  expect(dataOf(await on(STATUS)).DstVersion).toBe('1.1.0');
});

it('holds every answer back for three seconds, of its user alone', async () => {
  control().change(ALICE, { slow: true });
  const slow = on(CHECK).then(() => 'slow');
  expect(await Promise.race([slow, on(CHECK, 'lamp-1', 'demo-token-carol').then(() => 'quick')])).toBe('quick');
  expect(await Promise.race([slow, pause(1000, 'still held back')])).toBe('still held back');
});

it('accepts the next token of who has signed in again, with the rest of the trouble', async () => {
  const [first, second] = ['demo-token-visit-7', 'demo-token-visit-7.1'];
  control().change(first, { tokenExpired: true, lostAnswer: true });
  expect(codeOf(await on(CHECK, 'lamp-1', first))).toBe('InvalidParameterValue.InvalidAccessToken');
  expect(codeOf(await on(CHECK, 'lamp-1', second))).toBeUndefined();
  expect(control().of(second)).toMatchObject({ tokenExpired: false, lostAnswer: true });
});

it('takes a device off the network and brings it back, the one that is offline by itself too', async () => {
  expect(codeOf(await on(CONFIRM, 'lamp-offline'))).toBe('FailedOperation.DeviceOffline');
  control().change(ALICE, { devices: { 'PRDEMO0001/lamp-offline': true, 'PRDEMO0001/lamp-1': false } });
  expect(codeOf(await on(CONFIRM, 'lamp-1'))).toBe('FailedOperation.DeviceOffline');
  expect(codeOf(await on(CONFIRM, 'lamp-offline'))).toBeUndefined();
  control().reset(ALICE);
  expect(codeOf(await on(CONFIRM, 'lamp-offline'))).toBe('FailedOperation.DeviceOffline');
  expect(codeOf(await on(CONFIRM, 'lamp-1'))).toBeUndefined();
});

it('lets an upgrade stand still while its device is away, and go on to its end when it is back', async () => {
  await on(CONFIRM);
  control().change(ALICE, { devices: { 'PRDEMO0001/lamp-1': false } });
  await pause(400);
  expect(Number(dataOf(await on(STATUS)).Status)).toBe(0);
  control().change(ALICE, { devices: { 'PRDEMO0001/lamp-1': true } });
  expect(Number(dataOf(await on(STATUS)).Status)).not.toBe(6);
  await pause(400);
  expect(Number(dataOf(await on(STATUS)).Status)).toBe(6);
});

it('changes nothing where one of the devices is not there', () => {
  const devices = { 'PRDEMO0001/lamp-1': false, 'PRDEMO0001/toaster': false };
  expect(() => control().change(ALICE, { slow: true, devices })).toThrow('资源不存在');
  expect(control().of(ALICE)).toMatchObject({ slow: false, devices: {} });
});

it('offers the next version to a device that was upgraded, again and again, with notes', async () => {
  for (const [from, to] of [
    ['1.0.0', '1.1.0'],
    ['1.1.0', '1.2.0'],
    ['1.2.0', '1.3.0'],
  ]) {
    expect(dataOf(await on(CHECK))).toMatchObject({ CurrentVersion: from, DstVersion: to });
    const release = { ProductID: 'PRDEMO0001', FirmwareVersion: to };
    expect(dataOf(await call(simulator.url, 'AppDescribeFirmware', release)).Version).toBe(to);
    expect(codeOf(await on(CONFIRM))).toBeUndefined();
    await pause(9 * 20 + 40);
  }
});

it('gives each visitor lamps that no other has', async () => {
  const names = async (token: string) => {
    const page = { Offset: 0, Limit: 50 };
    const families = dataOf(await call(simulator.url, 'AppGetFamilyList', page, token)).FamilyList;
    const [{ FamilyId }] = families as [{ FamilyId: string }];
    const listed = await call(simulator.url, 'AppGetFamilyDeviceList', { ...page, FamilyId, RoomId: '' }, token);
    return (dataOf(listed).DeviceList as { DeviceName: string }[]).map(({ DeviceName }) => DeviceName);
  };
  const [one, other] = [await names('demo-token-visit-1'), await names('demo-token-visit-2.5')];
  expect(one).toContain('lamp-offline-1');
  expect(other).toEqual(one.map((name) => name.replace(/-1$/, '-2')));
  expect(codeOf(await on(CONFIRM, 'lamp-offline-1', 'demo-token-visit-1'))).toBe('FailedOperation.DeviceOffline');
  expect(codeOf(await on(CONFIRM, 'lamp-shared-1', 'demo-token-visit-1'))).toBe('InvalidParameterValue.NoPermission');
});
