// Users apart from each other: what one user asks for keeps no other waiting, and made-up tokens harm nobody whom the platform knows.

import { setTimeout as pause } from 'node:timers/promises';
import type { Simulator } from '../../src/simulator/simulator';
import { askAndLeave } from '../leavingClient';
import { confirm, figureOf, type Pair, PRODUCT, prove, startPair, until } from '../pair';

const SUCCESS = 'ConfirmFirmwareUpgradeSuccess';
const RATE_LIMITED = { __typename: 'TokenApiRateLimitedError', code: 'Gateway.RateLimited', nextStep: 'RETRY' };
const BYSTANDER = 'demo-token-bystander';
const FLOOD = 'demo-token-flood';
const DEVICES = 'query ($ids: [ID!]!) { devices(ids: $ids) { firmware { __typename ... on TokenApiError { code } } } }';
const PUBLISH = 'AppPublishFirmwareUpdateMessage';

const idsOf = (nth: number, count: number) =>
  Array.from({ length: count }, (_, i) => `${PRODUCT}/lamp-${1000 + 100 * nth + i}`);

let pair: Pair;
afterEach(() => pair.close());
const start = async (env: Record<string, string>) => {
  pair = await startPair({ env });
};

/** Keeps silent about what it is told to, and answers everything else. */
const silentAbout = (isSilent: (...call: Parameters<NonNullable<Simulator['override']>>) => boolean) => {
  pair.simulator.override = isSilent;
};
const isRead = ({ action }: { action: string }) => action !== PUBLISH;
const receivedBy = (token: string) => pair.simulator.received.filter(({ body }) => body.AccessToken === token);

/** One confirm after the other, so many. */
async function confirmInTurn(count: number, token: string): Promise<string[]> {
  const types: string[] = [];
  for (let i = 0; i < count; i++) types.push((await confirm(pair, `lamp-${500 + i}`, { token })).__typename);
  return types;
}

/** Holds the next call of this test until it is released with an answer; those after it are answered as usual. */
function holdNext() {
  let release: (() => void) | undefined;
  silentAbout((call, response) => {
    pair.simulator.override = undefined;
    release = () => response.end(JSON.stringify({ Response: { RequestId: call.body.RequestId } }));
    return true;
  });
  return { isHeld: () => until(() => release !== undefined), release: () => release?.() };
}

describe('while one user reads what 35 pages of 100 devices show, and nothing of it is answered', () => {
  const flood = () => Array.from({ length: 35 }, (_, i) => pair.ask(DEVICES, { ids: idsOf(i, 100) }, { token: FLOOD }));

  it('every confirm of another user is taken at once, and so is every read', async () => {
    await start({ TOKENAPI_TIMEOUT_MS: '2000', OPERATION_TIMEOUT_MS: '2500' });
    await prove(pair, FLOOD);
    await prove(pair, BYSTANDER);
    silentAbout((call) => isRead(call) && call.body.AccessToken === FLOOD);
    const flooding = flood();
    await until(() => receivedBy(FLOOD).length === 24);
    expect(await confirmInTurn(50, BYSTANDER)).toEqual(Array(50).fill(SUCCESS));
    const { body } = await pair.ask(DEVICES, { ids: idsOf(0, 20) }, { token: BYSTANDER });
    expect(body.data.devices).toEqual(Array(20).fill({ firmware: { __typename: 'DeviceFirmware' } }));
    expect(receivedBy(FLOOD)).toHaveLength(24);
    await Promise.all(flooding);
  });

  it('what is beyond the share and the queue of the one is rate limited, and nothing of it is sent', async () => {
    await start({ TOKENAPI_TIMEOUT_MS: '1000', OPERATION_TIMEOUT_MS: '1000', USER_PLACES: '3', USER_QUEUE: '5' });
    await prove(pair, FLOOD);
    silentAbout(isRead);
    const [first, second] = await Promise.all(
      [0, 1].map((i) => pair.ask(DEVICES, { ids: idsOf(i, 50) }, { token: FLOOD })),
    );
    const codes = [first, second].flatMap((answer) =>
      answer?.body.data.devices.map(({ firmware }: { firmware: { code: string } }) => firmware.code),
    );
    const countOf = (code: string) => codes.filter((each) => each === code).length;
    expect([countOf('Gateway.NoAnswer'), countOf('Gateway.RateLimited')]).toEqual([8, 92]);
    expect(pair.simulator.received).toHaveLength(3);
  });
});

