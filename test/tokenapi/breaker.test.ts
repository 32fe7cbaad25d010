// What an upstream that answers nobody is spared.

import { setTimeout as pause } from 'node:timers/promises';
import type { Simulator } from '../../src/simulator/simulator';
import { confirm, figureOf, type Pair, prove, startPair, until } from '../pair';

const NOT_SENT = { __typename: 'TokenApiUnavailableError', code: 'Gateway.NotSent', nextStep: 'RETRY' };
const UNKNOWN = { __typename: 'FirmwareUpgradeOutcomeUnknownError' };
/** So many calls in a row without an answer open the circuit, and so long it stays open. */
const [FAILURES, OPEN_MS] = [20, 2000];

const cut: Simulator['override'] = (_call, response) => Boolean(response.socket?.destroy());

it('opens the circuit, says "not sent" at once, probes once and closes again; refusals never open it', async () => {
  const pair = await startPair({ env: { TOKENAPI_TIMEOUT_MS: '1000' } });
  for (let i = 0; i < 40; i++) await confirm(pair, `error-InternalError`);
  // All are under way before the first one fails: those that end after the circuit has opened say nothing new.
  const held: (() => void)[] = [];
  pair.simulator.override = (_call, response) => {
    held.push(() => response.socket?.destroy());
    if (held.length === 25) for (const cutOff of held) cutOff();
    return true;
  };
  const unanswered = await Promise.all(Array.from({ length: 25 }, (_, i) => confirm(pair, `lamp-${i}`)));
  for (const answer of unanswered) expect(answer.__typename).toBe('FirmwareUpgradeOutcomeUnknownError');
  expect(pair.simulator.received).toHaveLength(65);
  expect(await figureOf(pair, 'breaker_state{calls="confirms"}')).toBe(2);

  const refused = await confirm(pair, 'lamp-100');
  const message = 'The platform has not been answering; it is not asked for a moment.';
  expect(refused).toMatchObject({ ...NOT_SENT, message });
  expect(refused.retryAfterMs).toBeGreaterThan(0);
  expect(refused.retryAfterMs).toBeLessThanOrEqual(3000);
  expect(pair.simulator.received).toHaveLength(65);

  pair.simulator.override = () => true;
  await pause(OPEN_MS + 100);
  const [probe, other] = await Promise.all([confirm(pair, 'lamp-101'), confirm(pair, 'lamp-102')]);
  expect([probe.code, other.code].sort()).toEqual(['Gateway.NotSent', 'Gateway.OutcomeUnknown']);
  expect(pair.simulator.received).toHaveLength(66);

  pair.simulator.override = undefined;
  await pause(OPEN_MS + 100);
  expect((await confirm(pair, 'lamp-103')).__typename).toBe('ConfirmFirmwareUpgradeSuccess');
  expect(await figureOf(pair, 'breaker_state{calls="confirms"}')).toBe(0);
  // The failures of before are forgotten: one more opens nothing.
  pair.simulator.override = cut;
  expect((await confirm(pair, 'lamp-104')).__typename).toBe('FirmwareUpgradeOutcomeUnknownError');
  pair.simulator.override = undefined;
  expect((await confirm(pair, 'lamp-105')).__typename).toBe('ConfirmFirmwareUpgradeSuccess');
  expect(pair.log.filter(({ msg }) => msg === 'circuit breaker').map(({ state }) => state)).toEqual([
    'open',
    'half-open',
    'open',
    'half-open',
    'closed',
  ]);
  await pair.close();
});

it('counts an HTTP status as an answer, even if the rest never comes', async () => {
  const pair = await startPair({ env: { TOKENAPI_TIMEOUT_MS: '2000' } });
  await prove(pair);
  const broken: Simulator['override'] = (_call, response) => {
    response.writeHead(200).write('{', () => response.destroy());
    return true;
  };
  let sent = 0;
  const confirms = async (count: number, override: Simulator['override']) => {
    pair.simulator.override = override;
    return Promise.all(Array.from({ length: count }, () => confirm(pair, `lamp-${sent++}`)));
  };
  const answers = [...(await confirms(19, cut)), ...(await confirms(1, broken)), ...(await confirms(20, cut))];
  for (const answer of answers) expect(answer.__typename).toBe('FirmwareUpgradeOutcomeUnknownError');
  expect(pair.simulator.received).toHaveLength(40);
  // The twentieth in a row was the last that was sent.
  expect(await confirms(1, cut)).toMatchObject([NOT_SENT]);
  expect(pair.simulator.received).toHaveLength(40);
  await pair.close();
});

