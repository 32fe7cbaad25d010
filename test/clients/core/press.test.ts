// One press of the button, whatever happens on the way: at most one send reaches the platform, under one key.

import { createAbort, type PressStep } from 'firmware-gateway-client';
import { type Pair, startPair, until } from '../../pair';
import { clientOf, device, keysOf, reads, refuseWith, sends, wireOf } from './device';

const PUBLISH = 'AppPublishFirmwareUpdateMessage';

let pair: Pair;
beforeEach(async () => {
  pair = await startPair({ simulator: { paceMs: 100 } });
});
afterEach(() => pair.close());

it('sends once, and answers with the typed success', async () => {
  const result = await clientOf(pair).confirm(device('lamp-1'));
  expect(result).toMatchObject({ __typename: 'ConfirmFirmwareUpgradeSuccess', device: { id: 'PRDEMO0001/lamp-1' } });
  expect(sends(pair)).toHaveLength(1);
});

it('repeats a confirm whose answers are lost under the same key: one send', async () => {
  const wire = wireOf();
  wire.fate = (nth) => (nth < 2 ? 'is lost' : 'arrives');
  const result = await clientOf(pair, wire).confirm(device('lamp-1'));
  expect(result.__typename).toBe('ConfirmFirmwareUpgradeSuccess');
  expect(wire.sent).toHaveLength(3);
  expect(new Set(keysOf(wire)).size).toBe(1);
  expect(keysOf(wire)[0]).toMatch(/^press-[0-9a-f]{32}$/);
  expect(sends(pair)).toHaveLength(1);
});

it('keeps the key of a press whose outcome stays unknown for the next one, and makes a new key afterwards', async () => {
  const wire = wireOf();
  wire.fate = (_nth, query) => (query.startsWith('mutation') ? 'is lost' : 'arrives');
  const client = clientOf(pair, wire);
  const unknown = await client.confirm(device('lamp-1'));
  expect(unknown).toMatchObject({
    __typename: 'FirmwareUpgradeOutcomeUnknownError',
    code: 'Client.NoAnswer',
    nextStep: 'CHECK_STATUS',
    seen: { __typename: 'FirmwareUpgrade' },
  });
  wire.fate = () => 'arrives';
  expect((await client.confirm(device('lamp-1'))).__typename).toBe('ConfirmFirmwareUpgradeSuccess');
  expect(keysOf(wire)).toHaveLength(6);
  expect(new Set(keysOf(wire)).size).toBe(1);
  expect(sends(pair)).toHaveLength(1);
  await client.confirm(device('lamp-1'));
  expect(new Set(keysOf(wire)).size).toBe(2);
}, 60_000);

it('sends again after the pause that a rate limit asks for, under the same key', async () => {
  refuseWith(pair, PUBLISH, 'RequestLimitExceeded', 1);
  const wire = wireOf();
  const steps: PressStep[] = [];
  const onStep = (step: PressStep) => steps.push(step);
  const result = await clientOf(pair, wire).confirm(device('lamp-1'), { onStep });
  expect(result.__typename).toBe('ConfirmFirmwareUpgradeSuccess');
  expect(steps.map(({ step }) => step)).toEqual(['sending', 'pausing', 'sending']);
  const asked = (steps[1] as { error: { retryAfterMs: number } }).error.retryAfterMs;
  const [first, second] = wire.sent;
  expect(second!.at - first!.at).toBeGreaterThanOrEqual(asked - 1);
  expect(new Set(keysOf(wire)).size).toBe(1);
  expect(sends(pair)).toHaveLength(2);
});

it('stops after a few where the platform goes on to refuse', async () => {
  refuseWith(pair, PUBLISH, 'RequestLimitExceeded');
  const result = await clientOf(pair).confirm(device('lamp-1'));
  expect(result).toMatchObject({ __typename: 'TokenApiRateLimitedError', nextStep: 'RETRY' });
  expect(sends(pair)).toHaveLength(5);
}, 60_000);

