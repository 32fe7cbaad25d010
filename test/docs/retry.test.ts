// How long an error says to wait: the figures of docs/errors.md, each brought about at a running gateway.

import { answerWith, confirm, figureOf, type Pair, type PairOptions, PRODUCT, startPair, until } from '../pair';
import { rowsUnder } from './pages';

const FIRMWARE = `query ($productId: String!, $deviceName: String!) { device(productId: $productId, deviceName: $deviceName) {
  firmware { __typename ... on TokenApiError { code nextStep retryAfterMs } } } }`;

const read = async (pair: Pair, deviceName: string) =>
  (await pair.ask(FIRMWARE, { productId: PRODUCT, deviceName })).body.data.device.firmware;

interface Cause {
  options?: PairOptions;
  /** What happens before the two are asked. */
  before?: (pair: Pair) => Promise<unknown> | unknown;
  device?: string;
  key?: string;
  /** A date has whole seconds: the pause that it asks for may be so much shorter or longer. */
  roundedByMs?: number;
}

const pausing = (status: number, retryAfter: string) => (pair: Pair) =>
  answerWith(pair, () => ({ status, headers: { 'retry-after': retryAfter }, body: '' }));
const NO_REDIS = { REDIS_URL: 'redis://127.0.0.1:9' };

/** Each row's causes, by how the row begins. */
const causes: Record<string, Cause[]> = {
  "The platform's rate limit": [
    { device: 'error-RequestLimitExceeded' },
    { before: (pair) => answerWith(pair, () => ({ status: 429, body: '' })) },
  ],
  'HTTP 429 with': [
    { before: pausing(429, '30') },
    { before: (pair) => pausing(429, new Date(Date.now() + 30_000).toUTCString())(pair), roundedByMs: 1500 },
  ],
  'HTTP 503 with': [{ before: pausing(503, '30') }],
  'No connection': [{ before: (pair) => pair.simulator.close() }],
  'The circuit': [
    {
      before: async (pair) => {
        await pair.simulator.close();
        for (let nth = 0; nth < 10; nth++) await Promise.all([confirm(pair, `lamp-${nth}`), read(pair, `lamp-${nth}`)]);
      },
    },
  ],
  'No place': [
    {
      // A confirm waits for a quarter of its time, a read until its operation ends.
      options: { env: { MAX_UPSTREAM_CALLS: '1', TOKENAPI_TIMEOUT_MS: '2000', OPERATION_TIMEOUT_MS: '1000' } },
      before: async (pair) => {
        pair.simulator.override = () => true;
        void confirm(pair, 'held').catch(() => undefined);
        await until(() => pair.simulator.received.length === 1);
      },
    },
  ],
  'More than the user': [
    {
      // Of a user whom the platform has not answered yet, one call of each kind is under way. Eight confirms wait.
      options: { env: { USER_QUEUE: '1', TOKENAPI_TIMEOUT_MS: '5000', OPERATION_TIMEOUT_MS: '5000' } },
      before: async (pair) => {
        pair.simulator.override = () => true;
        for (let nth = 0; nth < 9; nth++) void confirm(pair, `held-${nth}`).catch(() => undefined);
        for (let nth = 0; nth < 2; nth++) void read(pair, `held-${nth}`).catch(() => undefined);
        await until(async () => (await figureOf(pair, 'upstream_queued')) === 9);
      },
    },
  ],
  'Redis does not answer': [{ options: { env: NO_REDIS }, key: 'a-key' }],
  'No usable answer': [{ before: (pair) => answerWith(pair, () => ({ status: 502, body: '' })) }],
  '`InternalError`': [{ device: 'error-InternalError' }, { device: 'error-FailedOperation' }],
};

const rows = rowsUnder('docs/errors.md', 'why RETRY');
const cases = rows.flatMap(([why = '', ofConfirm, ofRead]) => {
  const [, found = []] = Object.entries(causes).find(([beginning]) => why.startsWith(beginning)) ?? [];
  return found.map((cause) => [why, cause, ofConfirm, ofRead] as const);
});

/** Matches an answer that says what a cell says: a figure, a range, or no RETRY (–). */
function expectFigure(answer: { nextStep?: string; retryAfterMs?: number | null }, cell = '–', roundedByMs = 0) {
  if (cell === '–') return expect(answer.nextStep).not.toBe('RETRY');
  const [least = Number.NaN, most = least] = cell.split(' to ').map((figure) => Number(figure.replace(',', '')));
  expect(answer.nextStep).toBe('RETRY');
  expect(answer.retryAfterMs).toBeGreaterThanOrEqual(least - roundedByMs);
  expect(answer.retryAfterMs).toBeLessThanOrEqual(most);
}

it('brings about every row', () => {
  expect(cases.length).toBeGreaterThanOrEqual(rows.length);
  expect(new Set(cases.map(([why]) => why)).size).toBe(rows.length);
});

it.each(cases)('%s', async (_why, { options, before, device = 'lamp-1', key, roundedByMs }, ofConfirm, ofRead) => {
  const pair = await startPair(options);
  try {
    await before?.(pair);
    const headers: Record<string, string> = key === undefined ? {} : { 'idempotency-key': key };
    const [confirmed, wasRead] = await Promise.all([confirm(pair, device, { headers }), read(pair, device)]);
    expectFigure(confirmed, ofConfirm, roundedByMs);
    expectFigure(wasRead, ofRead, roundedByMs);
  } finally {
    await pair.close();
  }
});
