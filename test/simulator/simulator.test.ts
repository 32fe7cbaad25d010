// The simulator over the wire: what it refuses, in both envelopes, and how it holds up against callers who break the rules.

import type { Simulator, SimulatorOptions } from '../../src/simulator/simulator';
import { startSimulator } from '../../src/simulator/simulator';
import { call, codeOf, dataOf, post } from './call';

const open: Simulator[] = [];
const start = async (options?: SimulatorOptions): Promise<Simulator> => {
  const simulator = await startSimulator(options);
  open.push(simulator);
  return simulator;
};
afterEach(async () => {
  await Promise.all(open.splice(0).map((simulator) => simulator.close()));
});

const DEVICE = { ProductId: 'PRDEMO0001', DeviceName: 'lamp-online' };
const EVERY_DEVICE_ACTION = [
  'AppPublishFirmwareUpdateMessage',
  'AppCheckFirmwareUpdate',
  'AppDescribeFirmwareUpdateStatus',
  'AppGetDeviceStatuses',
];
const paramsOf = (action: string, ProductId: string, DeviceName: string) =>
  action === 'AppGetDeviceStatuses' ? { DeviceIds: [`${ProductId}/${DeviceName}`] } : { ProductId, DeviceName };

describe('envelopes', () => {
  it('answers as documented and echoes the RequestId', async () => {
    const { url } = await start();
    expect(await call(url, 'AppPublishFirmwareUpdateMessage', DEVICE)).toEqual({ Response: { RequestId: 'r-1' } });
  });

  it('answers as the official clients parse it', async () => {
    const { url } = await start({ envelope: 'client' });
    const answer = await call(url, 'AppPublishFirmwareUpdateMessage', DEVICE);
    expect(answer).toEqual({ code: 0, msg: '', data: { RequestId: 'r-1' } });
  });

  it('switches with each answer', async () => {
    const { url } = await start({ envelope: 'alternate' });
    const shapes = [];
    for (let nth = 0; nth < 4; nth++)
      shapes.push(Object.keys((await call(url, 'AppCheckFirmwareUpdate', DEVICE)) as object)[0]);
    expect(shapes).toEqual(['Response', 'code', 'Response', 'code']);
  });
});

const CODES = [
  'InternalError',
  'InvalidParameterValue',
  'InvalidParameterValue.InvalidAccessToken',
  'InvalidParameterValue.NoPermission',
  'ResourceNotFound',
  'ResourceNotFound.DeviceHasNoFirmware',
  'FailedOperation',
  'FailedOperation.DeviceOffline',
  'FailedOperation.DeviceInfoOutdated',
  'UnsupportedOperation.DeviceOtaTaskInProgress',
  'RequestLimitExceeded',
];

describe.each(['documented', 'client'] as const)('refusals in the %s envelope', (envelope) => {
  it.each(CODES)('error-%s refuses every action with that code', async (code) => {
    const { url } = await start({ envelope });
    for (const action of EVERY_DEVICE_ACTION) {
      const answer = await call(url, action, paramsOf(action, 'PRDEMO0001', `error-${code}`));
      expect([action, codeOf(answer), dataOf(answer).RequestId]).toEqual([action, code, 'r-1']);
    }
  });

  it.each<[string, string, Record<string, unknown>]>([
    ['InvalidParameterValue.InvalidAccessToken', 'demo-token-expired', DEVICE],
    ['InvalidParameterValue.InvalidAccessToken', 'nobody', { ...DEVICE, DeviceName: 'error-InternalError' }],
    ['InvalidParameterValue', 'demo-token-bob', { ProductId: 'PRDEMO0001' }],
    ['InvalidParameterValue', 'demo-token-bob', { DeviceName: 'lamp-online' }],
    ['ResourceNotFound', 'demo-token-bob', { ...DEVICE, DeviceName: 'toaster' }],
    ['ResourceNotFound', 'demo-token-alice', { ...DEVICE, ProductId: 'constructor' }],
    ['InvalidParameterValue.NoPermission', 'demo-token-bob', { ...DEVICE, DeviceName: 'lamp-offline' }],
    ['InvalidParameterValue.NoPermission', 'demo-token-alice', { ...DEVICE, DeviceName: 'lamp-shared' }],
    ['FailedOperation.DeviceOffline', 'demo-token-alice', { ...DEVICE, DeviceName: 'lamp-offline' }],
    ['FailedOperation.DeviceOffline', 'demo-token-alice', { ...DEVICE, DeviceName: 'lamp-abnormal' }],
    ['ResourceNotFound.DeviceHasNoFirmware', 'demo-token-alice', { ...DEVICE, DeviceName: 'lamp-no-firmware' }],
    ['FailedOperation.DeviceFirmwareIsUpdated', 'demo-token-alice', { ...DEVICE, DeviceName: 'lamp-up-to-date' }],
    ['FailedOperation.OtherUpdateTaskExist', 'demo-token-alice', { ...DEVICE, DeviceName: 'lamp-busy' }],
    ['RequestLimitExceeded', 'demo-token-alice', { ...DEVICE, DeviceName: 'confirm-error-RequestLimitExceeded' }],
  ])('refuses a confirm with %s: %s, %j', async (code, token, params) => {
    const { url } = await start({ envelope });
    expect(codeOf(await call(url, 'AppPublishFirmwareUpdateMessage', params, token))).toBe(code);
  });

  it('gives a refusal the code -1000, HTTP 200 and often Chinese words', async () => {
    const { url } = await start({ envelope });
    const answer = await post(url, { Action: 'AppCheckFirmwareUpdate', RequestId: 'r-1', AccessToken: 'expired' });
    const refusal = { Code: 'InvalidParameterValue.InvalidAccessToken', Message: 'Token 无效' };
    const data = { Error: refusal, RequestId: 'r-1' };
    expect(answer).toEqual({
      status: 200,
      body: envelope === 'documented' ? { Response: data } : { code: -1000, msg: refusal.Message, data },
    });
  });
});