it('asks the circuit again when a call that waited gets its place', async () => {
  const pair = await startPair({ env: { MAX_UPSTREAM_CALLS: '1' } });
  pair.simulator.override = cut;
  for (let i = 1; i < FAILURES; i++) expect(await confirm(pair, `lamp-${i}`)).toMatchObject(UNKNOWN);
  let cutNow: () => void = () => undefined;
  pair.simulator.override = (...call) => {
    cutNow = () => cut?.(...call);
    return true;
  };
  const last = confirm(pair, 'lamp-20');
  await until(() => pair.simulator.received.length === FAILURES);
  const waiting = confirm(pair, 'lamp-21');
  await until(async () => (await figureOf(pair, 'upstream_queued')) === 1);
  // Its end opens the circuit, and makes place.
  cutNow();
  expect(await last).toMatchObject(UNKNOWN);
  expect(await waiting).toMatchObject(NOT_SENT);
  expect(pair.simulator.received).toHaveLength(FAILURES);
  expect(await figureOf(pair, 'upstream_in_flight')).toBe(0);
  await pair.close();
});

describe('of several users', () => {
  let pair: Pair;
  beforeEach(async () => {
    pair = await startPair({ env: { TOKENAPI_TIMEOUT_MS: '1000' } });
    for (const user of ['a', 'b', 'c', 'd']) await confirm(pair, 'error-InternalError', as(user));
  });
  afterEach(() => pair.close());

  const as = (user: string) => ({ token: `demo-token-${user}` });
  const sick = (users: string[]): Simulator['override'] => {
    const tokens = users.map((user) => as(user).token);
    return (call, response) => tokens.includes(String(call.body.AccessToken)) && cut?.(call, response) === true;
  };
  const calls = (outcome: string) =>
    figureOf(pair, `upstream_calls_total{action="AppPublishFirmwareUpdateMessage",outcome="${outcome}"}`);
  const fail = async (users: string[], times: number) => {
    for (let i = 0; i < times; i++)
      for (const user of users) expect(await confirm(pair, `lamp-${i}`, as(user))).toMatchObject(UNKNOWN);
  };

  it("one user's unanswered calls stop that user's alone, and two users' those two", async () => {
    pair.simulator.override = sick(['a', 'b']);
    await fail(['a'], FAILURES);
    expect(await confirm(pair, 'lamp-100', as('a'))).toMatchObject(NOT_SENT);
    expect((await confirm(pair, 'lamp-101', as('d'))).__typename).toBe('ConfirmFirmwareUpgradeSuccess');
    await fail(['b'], FAILURES);
    expect(await confirm(pair, 'lamp-102', as('b'))).toMatchObject(NOT_SENT);
    expect((await confirm(pair, 'lamp-103', as('d'))).__typename).toBe('ConfirmFirmwareUpgradeSuccess');
    // It says nothing about the platform, and so wakes nobody.
    expect([await calls('held-back'), await calls('not-sent')]).toEqual([2, undefined]);
    expect(pair.log.filter(({ outcome }) => outcome === 'held-back')).toEqual([]);
  });

  it('unanswered calls of three users in a row stop all, until one of another is answered', async () => {
    pair.simulator.override = sick(['a', 'b', 'c']);
    await fail(['a', 'b', 'c'], 6);
    await fail(['a', 'b'], 1);
    const sent = pair.simulator.received.length;
    expect(await confirm(pair, 'lamp-100', as('d'))).toMatchObject(NOT_SENT);
    expect(pair.simulator.received).toHaveLength(sent);
    expect([await calls('held-back'), await calls('not-sent')]).toEqual([undefined, 1]);
    await pause(OPEN_MS + 100);
    expect((await confirm(pair, 'lamp-101', as('d'))).__typename).toBe('ConfirmFirmwareUpgradeSuccess');
  });
});
