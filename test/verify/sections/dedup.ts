// DEDUP: one press is one send, however often and wherever it is pressed.

import { type Answer, type Client, CONFIRM, createClient } from '../client';
import { crowd } from '../crowd';
import { startGateway } from '../gateway';
import { mixOf } from '../hostile/everything';
import { answerOf, documented, refusedDocumented } from '../hostile/exchange';
import { accepted, type Fault, faultOf, unknown } from '../hostile/fault';
import { type HostileUpstream, startHostileUpstream } from '../hostile/upstream';
import { createNaiveClient } from '../naive';
import type { Section } from '../report';
import { PRODUCT, type Run } from '../run';

const TIMEOUT_MS = 600;
const PRESSES = 100;
const MIXED_DEVICES = 600;
const PRESSES_EACH = 4;

export async function dedup(run: Run, section: Section): Promise<void> {
  const mix = mixOf(run.seed);
  const upstream = await startHostileUpstream({
    seed: run.seed,
    faultFor: (device) => ownFaults.find(({ name }) => device.startsWith(name)) ?? mix.faultFor(device),
  });
  const gateway = await startGateway(run, upstream.url, { TOKENAPI_TIMEOUT_MS: String(TIMEOUT_MS) });
  const client = createClient(run, gateway.origin);
  const sends = (device: string) => upstream.ledger.of(device).length;
  const is = (what: string, value: number, expected: number) => section.check(what, value, value === expected);

  const token = run.canary.token(1);
  const presses = await pressTogether(client, 'slow-1', PRESSES, { token });
  is(`${PRESSES}-presses-sends`, sends('slow-1'), 1);
  section.none('answers-that-differ', differingFrom(presses[0], presses));
  await client.introduce();
  await Promise.all(Array.from({ length: 10 }, (_, i) => client.confirm('slow-2', { token: run.canary.token(i) })));
  is('10-users-sends', sends('slow-2'), 10);
  await client.confirm('slow-3', { token });
  await client.confirm('slow-3', { token });
  is('2-presses-in-a-row-sends', sends('slow-3'), 2);

  await keyRules(run, client, upstream, section);
  section.none('keyed-under-faults-wrong', await pressUnderFaults(run, client, upstream, section));

  const naive = createNaiveClient(upstream.url);
  await Promise.all(Array.from({ length: PRESSES }, () => naive.confirm('slow-naive', token)));
  section.check('control-sends', sends('slow-naive'), sends('slow-naive') > 1);
  client.close();
  await naive.close();
  await gateway.stop();
  await upstream.close();
}

/** Presses at once, as many as are asked for. */
export const pressTogether = (
  client: Client,
  device: string,
  count: number,
  options: Parameters<Client['confirm']>[1],
): Promise<Answer[]> => Promise.all(Array.from({ length: count }, () => client.confirm(device, options)));

/** Answers that are not the success that one of them is. */
export const differingFrom = (first: Answer | undefined, answers: readonly Answer[]): string[] =>
  answers
    .filter(({ result }) => result?.__typename !== SUCCESS || result.requestId !== first?.result?.requestId)
    .map(({ status, body }) => `${status} ${body}`);

const SUCCESS = 'ConfirmFirmwareUpgradeSuccess';
const WRONG_KEY = 'TokenApiInvalidParameterValueError';

const ownFaults: readonly Fault[] = [
  faultOf('good', 'slow-', accepted, (x) => x.later(200, () => x.send(answerOf(200, documented(x.requestId))))),
  faultOf('late', 'silent-', unknown, () => undefined),
  faultOf('refusal', 'limited-', { type: 'TokenApiRateLimitedError' }, (x) =>
    x.send(answerOf(200, refusedDocumented(x.requestId, 'RequestLimitExceeded', ''))),
  ),
];