it('hides a code in the message of an InternalError', async () => {
  const { url } = await start();
  const answer = await call(url, 'AppCheckFirmwareUpdate', { ...DEVICE, DeviceName: 'hidden-FailedOperation' });
  expect(dataOf(answer).Error).toEqual({
    Code: 'InternalError',
    Message: 'FailedOperation|The operation failed.',
  });
});

it('lets a user who may not confirm see the shared lamp', async () => {
  const { url } = await start();
  const answer = await call(url, 'AppCheckFirmwareUpdate', { ...DEVICE, DeviceName: 'lamp-shared' });
  expect(dataOf(answer)).toMatchObject({ CurrentVersion: '1.0.0', DstVersion: '1.1.0' });
});

describe('callers who break the rules', () => {
  it.each([
    ['no JSON', '{"Action":'],
    ['no object', '[1]'],
    ['no Action', '{}'],
    ['an Action that is no text', '{"Action":7}'],
    ['an Action nobody knows', '{"Action":"toString","AccessToken":"demo-token-alice"}'],
  ])('refuses %s with InvalidParameterValue', async (_what, body) => {
    const { url } = await start();
    const answer = await post(url, body);
    expect([answer.status, codeOf(answer.body)]).toEqual([200, 'InvalidParameterValue']);
  });

  it('knows one path, one method and bodies of at most 64 KiB', async () => {
    const { url, received } = await start();
    const statuses = [
      (await fetch(`${url}/more`, { method: 'POST', body: '{}' })).status,
      (await fetch(url)).status,
      (await post(url, 'x'.repeat(64 * 1024 + 1))).status,
      (await post(url, 'x'.repeat(64 * 1024))).status,
    ];
    expect(statuses).toEqual([404, 405, 413, 200]);
    expect(received).toHaveLength(1);
  });
});

describe('what tests hold on to', () => {
  it('records each call as it came', async () => {
    const { url, received } = await start();
    await call(url, 'AppCheckFirmwareUpdate', DEVICE);
    expect(received).toMatchObject([
      { action: 'AppCheckFirmwareUpdate', body: DEVICE, headers: { 'content-type': 'application/json' } },
    ]);
    expect(JSON.parse(received[0]!.rawBody)).toEqual(received[0]!.body);
  });

  it('lets an override answer, for as long as it is set', async () => {
    const simulator = await start();
    simulator.override = ({ action }, res) => {
      res.writeHead(503).end(`"${action} is busy"`);
      return true;
    };
    const overridden = await post(simulator.url, { Action: 'AppCheckFirmwareUpdate' });
    simulator.override = undefined;
    const ordinary = await post(simulator.url, { Action: 'AppCheckFirmwareUpdate' });
    expect([overridden, ordinary.status]).toEqual([{ status: 503, body: 'AppCheckFirmwareUpdate is busy' }, 200]);
  });

  it('carries out the confirm whose answer it cuts', async () => {
    const { url } = await start();
    const device = { ...DEVICE, DeviceName: 'lamp-cut-off' };
    await expect(call(url, 'AppPublishFirmwareUpdateMessage', device)).rejects.toThrow();
    expect(dataOf(await call(url, 'AppDescribeFirmwareUpdateStatus', device)).Status).toBe(7);
  });

  it('holds answers back, not the effects of calls', async () => {
    const { url, received } = await start({ latencyMs: 40 });
    await call(url, 'AppCheckFirmwareUpdate', DEVICE);
    expect(Date.now() - received[0]!.at).toBeGreaterThanOrEqual(35);
  });

  it('closes while an answer is held back', async () => {
    const simulator = await startSimulator({ latencyMs: 60_000 });
    const pending = call(simulator.url, 'AppCheckFirmwareUpdate', DEVICE).catch(() => 'cut');
    while (simulator.received.length === 0) await new Promise(setImmediate);
    await simulator.close();
    expect(await pending).toBe('cut');
  });
});
