// One call: sent once if it is a write, repeated once where that cannot do harm, and ended by its deadline.

import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { type Simulator, startSimulator } from '../../src/simulator/simulator';
import { askAndLeave } from '../leavingClient';
import { answerWith, confirm, type Pair, PRODUCT, startPair, until } from '../pair';

const TIMEOUT_MS = 400;

let pair: Pair;
beforeEach(async () => {
  pair = await startPair({ env: { TOKENAPI_TIMEOUT_MS: String(TIMEOUT_MS) } });
  // A first call loads what it needs: that is not to be measured.
  await confirm(pair, 'lamp-offline');
  pair.simulator.received.length = 0;
  pair.log.length = 0;
});
afterEach(() => pair.close());

const UNKNOWN = { __typename: 'FirmwareUpgradeOutcomeUnknownError', nextStep: 'CHECK_STATUS' };
const NO_ANSWER = { __typename: 'TokenApiUnavailableError', code: 'Gateway.NoAnswer', nextStep: 'RETRY' };
const cut: Simulator['override'] = (_call, response) => Boolean(response.socket?.destroy());

/** Reads what is installed on a device. */
const FIRMWARE = `{ device(productId: "${PRODUCT}", deviceName: "lamp-1") {
  firmware { __typename ... on TokenApiError { code nextStep } }
} }`;
const read = async () => (await pair.ask(FIRMWARE)).body.data.device.firmware;
const callLines = () => pair.log.filter(({ msg }) => msg === 'upstream call');

describe('a confirm', () => {
  it('answers silence with an unknown outcome at the deadline, and does not send again', async () => {
    pair.simulator.override = () => true;
    const startedAt = performance.now();
    expect(await confirm(pair, 'lamp-1')).toMatchObject(UNKNOWN);
    expect(performance.now() - startedAt).toBeLessThan(TIMEOUT_MS + 250);
    expect(pair.simulator.received).toHaveLength(1);
  });

  it('answers a connection cut after the send with an unknown outcome, and does not send again', async () => {
    pair.simulator.override = cut;
    expect(await confirm(pair, 'lamp-1')).toMatchObject(UNKNOWN);
    expect(pair.simulator.received).toHaveLength(1);
  });

  it('a control: a client that repeats on errors sends twice there', async () => {
    pair.simulator.override = cut;
    const naive = () =>
      fetch(pair.simulator.url, { method: 'POST', body: '{"Action":"AppPublishFirmwareUpdateMessage"}' });
    await naive()
      .catch(naive)
      .catch(() => undefined);
    expect(pair.simulator.received).toHaveLength(2);
  });

  it('is tried once more after a connection that was refused, and that is the first time it is sent', async () => {
    const { simulator } = pair;
    await simulator.close();
    const { hostname, port } = new URL(simulator.url);
    let restarted: Promise<Simulator> | undefined;
    const onRefused = () => {
      restarted ??= startSimulator({ host: hostname, port: Number(port) });
    };
    subscribe('undici:client:connectError', onRefused);
    const answer = await confirm(pair, 'lamp-1');
    unsubscribe('undici:client:connectError', onRefused);
    expect(answer.__typename).toBe('ConfirmFirmwareUpgradeSuccess');
    const received = (await restarted)?.received.map(({ body }) => body.RequestId);
    expect(received).toEqual([answer.requestId]);
    expect(callLines()).toMatchObject([{ outcome: 'accepted', attempts: 2 }]);
    await (await restarted)?.close();
  });

  it('is tried twice without the upstream, and then said not to be sent', async () => {
    await pair.simulator.close();
    expect(await confirm(pair, 'lamp-1')).toMatchObject({
      __typename: 'TokenApiUnavailableError',
      code: 'Gateway.NotSent',
      nextStep: 'RETRY',
      retryAfterMs: 1000,
    });
    expect(callLines()).toMatchObject([
      { outcome: 'not-sent', attempts: 2, level: 40, reason: 'No connection could be made. ECONNREFUSED' },
    ]);
  });
});

describe('a read', () => {
  it.each([
    ['HTTP 500', 500],
    ['HTTP 200 without an envelope', 200],
  ])('is repeated once after %s, and then said to have no answer', async (_name, status) => {
    answerWith(pair, () => ({ status, body: {} }));
    expect(await read()).toEqual(NO_ANSWER);
    expect(pair.simulator.received).toHaveLength(2);
  });

  it('is repeated after a connection that was cut, with a RequestId of its own', async () => {
    pair.simulator.override = (...call) => pair.simulator.received.length === 1 && Boolean(cut?.(...call));
    expect(await read()).toEqual({ __typename: 'DeviceFirmware' });
    const [first, second, ...rest] = pair.simulator.received.map(({ body }) => body.RequestId);
    expect([first === second, rest]).toEqual([false, []]);
  });

  it('is not repeated past its deadline', async () => {
    pair.simulator.override = () => true;
    const startedAt = performance.now();
    expect(await read()).toEqual(NO_ANSWER);
    expect(performance.now() - startedAt).toBeLessThan(TIMEOUT_MS + 250);
    expect(pair.simulator.received).toHaveLength(1);
  });

  it('is not repeated for a client that has left', async () => {
    let cutNow = () => {};
    pair.simulator.override = (...call) => {
      cutNow = () => void cut?.(...call);
      return true;
    };
    const client = await askAndLeave(pair.url, FIRMWARE);
    await until(() => pair.simulator.received.length === 1);
    await client.leave();
    cutNow();
    await until(() => callLines().length > 0);
    expect(callLines()).toMatchObject([{ outcome: 'no-answer', attempts: 1 }]);
    expect(pair.simulator.received).toHaveLength(1);
  });
});
