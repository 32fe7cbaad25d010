// A process that is stalled past its deadlines: what the platform answered meanwhile counts, and nothing is sent late.

import { confirm, figureOf, type Pair, startPair, until } from '../pair';
import { type AnsweringProcess, startAnsweringProcess } from './answeringProcess';

const TIMEOUT_MS = 800;
const SUCCESS = 'ConfirmFirmwareUpgradeSuccess';
const UNKNOWN = 'FirmwareUpgradeOutcomeUnknownError';

let pair: Pair;
let platform: AnsweringProcess;
afterEach(async () => {
  await pair.close();
  platform.close();
});
const start = async (answerAfterMs: number, bytes = 0, env = {}) => {
  platform = await startAnsweringProcess(answerAfterMs, bytes);
  pair = await startPair({ env: { TOKENAPI_URL: platform.url, TOKENAPI_TIMEOUT_MS: String(TIMEOUT_MS), ...env } });
};

/** Nothing of this process runs for so long. Afterwards the event loop comes to its timers before it reads a socket. */
async function stall(ms: number): Promise<void> {
  await new Promise(setImmediate);
  const end = performance.now() + ms;
  while (performance.now() < end);
}

it.each([
  ['a short answer', 0],
  ['one of 64 KiB, which is read in pieces', 65_536],
])('takes %s that came in time, however late it is read', async (_name, bytes) => {
  await start(200, bytes);
  await confirm(pair, 'lamp-1');
  const pressed = confirm(pair, 'lamp-2');
  await until(() => platform.received() === 2);
  await stall(TIMEOUT_MS + 500);
  expect((await pressed).__typename).toBe(SUCCESS);
});

it('is told the outcome is unknown where no answer has come by then', async () => {
  await start(5000);
  const pressed = confirm(pair, 'lamp-1');
  await until(() => platform.received() === 1);
  await stall(TIMEOUT_MS + 500);
  expect((await pressed).__typename).toBe(UNKNOWN);
});

it('gives a call its place if one became free meanwhile, though the call had waited too long by then', async () => {
  await start(100, 0, { MAX_UPSTREAM_CALLS: '1', TOKENAPI_TIMEOUT_MS: '4000' });
  const pressed = [confirm(pair, 'lamp-1'), confirm(pair, 'lamp-2')];
  await until(async () => (await figureOf(pair, 'upstream_queued')) === 1);
  await until(() => platform.received() === 1);
  await stall(1200);
  expect((await Promise.all(pressed)).map(({ __typename }) => __typename)).toEqual([SUCCESS, SUCCESS]);
});

it('sends nothing late that waited for its place, and opens no circuit', async () => {
  await start(100, 0, { MAX_UPSTREAM_CALLS: '1' });
  const pressed = [confirm(pair, 'lamp-1'), confirm(pair, 'lamp-2')];
  await until(() => platform.received() === 1);
  await until(async () => (await figureOf(pair, 'upstream_queued')) === 1);
  await stall(TIMEOUT_MS + 500);
  // Which of the two connections is there first, nobody says.
  const answers = (await Promise.all(pressed)).map(({ __typename, code }) => code ?? __typename);
  expect(answers.sort()).toEqual([SUCCESS, 'Gateway.NotSent']);
  expect(platform.received()).toBe(1);
  expect(await figureOf(pair, 'breaker_state{calls="confirms"}')).toBe(0);
});