async function keyRules(run: Run, client: Client, upstream: HostileUpstream, section: Section): Promise<void> {
  const token = run.canary.token(2);
  const byHeader = (device: string, key: string, as = token) =>
    client.confirm(device, { token: as, headers: { 'idempotency-key': key } });
  const byArgument = (device: string, key: string, headers = {}) =>
    client.post(
      {
        query: CONFIRM.replace('$deviceName: String!', '$deviceName: String!, $key: String').replace(
          'deviceName: $deviceName',
          'deviceName: $deviceName, idempotencyKey: $key',
        ),
        variables: { productId: PRODUCT, deviceName: device, key },
      },
      device,
      { token, headers },
    );
  const wrong: string[] = [];
  const expect = (what: string, answer: Answer, type: string, device: string, sends: number) => {
    const sent = upstream.ledger.of(device).length;
    if (answer.result?.__typename !== type || sent !== sends)
      wrong.push(`${what}: expected ${type} and ${sends} sends, got ${sent} sends and ${answer.status} ${answer.body}`);
  };

  const first = await byHeader('slow-key', 'k1');
  expect('a first press', first, SUCCESS, 'slow-key', 1);
  expect('again by header', await byHeader('slow-key', 'k1'), SUCCESS, 'slow-key', 1);
  const again = await byArgument('slow-key', 'k1');
  expect('again by argument', again, SUCCESS, 'slow-key', 1);
  if (again.result?.requestId !== first.result?.requestId) wrong.push('a replay has another requestId');
  expect('both alike', await byArgument('slow-key', 'k1', { 'idempotency-key': 'k1' }), SUCCESS, 'slow-key', 1);
  expect(
    'both and different',
    await byArgument('slow-other', 'k1', { 'idempotency-key': 'k2' }),
    WRONG_KEY,
    'slow-other',
    0,
  );
  expect('another device', await byHeader('slow-another', 'k1'), SUCCESS, 'slow-another', 1);
  for (const key of ['', ' ', 'a b', 'x'.repeat(256), 'k\u00e9'])
    expect(
      `the key ${JSON.stringify(key.slice(0, 9))}`,
      await byArgument('slow-other', key),
      WRONG_KEY,
      'slow-other',
      0,
    );
  expect('another user', await byHeader('slow-key', 'k1', run.canary.token(3)), SUCCESS, 'slow-key', 2);
  expect('another key', await byHeader('slow-key', 'k2'), SUCCESS, 'slow-key', 3);
  expect('an unknown outcome', await byHeader('silent-key', 'k3'), unknown.type, 'silent-key', 1);
  expect('an unknown outcome, again', await byHeader('silent-key', 'k3'), unknown.type, 'silent-key', 1);
  expect('a rate limit', await byHeader('limited-key', 'k4'), 'TokenApiRateLimitedError', 'limited-key', 1);
  expect('a rate limit, again', await byHeader('limited-key', 'k4'), 'TokenApiRateLimitedError', 'limited-key', 2);
  section.none('key-rules-broken', wrong);
}

/** Under faults of every kind, each press is repeated with its key: sent again only if nothing can have been started. */
async function pressUnderFaults(
  run: Run,
  client: Client,
  { ledger }: HostileUpstream,
  section: Section,
): Promise<string[]> {
  const wrong: string[] = [];
  let done = 0;
  const progress = section.progress(() => `${done} of ${MIXED_DEVICES} devices pressed repeatedly`);
  await crowd(MIXED_DEVICES, 60, async (number) => {
    const device = `pressed-${number}`;
    const options = {
      token: run.canary.token(1000 + number),
      headers: { 'idempotency-key': `key ${number}`.replace(' ', '-') },
    };
    let begun: { type: string; requestId: string | undefined; presses: number } | undefined;
    for (let press = 1; press <= PRESSES_EACH; press++) {
      const { result, status, body } = await client.confirm(device, options);
      const sends = ledger.of(device).length;
      if (!result) wrong.push(`${device}: ${status} ${body}`);
      // Each press up to the first that may have started something was allowed its send.
      else if (
        begun &&
        (result.__typename !== begun.type || result.requestId !== begun.requestId || sends > begun.presses)
      )
        wrong.push(
          `${device}: ${begun.type} at press ${begun.presses}, then ${result.__typename} and ${sends} sends in all`,
        );
      else if (result.__typename === SUCCESS || result.nextStep === 'CHECK_STATUS')
        begun ??= { type: result.__typename, requestId: result.requestId, presses: press };
    }
    done++;
  });
  progress.stop();
  return wrong;
}