it('waits for a device that is offline, and sends once it is back', async () => {
  let isOnline = false;
  pair.simulator.override = ({ action, body }, response) => {
    const answered = (answer: object) => {
      response
        .writeHead(200, { 'content-type': 'application/json' })
        .end(JSON.stringify({ Response: { ...answer, RequestId: body.RequestId } }));
      return true;
    };
    if (isOnline) return false;
    if (action === PUBLISH) return answered({ Error: { Code: 'FailedOperation.DeviceOffline', Message: '' } });
    if (action !== 'AppGetDeviceStatuses') return false;
    return answered({ DeviceStatuses: [{ DeviceId: 'PRDEMO0001/lamp-1', Online: 0 }] });
  };
  const wire = wireOf();
  const steps: string[] = [];
  const client = clientOf(pair, wire);
  const pressed = client.confirm(device('lamp-1'), { onStep: ({ step }) => steps.push(step) });
  const looks = () => pair.simulator.received.filter(({ action }) => action === 'AppGetDeviceStatuses').length;
  await until(() => looks() >= 3);
  expect(sends(pair)).toHaveLength(1);
  isOnline = true;
  expect((await pressed).__typename).toBe('ConfirmFirmwareUpgradeSuccess');
  expect(steps).toEqual(['sending', 'waitingForDevice', 'sending']);
  expect(sends(pair)).toHaveLength(2);
  expect(new Set(keysOf(wire)).size).toBe(1);
});

it('does not wait for a device where it is told not to', async () => {
  const result = await clientOf(pair).confirm(device('lamp-offline'), { waitForDeviceMs: 0 });
  expect(result).toMatchObject({ __typename: 'DeviceOfflineError', nextStep: 'WAIT_FOR_DEVICE' });
  expect(pair.simulator.received.map(({ action }) => action)).toEqual([PUBLISH]);
});

it('follows an outcome that is unknown, and does not send again', async () => {
  const result = await clientOf(pair).confirm(device('lamp-cut-off'));
  expect(result).toMatchObject({ __typename: 'FirmwareUpgradeOutcomeUnknownError', nextStep: 'CHECK_STATUS' });
  expect(result.seen).toMatchObject({ __typename: 'FirmwareUpgrade', toVersion: '1.1.0' });
  expect(sends(pair)).toHaveLength(1);
  expect(reads(pair).length).toBeGreaterThan(0);
});

it('is one press where two are made at once', async () => {
  const wire = wireOf();
  const client = clientOf(pair, wire);
  const [one, other] = await Promise.all([client.confirm(device('lamp-1')), client.confirm(device('lamp-1'))]);
  expect(other).toBe(one);
  expect(keysOf(wire)).toHaveLength(1);
  expect(sends(pair)).toHaveLength(1);
});

it('is aborted at once, and the next press repeats it: one send', async () => {
  const wire = wireOf();
  wire.fate = (nth) => (nth === 0 ? 'never comes' : 'arrives');
  const client = clientOf(pair, wire);
  const { signal, abort } = createAbort();
  const pressed = client.confirm(device('lamp-1'), { signal });
  await until(() => sends(pair).length === 1);
  abort();
  await expect(pressed).rejects.toMatchObject({ name: 'AbortError' });
  expect((await client.confirm(device('lamp-1'))).__typename).toBe('ConfirmFirmwareUpgradeSuccess');
  expect(new Set(keysOf(wire)).size).toBe(1);
  expect(sends(pair)).toHaveLength(1);
});

it('goes on for the one who waits where the other has aborted: one send', async () => {
  const wire = wireOf();
  wire.fate = (nth) => (nth === 0 ? 'never comes' : 'arrives');
  const client = clientOf(pair, wire);
  const { signal, abort } = createAbort();
  const [left, stays] = [client.confirm(device('lamp-1'), { signal }), client.confirm(device('lamp-1'))];
  await until(() => sends(pair).length === 1);
  abort();
  await expect(left).rejects.toMatchObject({ name: 'AbortError' });
  expect((await stays).__typename).toBe('ConfirmFirmwareUpgradeSuccess');
  expect(new Set(keysOf(wire)).size).toBe(1);
  expect(sends(pair)).toHaveLength(1);
});

it.each(['lamp-no-firmware', 'lamp-shared', 'nobody-knows-it', 'error-InvalidParameterValue'])(
  'does not repeat what cannot help: %s',
  async (deviceName) => {
    const result = await clientOf(pair).confirm(device(deviceName));
    expect(result).toMatchObject({ nextStep: expect.stringMatching(/^(GIVE_UP|FIX_REQUEST)$/) });
    expect(sends(pair)).toHaveLength(1);
  },
);

it('answers a name that cannot name a device with a typed error, without a send', async () => {
  const result = await clientOf(pair).confirm(device('a/b'));
  expect(result).toMatchObject({ __typename: 'TokenApiInvalidParameterValueError', nextStep: 'FIX_REQUEST' });
  expect(pair.simulator.received).toEqual([]);
});
