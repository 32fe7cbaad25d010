// The info lines, written as text: their members, what a client can put into them, and that each is written once, in order.

import { once } from 'node:events';
import { type Simulator, startSimulator } from '../../src/simulator/simulator';
import { createTelemetry } from '../../src/telemetry/telemetry';
import { startProcess } from '../gatewayProcess';
import { answerWith, ask, CONFIRM, confirm, PRODUCT, startPair, TOKEN } from '../pair';

/** Where a gateway's log goes: every write of it. */
function createLog() {
  const writes: string[] = [];
  return {
    writes,
    logTo: { write: (text: string) => void writes.push(text) },
    lines: () => linesFrom(writes.join('')),
  };
}

/** @throws Error where a line is no JSON, or the last one has no end */
function linesFrom(text: string): Record<string, unknown>[] {
  const lines = text.split('\n');
  if (lines.pop() !== '') throw new Error(`expected whole lines, got ${text}`);
  return lines.map((line) => JSON.parse(line));
}

const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
const ms = expect.any(Number);

it('writes one line of a confirm before it is sent and three after it, in order and at once, with these members alone', async () => {
  const { writes, lines, logTo } = createLog();
  const pair = await startPair({ gateway: { logTo } });
  const { requestId } = await confirm(pair, 'lamp-1', { headers: { 'x-request-id': 'test-1', traceparent } });
  await pair.close();
  const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  const common = { level: 30, time, requestId: 'test-1', traceparent };
  const press = { RequestId: requestId, user: expect.stringMatching(/^[\w-]{12}$/), device: `${PRODUCT}/lamp-1` };
  expect(lines()).toEqual([
    { ...common, ...press, msg: 'confirm begun' },
    {
      ...common,
      RequestId: requestId,
      action: 'AppPublishFirmwareUpdateMessage',
      outcome: 'accepted',
      attempts: 1,
      ms,
      msg: 'upstream call',
    },
    {
      ...common,
      ...press,
      outcome: 'ConfirmFirmwareUpgradeSuccess',
      by: 'sent',
      msg: 'confirm',
    },
    { ...common, status: 200, ms, msg: 'operation' },
  ]);
  expect(writes).toHaveLength(2);
  expect(writes.join()).not.toContain(TOKEN);
});

it.each([
  ['quotes, and what would be another member', '","level":60,"msg":"\\'],
  ['ends of lines, and what would be another line', 'a\r\n{"level":60}\n\u2028\u2029'],
  ['control characters', '\u0000\u0007\u001b[2J\u007f'],
  ['lone surrogates', '\ud800 \udc00'],
  ['200 characters', 'n'.repeat(200)],
  ['a surrogate pair where it is cut', `${'n'.repeat(63)}😀`],
])('an operation’s name stays one member of one line: %s', async (_what, operationName) => {
  const { writes, lines, logTo } = createLog();
  const pair = await startPair({ gateway: { logTo } });
  const body = JSON.stringify({ query: '{ __typename }', operationName });
  await fetch(pair.url, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
  await pair.close();
  expect(pair.simulator.received).toEqual([]);
  expect(lines().map(({ level, msg, operationName: logged }) => [level, msg, logged])).toEqual([
    [30, 'operation', operationName.slice(0, 64)],
  ]);
  // Half a surrogate pair cannot be written as UTF-8.
  expect(writes.join('').isWellFormed()).toBe(true);
});

it('writes no info line at LOG_LEVEL=warn, but what is worse', async () => {
  const { lines, logTo } = createLog();
  const pair = await startPair({ env: { LOG_LEVEL: 'warn', AUDIT: 'off' }, gateway: { logTo } });
  await confirm(pair, 'lamp-1');
  await confirm(pair, 'lamp-offline');
  expect(lines()).toEqual([]);
  answerWith(pair, () => ({ body: 'no JSON' }));
  await confirm(pair, 'lamp-2');
  await pair.close();
  expect(lines().map(({ level, msg }) => [level, msg])).toEqual([[40, 'upstream call']]);
});

describe('lines of one turn of the event loop', () => {
  const options = (logTo: { write(text: string): void }) => ({
    logLevel: 'info',
    logTo,
    openTelemetry: undefined,
    upstream: new URL('http://127.0.0.1'),
  });
  const ids = Array.from({ length: 100 }, (_, i) => `test-${i}`);

  it('are written at once and in order, those of the next turn after them', async () => {
    const { writes, logTo } = createLog();
    const telemetry = createTelemetry(options(logTo));
    const end = (id: string) => telemetry.requestStarted(id, {}).requestEnded(200, null);
    ids.forEach(end);
    expect(writes).toEqual([]);
    await new Promise(setImmediate);
    end('test-next');
    await new Promise(setImmediate);
    expect(writes.map((text) => linesFrom(text).map(({ requestId }) => requestId))).toEqual([ids, ['test-next']]);
    await telemetry.close();
  });

  it('are written before close ends', async () => {
    const { lines, logTo } = createLog();
    const telemetry = createTelemetry(options(logTo));
    for (const id of ids) telemetry.requestStarted(id, {}).requestEnded(200, null);
    await telemetry.close();
    expect(lines().map(({ requestId }) => requestId)).toEqual(ids);
  });
});

describe('a gateway that leaves', () => {
  let simulator: Simulator;
  beforeAll(async () => {
    simulator = await startSimulator();
  });
  afterAll(() => simulator.close());

  it('has written every line of every confirm to stdout', async () => {
    const gateway = await startProcess({ TOKENAPI_URL: simulator.url, DRAIN_DELAY_MS: '0' });
    const closed = once(gateway.child, 'close');
    const ids = Array.from({ length: 50 }, (_, i) => `test-${i}`);
    await Promise.all(
      ids.map((id, i) =>
        ask(
          gateway.url,
          CONFIRM,
          { productId: PRODUCT, deviceName: `lamp-${i}` },
          { token: `demo-token-${id}`, headers: { 'x-request-id': id } },
        ),
      ),
    );
    gateway.child.kill('SIGTERM');
    expect(await closed).toEqual([0, null]);
    expect(simulator.received).toHaveLength(50);
    const lines = linesFrom(gateway.output());
    for (const id of ids)
      expect(lines.filter(({ requestId }) => requestId === id).map(({ msg }) => msg)).toEqual([
        'confirm begun',
        'upstream call',
        'confirm',
        'operation',
      ]);
  });
});