it('reads of many users leave the places of confirms free', async () => {
  await start({
    MAX_UPSTREAM_CALLS: '8',
    CONFIRM_PLACES: '2',
    TOKENAPI_TIMEOUT_MS: '1500',
    OPERATION_TIMEOUT_MS: '1500',
  });
  const readers = [1, 2, 3, 4, 5, 6, 7, 8].map((i) => `demo-token-reader-${i}`);
  for (const reader of [...readers, BYSTANDER]) await prove(pair, reader);
  silentAbout(isRead);
  const reading = readers.map((token, i) => pair.ask(DEVICES, { ids: idsOf(i, 10) }, { token }));
  await until(() => pair.simulator.received.length === 6);
  expect(await confirmInTurn(10, BYSTANDER)).toEqual(Array(10).fill(SUCCESS));
  expect(pair.simulator.received.filter(isRead)).toHaveLength(6);
  await Promise.all(reading);
});

describe('confirms of one user', () => {
  const press = (count: number, token: string) =>
    Promise.all(Array.from({ length: count }, (_, i) => confirm(pair, `lamp-${i}`, { token })));

  it('hold half of the confirm places, eight more wait, and others are rate limited and not sent', async () => {
    await start({ MAX_UPSTREAM_CALLS: '16', TOKENAPI_TIMEOUT_MS: '2000' });
    await prove(pair, FLOOD);
    silentAbout((call) => call.body.AccessToken === FLOOD);
    const pressed = press(20, FLOOD);
    await until(() => receivedBy(FLOOD).length === 2);
    expect(await confirmInTurn(5, BYSTANDER)).toEqual(Array(5).fill(SUCCESS));
    const answers = await pressed;
    const limited = answers.filter(({ code }) => code === RATE_LIMITED.code);
    expect(limited).toHaveLength(10);
    for (const answer of limited) {
      expect(answer).toMatchObject(RATE_LIMITED);
      expect(answer.retryAfterMs).toBeGreaterThanOrEqual(1000);
      expect(answer.retryAfterMs).toBeLessThanOrEqual(2000);
    }
    expect(receivedBy(FLOOD)).toHaveLength(2);
  });

  it('come to their turns one user after the other', async () => {
    await start({ MAX_UPSTREAM_CALLS: '1', TOKENAPI_TIMEOUT_MS: '12000' });
    const [one, other] = ['demo-token-one', 'demo-token-other'];
    await prove(pair, one);
    await prove(pair, other);
    const held: (() => void)[] = [];
    silentAbout((call, response) => {
      held.push(() => response.end(JSON.stringify({ Response: { RequestId: call.body.RequestId } })));
      return true;
    });
    const pressed = [press(5, one)];
    await until(async () => (await figureOf(pair, 'upstream_queued')) === 4);
    pressed.push(press(2, other));
    await until(async () => (await figureOf(pair, 'upstream_queued')) === 6);
    for (let sent = 1; sent <= 7; sent++) {
      await until(() => held.length === sent);
      held[sent - 1]?.();
    }
    await Promise.all(pressed);
    const turns = pair.simulator.received.map(({ body }) => (body.AccessToken === one ? 'one' : 'other'));
    expect(turns).toEqual(['one', 'other', 'one', 'other', 'one', 'one', 'one']);
  });

  it('come before reads that wait', async () => {
    await start({ MAX_UPSTREAM_CALLS: '1', TOKENAPI_TIMEOUT_MS: '12000' });
    await prove(pair, FLOOD);
    const held = holdNext();
    const reading = pair.ask(DEVICES, { ids: idsOf(0, 10) }, { token: FLOOD });
    await until(async () => (await figureOf(pair, 'upstream_queued')) === 9);
    const pressed = confirm(pair, 'lamp-1', { token: FLOOD });
    await until(async () => (await figureOf(pair, 'upstream_queued')) === 10);
    held.release();
    await Promise.all([pressed, reading]);
    expect(pair.simulator.received.map(({ action }) => action).indexOf(PUBLISH)).toBe(1);
  });
});

