// retryAfterMs: when to try again, and spread where many would otherwise come back at once.

import { answerWith, CONFIRM, confirm, type Pair, PRODUCT, startPair } from '../pair';

/** So many answers that figures which are spread over a second lie further apart than a tenth of it. */
const ANSWERS = 20;

interface Retry {
  nextStep: string;
  retryAfterMs: number;
}

let pair: Pair;
afterEach(() => pair.close());

const confirmOf = (deviceName: string): Promise<Retry> => confirm(pair, deviceName);
const readOf = async (deviceName: string): Promise<Retry> => {
  const query = `query ($p: String!, $d: String!) { device(productId: $p, deviceName: $d) {
    firmware { ... on TokenApiError { nextStep retryAfterMs } }
  } }`;
  return (await pair.ask(query, { p: PRODUCT, d: deviceName })).body.data.device.firmware;
};

/** The figures of many answers, all of which say RETRY. */
async function figuresOf(ask: (i: number) => Promise<Retry>): Promise<number[]> {
  const answers: Retry[] = [];
  for (let i = 0; i < ANSWERS; i++) answers.push(await ask(i));
  expect(answers.map(({ nextStep }) => nextStep)).toEqual(Array(ANSWERS).fill('RETRY'));
  return answers.map(({ retryAfterMs }) => retryAfterMs);
}

function expectSpread(figures: number[], least: number, most: number): void {
  for (const figure of figures) {
    expect(Number.isInteger(figure)).toBe(true);
    expect(figure).toBeGreaterThanOrEqual(least);
    expect(figure).toBeLessThanOrEqual(most);
  }
  expect(Math.max(...figures) - Math.min(...figures)).toBeGreaterThan(100);
}

const kinds = [
  ['a confirm', confirmOf],
  ['a read', readOf],
] as const;

it.each(kinds)('is 1 to 2 s, spread, for %s that is refused for its rate', async (_kind, ask) => {
  pair = await startPair();
  expectSpread(await figuresOf(() => ask('error-RequestLimitExceeded')), 1000, 2000);
  answerWith(pair, () => ({ status: 429, body: '' }));
  expectSpread(await figuresOf(() => ask('lamp-1')), 1000, 2000);
});

it('is 1 s for a confirm that was not sent, for nobody knows when it can be', async () => {
  pair = await startPair();
  await pair.simulator.close();
  const { nextStep, retryAfterMs } = await confirmOf('lamp-1');
  expect([nextStep, retryAfterMs]).toEqual(['RETRY', 1000]);
});

it.each([
  ['was not answered', () => pair.simulator.close()],
  ['is refused with FailedOperation', () => answerWithCode('FailedOperation')],
  ['is refused with InternalError', () => answerWithCode('InternalError')],
])('is 2 s for a read that %s', async (_name, prepare) => {
  pair = await startPair();
  await prepare();
  const { nextStep, retryAfterMs } = await readOf('lamp-1');
  expect([nextStep, retryAfterMs]).toEqual(['RETRY', 2000]);
});

function answerWithCode(Code: string): void {
  answerWith(pair, (RequestId) => ({ body: { Response: { Error: { Code, Message: '' }, RequestId } } }));
}

it('is 1 to 2 s, spread, for reads that found no place', async () => {
  pair = await startPair({
    env: { MAX_UPSTREAM_CALLS: '1', TOKENAPI_TIMEOUT_MS: '1000', OPERATION_TIMEOUT_MS: '1000' },
  });
  pair.simulator.override = () => true;
  const ids = Array.from({ length: ANSWERS }, (_, i) => `${PRODUCT}/lamp-${i}`);
  const query =
    'query ($ids: [ID!]!) { devices(ids: $ids) { firmware { ... on TokenApiError { nextStep retryAfterMs } } } }';
  const devices: { firmware: Retry }[] = (await pair.ask(query, { ids })).body.data.devices;
  // The first has the only place, and brings no answer.
  const [, ...withoutPlace] = devices.map(({ firmware }) => firmware.retryAfterMs);
  expectSpread(withoutPlace, 1000, 2000);
  expect(pair.simulator.received).toHaveLength(1);
});

it.each(kinds)('is the time until the circuit is tried again, and up to 1 s more, for %s', async (_kind, ask) => {
  pair = await startPair();
  pair.simulator.override = (_call, response) => Boolean(response.socket?.destroy());
  const openedAfter = performance.now();
  // Twenty calls without an answer open it.
  for (let i = 0; i < 20; i++) await ask(`lamp-${i}`);
  const received = pair.simulator.received.length;
  const figures = await figuresOf(() => ask('lamp-99'));
  const passedMs = performance.now() - openedAfter;
  expect(pair.simulator.received).toHaveLength(received);
  expectSpread(figures, 2000 - passedMs, 3000);
});

it('is nothing where there is no RETRY', async () => {
  pair = await startPair();
  const variables = { productId: PRODUCT, deviceName: 'lamp-offline' };
  const { retryAfterMs, nextStep } = (await pair.ask(CONFIRM, variables)).body.data.confirmFirmwareUpgrade;
  expect([nextStep, retryAfterMs]).toEqual(['WAIT_FOR_DEVICE', null]);
});
