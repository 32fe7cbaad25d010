// Device.firmwareUpgrade: phases, following one to its end, and never passing off an old end as a new one.

import { setTimeout as pause } from 'node:timers/promises';
import { answerWith, confirm, type Pair, PRODUCT, startPair, until } from '../pair';
import { clock } from '../simulator/device';

const FIELDS = `firmwareUpgrade {
  __typename
  ... on FirmwareUpgrade { phase platformStatus percent fromVersion toVersion isFinal failureReason pollAfterMs }
  ... on TokenApiError { code nextStep }
}`;
const read = async (pair: Pair, name: string, token?: string) => {
  const text = `query ($p: String!, $d: String!) { device(productId: $p, deviceName: $d) { ${FIELDS} } }`;
  const { body } = await pair.ask(text, { p: PRODUCT, d: name }, token ? { token } : {});
  return body.data.device.firmwareUpgrade;
};

describe('phases', () => {
  let pair: Pair;
  beforeAll(async () => {
    pair = await startPair();
  });
  afterAll(() => pair.close());

  it.each`
    status       | phase                      | pollAfterMs | isFinal
    ${0}         | ${'DEVICE_OFFLINE'}        | ${10_000}   | ${false}
    ${1}         | ${'PENDING'}               | ${2000}     | ${false}
    ${2}         | ${'DELIVERED'}             | ${2000}     | ${false}
    ${3}         | ${'DOWNLOADING'}           | ${2000}     | ${false}
    ${4}         | ${'INSTALLING'}            | ${2000}     | ${false}
    ${5}         | ${'FAILED'}                | ${null}     | ${true}
    ${6}         | ${'SUCCEEDED'}             | ${null}     | ${true}
    ${7}         | ${'PROCESSING'}            | ${2000}     | ${false}
    ${8}         | ${'AWAITING_CONFIRMATION'} | ${10_000}   | ${false}
    ${10}        | ${'TIMED_OUT'}             | ${null}     | ${true}
    ${20}        | ${'DOWNLOADED'}            | ${2000}     | ${false}
    ${99}        | ${'UNKNOWN'}               | ${10_000}   | ${false}
    ${-1}        | ${'UNKNOWN'}               | ${10_000}   | ${false}
    ${undefined} | ${'UNKNOWN'}               | ${10_000}   | ${false}
  `('reads $status, number or string, as $phase', async ({ status, phase, pollAfterMs, isFinal }) => {
    for (const Status of [status, status === undefined ? null : String(status)]) {
      const fields = { OriVersion: '1', DstVersion: '2', ErrMsg: 'e', Percent: '42', Status };
      answerWith(pair, (RequestId) => ({ body: { Response: { ...fields, RequestId } } }));
      expect(await read(pair, 'x')).toEqual({
        __typename: 'FirmwareUpgrade',
        phase,
        platformStatus: status ?? null,
        percent: phase === 'DOWNLOADING' || phase === 'DOWNLOADED' || status === undefined ? 42 : null,
        fromVersion: '1',
        toVersion: '2',
        isFinal,
        failureReason: phase === 'FAILED' || phase === 'TIMED_OUT' ? 'e' : null,
        pollAfterMs,
      });
    }
  });

  it.each([
    [{}, { phase: 'NONE', pollAfterMs: null, isFinal: false, fromVersion: null }],
    [{ OriVersion: '', DstVersion: '' }, { phase: 'NONE' }],
    [
      { OriVersion: ' ', DstVersion: '\u0000', Percent: 0, Status: 0 },
      { phase: 'NONE', platformStatus: 0 },
    ],
    [
      { OriVersion: '1.0.0', DstVersion: '1.1.0', ErrMsg: '', Percent: 37 },
      { phase: 'UNKNOWN', percent: 37 },
    ],
    [
      { OriVersion: ' 1.0.0\n', DstVersion: '\t1.1.0\u0000 ', Status: 0 },
      { phase: 'DEVICE_OFFLINE', fromVersion: '1.0.0', toVersion: '1.1.0' },
    ],
    [
      { Status: 3, Percent: 250 },
      { phase: 'DOWNLOADING', percent: 100 },
    ],
    [{ Status: 3, Percent: -4 }, { percent: 0 }],
    [{ Status: 3, Percent: '33.9' }, { percent: 33 }],
    [{ Status: 3, Percent: 'half' }, { percent: null }],
    [{ Status: 2 ** 40 }, { phase: 'UNKNOWN', platformStatus: null }],
  ])('reads %j', async (fields, upgrade) => {
    answerWith(pair, (RequestId) => ({ body: { Response: { ...fields, RequestId } } }));
    expect(await read(pair, 'x')).toMatchObject(upgrade);
  });
});