describe('tokens that the platform has not accepted', () => {
  const madeUp = (i: number) => `demo-token-made-up-${i}`;

  it('share one line: an eighth of the confirm places and of those of reads, and nobody else notices', async () => {
    await start({ TOKENAPI_TIMEOUT_MS: '2000', OPERATION_TIMEOUT_MS: '2000' });
    await prove(pair, BYSTANDER);
    silentAbout((call) => call.body.AccessToken !== BYSTANDER);
    const confirms = Array.from({ length: 300 }, (_, i) => confirm(pair, `lamp-${i}`, { token: madeUp(i) }));
    const reads = Array.from({ length: 60 }, (_, i) => pair.ask(DEVICES, { ids: idsOf(i, 10) }, { token: madeUp(i) }));
    await until(() => pair.simulator.received.length === 8 + 24);
    expect(await confirmInTurn(20, BYSTANDER)).toEqual(Array(20).fill(SUCCESS));
    const types = new Set((await Promise.all(confirms)).map(({ __typename, code }) => `${__typename} ${code}`));
    await Promise.all(reads);
    expect(types).toEqual(
      new Set([
        'FirmwareUpgradeOutcomeUnknownError Gateway.OutcomeUnknown',
        'TokenApiUnavailableError Gateway.NotSent',
      ]),
    );
    const ofConfirms = pair.simulator.received.filter(
      ({ action, body }) => action === PUBLISH && body.AccessToken !== BYSTANDER,
    );
    expect(ofConfirms).toHaveLength(8);
  });

  it('have one call under way each, and more once the platform has answered one', async () => {
    await start({});
    const held: (() => void)[] = [];
    let most = 0;
    silentAbout((call, response) => {
      held.push(() => response.end(JSON.stringify({ Response: { RequestId: call.body.RequestId } })));
      most = Math.max(most, held.length);
      return true;
    });
    const reading = pair.ask(DEVICES, { ids: idsOf(0, 20) }, { token: FLOOD });
    await until(async () => (await figureOf(pair, 'upstream_queued')) === 9);
    await until(() => held.length === 1);
    expect(pair.simulator.received).toHaveLength(1);
    held.pop()?.();
    await until(() => held.length === 10);
    pair.simulator.override = undefined;
    for (const answer of held) answer();
    await reading;
    expect([most, pair.simulator.received.length]).toEqual([10, 20]);
  });

  it('stay in it when the platform says that they are invalid', async () => {
    await start({ TOKENAPI_TIMEOUT_MS: '2000' });
    const token = 'nobody-knows-this-token';
    for (let i = 0; i < 3; i++)
      expect((await confirm(pair, 'lamp-1', { token })).__typename).toBe('TokenApiInvalidAccessTokenError');
    pair.simulator.received.length = 0;
    silentAbout(() => true);
    const pressed = [1, 2, 3].map((i) => confirm(pair, `lamp-${i}`, { token }));
    const codes = (await Promise.all(pressed)).map(({ code }) => code);
    expect(codes.sort()).toEqual(['Gateway.NotSent', 'Gateway.NotSent', 'Gateway.OutcomeUnknown']);
    expect(pair.simulator.received).toHaveLength(1);
    expect(await figureOf(pair, `upstream_calls_total{action="${PUBLISH}",outcome="held-back"}`)).toBe(2);
    expect(pair.log.filter(({ level }) => Number(level) > 40)).toEqual([]);
  });

  it('are not proven by an HTTP status, which says nothing about the token', async () => {
    await start({ TOKENAPI_TIMEOUT_MS: '2000' });
    silentAbout((_call, response) => Boolean(response.writeHead(403).end()));
    await confirm(pair, 'lamp-1', { token: FLOOD });
    silentAbout(() => true);
    pair.simulator.received.length = 0;
    await Promise.all([1, 2].map((i) => confirm(pair, `lamp-${i}`, { token: FLOOD })));
    expect(pair.simulator.received).toHaveLength(1);
  });
});

it('makes room in a user’s full queue for calls whose clients have left', async () => {
  await start({ MAX_UPSTREAM_CALLS: '1', TOKENAPI_TIMEOUT_MS: '12000' });
  await prove(pair, FLOOD);
  const held = holdNext();
  const first = confirm(pair, 'lamp-0', { token: FLOOD });
  await held.isHeld();
  for (let i = 1; i <= 8; i++) {
    const query = `mutation { confirmFirmwareUpgrade(productId: "${PRODUCT}", deviceName: "lamp-${i}") { __typename } }`;
    const client = await askAndLeave(pair.url, query, FLOOD);
    await until(async () => (await figureOf(pair, 'upstream_queued')) === i);
    await client.leave();
  }
  const last = confirm(pair, 'lamp-9', { token: FLOOD });
  await until(async () => (await figureOf(pair, 'upstream_queued')) === 1);
  held.release();
  expect([(await first).__typename, (await last).__typename]).toEqual([SUCCESS, SUCCESS]);
  expect(pair.simulator.received.map(({ body }) => body.DeviceName)).toEqual(['lamp-0', 'lamp-9']);
});

it('keeps a pace towards the platform if told to: a burst of one second, then evenly, confirms first', async () => {
  await start({ TOKENAPI_CALLS_PER_SECOND: '10' });
  await prove(pair, FLOOD);
  // What proving them took is there again.
  await pause(200);
  const startedAt = Date.now();
  const reading = pair.ask(DEVICES, { ids: idsOf(0, 25) }, { token: FLOOD });
  await until(() => pair.simulator.received.length >= 10);
  expect((await confirm(pair, 'lamp-1', { token: FLOOD })).__typename).toBe(SUCCESS);
  const sentBefore = pair.simulator.received.findIndex(({ action }) => action === PUBLISH);
  expect(sentBefore).toBeLessThanOrEqual(12);
  await reading;
  const { received } = pair.simulator;
  expect(received).toHaveLength(26);
  const inTheFirst = (ms: number) => received.filter(({ at }) => at - startedAt < ms).length;
  // What was there at the start, and what came in since; one more for the clock's grain.
  for (const ms of [500, 1000, 1500]) expect(inTheFirst(ms)).toBeLessThanOrEqual(10 + ms / 100 + 1);
});