/** Reads until the upgrade has ended, on a clock that stands still meanwhile; the phases in the order in which they were first seen. */
async function phasesUntilFinal(pair: Pair, name: string): Promise<string[]> {
  const phases: string[] = [];
  for (let i = 0; i < 400; i++) {
    const upgrade = await read(pair, name);
    if (upgrade.phase !== phases.at(-1)) phases.push(upgrade.phase);
    if (upgrade.isFinal) return phases;
    clock.advance(20);
  }
  throw new Error(`expected an end, saw ${phases}`);
}

it.each([
  ['lamp-online', ['PROCESSING', 'DELIVERED', 'DOWNLOADING', 'DOWNLOADED', 'INSTALLING', 'SUCCEEDED']],
  ['lamp-fails', ['PROCESSING', 'DELIVERED', 'DOWNLOADING', 'FAILED']],
])('follows %s from the confirm to its end', async (name, expected) => {
  clock.stop();
  const pair = await startPair({ simulator: { paceMs: 60 } });
  expect(await read(pair, name)).toMatchObject({ phase: 'NONE' });
  await confirm(pair, name);
  expect(await phasesUntilFinal(pair, name)).toEqual(expected);
  await pair.close();
  clock.run();
});

describe('right after a confirm', () => {
  const CONFIRM_AND_READ = `mutation ($p: String!, $d: String!) {
    confirmFirmwareUpgrade(productId: $p, deviceName: $d) {
      __typename
      ... on ConfirmFirmwareUpgradeSuccess { device { ${FIELDS} } }
      ... on FirmwareUpgradeOutcomeUnknownError { device { ${FIELDS} } }
      ... on FirmwareUpgradeInProgressError { device { ${FIELDS} } }
    }
  }`;
  const press = async (pair: Pair, name: string) =>
    (await pair.ask(CONFIRM_AND_READ, { p: PRODUCT, d: name })).body.data.confirmFirmwareUpgrade;
  let pair: Pair;
  afterEach(() => {
    clock.run();
    return pair.close();
  });

  it('reads after the confirm', async () => {
    pair = await startPair({ simulator: { paceMs: 500 } });
    expect((await press(pair, 'lamp-online')).device.firmwareUpgrade).toMatchObject({ phase: 'PROCESSING' });
    expect(pair.simulator.received.map(({ action }) => action)).toEqual([
      'AppPublishFirmwareUpdateMessage',
      'AppDescribeFirmwareUpdateStatus',
    ]);
  });

  it.each(['lamp-done-before', 'lamp-failed-before', 'lamp-awaiting', 'lamp-online'])(
    'tells what %s shows of before as SETTLING, until it moves',
    async (name) => {
      clock.stop();
      pair = await startPair({ simulator: { paceMs: 100, staleEndMs: 250 } });
      const before = await read(pair, name);
      const { device } = await press(pair, name);
      expect(device.firmwareUpgrade).toEqual({
        __typename: 'FirmwareUpgrade',
        phase: 'SETTLING',
        platformStatus: before.platformStatus,
        percent: null,
        fromVersion: null,
        toVersion: null,
        isFinal: false,
        failureReason: null,
        pollAfterMs: 2000,
      });
      // To a user who did not confirm, the old end is the truth so far.
      expect(await read(pair, name, 'demo-token-carol')).toEqual(before);
      const phases = await phasesUntilFinal(pair, name);
      expect(phases[0]).toBe('SETTLING');
      expect(phases.at(-1)).toBe('SUCCEEDED');
      expect(phases.length).toBeGreaterThan(3);
    },
  );

  it('a control: without the gateway the old end is there to be taken for the new', async () => {
    pair = await startPair({ simulator: { staleEndMs: 250 } });
    await press(pair, 'lamp-done-before');
    const [confirmed] = pair.simulator.received;
    const body = JSON.stringify({ ...confirmed?.body, Action: 'AppDescribeFirmwareUpdateStatus' });
    const answer = await (await fetch(pair.simulator.url, { method: 'POST', body })).json();
    expect(Number((answer as { Response: { Status: unknown } }).Response.Status)).toBe(6);
  });

  it('follows an unknown outcome in the same operation', async () => {
    pair = await startPair({ simulator: { paceMs: 500 } });
    expect(await press(pair, 'lamp-cut-off')).toMatchObject({
      __typename: 'FirmwareUpgradeOutcomeUnknownError',
      device: { firmwareUpgrade: { phase: 'PROCESSING' } },
    });
  });

  it('gives the read after an unknown outcome a deadline of its own', async () => {
    pair = await startPair({ env: { TOKENAPI_TIMEOUT_MS: '300' } });
    pair.simulator.override = ({ action }) => action === 'AppPublishFirmwareUpdateMessage';
    expect(await press(pair, 'lamp-online')).toMatchObject({
      __typename: 'FirmwareUpgradeOutcomeUnknownError',
      device: { firmwareUpgrade: { phase: 'SETTLING' } },
    });
  });

  it('forgets a confirm that was refused', async () => {
    pair = await startPair();
    const before = await read(pair, 'lamp-done-before');
    answerWith(pair, (RequestId) => ({
      body: { Response: { Error: { Code: 'FailedOperation.DeviceOffline', Message: '' }, RequestId } },
    }));
    expect((await press(pair, 'lamp-done-before')).__typename).toBe('DeviceOfflineError');
    pair.simulator.override = undefined;
    expect(await read(pair, 'lamp-done-before')).toEqual(before);
  });

  it('passes off no old end to a read that began before the confirm and ends after it', async () => {
    pair = await startPair({ simulator: { staleEndMs: 5000 } });
    let held: (() => void) | undefined;
    pair.simulator.override = (call, response) => {
      if (call.action !== 'AppDescribeFirmwareUpdateStatus' || held) return false;
      held = () =>
        response.end(JSON.stringify({ Response: { Status: 6, DstVersion: '1', RequestId: call.body.RequestId } }));
      return true;
    };
    const slow = read(pair, 'lamp-done-before');
    while (!held) await pause(5);
    await press(pair, 'lamp-done-before');
    held();
    expect(await slow).toMatchObject({ phase: 'SETTLING', isFinal: false });
  });

  /** The statuses of the next reads, each answered when it is called; the confirm is the simulator's. */
  const statusesOf = (): ((status: number) => void)[] => {
    const reads: ((status: number) => void)[] = [];
    pair.simulator.override = ({ action, body: { RequestId } }, response) => {
      if (action !== 'AppDescribeFirmwareUpdateStatus') return false;
      reads.push((Status) => response.end(JSON.stringify({ Response: { Status, DstVersion: '1', RequestId } })));
      return true;
    };
    return reads;
  };
  /** A read that shows this status of the platform's. */
  const readOf = async (reads: ((status: number) => void)[], status: number) => {
    const count = reads.length;
    const answer = read(pair, 'lamp-done-before');
    await until(() => reads.length > count);
    reads.at(-1)?.(status);
    return answer;
  };
  const [DOWNLOADING, SUCCEEDED] = [3, 6];

  it('ends the settling by a read that began after the confirm’s answer, and by no earlier one', async () => {
    clock.stop();
    pair = await startPair();
    const reads = statusesOf();
    const early = read(pair, 'lamp-done-before');
    await until(() => reads.length === 1);
    clock.advance(1);
    expect((await confirm(pair, 'lamp-done-before')).__typename).toBe('ConfirmFirmwareUpgradeSuccess');
    reads[0]?.(DOWNLOADING);
    expect(await early).toMatchObject({ phase: 'DOWNLOADING' });
    // What moved may have been an earlier upgrade, and this its end.
    expect(await readOf(reads, SUCCEEDED)).toMatchObject({ phase: 'SETTLING', isFinal: false });

    expect(await readOf(reads, DOWNLOADING)).toMatchObject({ phase: 'DOWNLOADING' });
    expect(await readOf(reads, SUCCEEDED)).toMatchObject({ phase: 'SUCCEEDED', isFinal: true });
  });

  it('settles for 15 s', async () => {
    clock.stop();
    pair = await startPair();
    const reads = statusesOf();
    await confirm(pair, 'lamp-done-before');
    clock.advance(13_000);
    expect(await readOf(reads, SUCCEEDED)).toMatchObject({ phase: 'SETTLING', isFinal: false });
    clock.advance(2_000);
    expect(await readOf(reads, SUCCEEDED)).toMatchObject({ phase: 'SUCCEEDED', isFinal: true });
  });
});
