// REPLICAS: two gateways that share a Redis send one press once, also when Redis or one of them is killed in the middle.

import { setTimeout as pause } from 'node:timers/promises';
import { startCalmUpstream } from '../calmUpstream';
import { type Answer, createClient } from '../client';
import { crowd } from '../crowd';
import { type Gateway, startGateway } from '../gateway';
import type { HostileUpstream } from '../hostile/upstream';
import { NOT_SENT } from '../reconcile';
import { startRedisIfThere } from '../redis';
import type { Section } from '../report';
import type { Run } from '../run';
import { differingFrom, pressTogether } from './dedup';

const TIMEOUT_MS = 1500;
const UPSTREAM_MS = 100;
const PRESSES = 100;
const PAIRS = 1500;
const AT_ONCE = 40;
const SUCCESS = 'ConfirmFirmwareUpgradeSuccess';
const UNKNOWN = 'FirmwareUpgradeOutcomeUnknownError';

export async function replicas(run: Run, section: Section): Promise<void> {
  const redis = await startRedisIfThere(run, section);
  if (!redis) return;
  const upstream = await startCalmUpstream(UPSTREAM_MS);
  const env = { TOKENAPI_TIMEOUT_MS: String(TIMEOUT_MS), REDIS_URL: redis.url };
  const [one, two, doomed] = await Promise.all([
    startGateway(run, upstream.url, env),
    startGateway(run, upstream.url, env),
    startGateway(run, upstream.url, env),
  ]);
  const [left, right] = [createClient(run, one.origin), createClient(run, two.origin)];
  const sends = (device: string) => upstream.ledger.of(device).length;

  const keyed = { token: run.canary.token(1), headers: { 'idempotency-key': 'one-key' } };
  const presses = await Promise.all([
    pressTogether(left, 'both', PRESSES / 2, keyed),
    pressTogether(right, 'both', PRESSES / 2, keyed),
  ]);
  section.check(`${PRESSES}-presses-on-two-replicas-sends`, sends('both'), sends('both') === 1);
  section.none('answers-that-differ', differingFrom(presses[0][0], presses.flat()));
  section.none('replica-killed-wrong', await killReplica(run, doomed, one, upstream));

  const pairs: [Answer, Answer][] = [];
  const progress = section.progress(() => `${pairs.length} of ${PAIRS} pairs of presses`);
  await crowd(PAIRS, AT_ONCE, async (number) => {
    if (number === Math.floor(PAIRS * 0.4)) redis.signal('SIGKILL');
    const options = { token: run.canary.token(number), headers: { 'idempotency-key': `key-${number}` } };
    pairs.push(await Promise.all([left.confirm(`pair-${number}`, options), right.confirm(`pair-${number}`, options)]));
  });
  progress.stop();
  const isNotSent = ({ result }: Answer) => result?.__typename === NOT_SENT;
  section.figure('pairs', pairs.length);
  section.figure('pairs-not-sent', pairs.filter((pair) => pair.every(isNotSent)).length);
  section.none(
    'redis-killed-double-sends',
    pairs.filter(([{ device }]) => sends(device) > 1).map(([{ device }]) => device),
  );
  section.none(
    'redis-killed-false-not-sent',
    pairs.filter((pair) => pair.every(isNotSent) && sends(pair[0].device) > 0).map(([{ device }]) => device),
  );
  section.none(
    'redis-killed-unproven',
    pairs
      .flat()
      .filter(({ result, device }) => result?.__typename === SUCCESS && sends(device) !== 1)
      .map(({ device }) => device),
  );
  section.none(
    'redis-killed-untyped',
    pairs
      .flat()
      .filter(({ result }) => !result)
      .map(({ status, body }) => `${status} ${body}`),
  );

  const keyless: Answer[] = [];
  // As many at once as people whom the platform has not accepted yet may confirm.
  await crowd(50, 8, async (i) => void keyless.push(await left.confirm(`unkeyed-${i}`)));
  section.none(
    'unkeyed-without-redis-wrong',
    keyless
      .filter(({ result, device }) => result?.__typename !== SUCCESS || sends(device) !== 1)
      .map(({ body }) => body),
  );
  const lines = one.warnings.filter((line) => /redis/i.test(JSON.stringify(line)));
  section.check('log-lines-about-redis', lines.length, lines.length > 0);
  left.close();
  right.close();
  await Promise.all([one.stop(), two.stop()]);
  await redis.close();
  await upstream.close();
}

/** A replica dies between the send and the answer: its key says "unknown" on the other one, and nothing is sent again. */
async function killReplica(run: Run, doomed: Gateway, other: Gateway, { ledger }: HostileUpstream): Promise<string[]> {
  const [dying, living] = [createClient(run, doomed.origin), createClient(run, other.origin)];
  const options = (number: number) => ({
    token: run.canary.token(number),
    headers: { 'idempotency-key': `dying-${number}` },
  });
  const devices = Array.from({ length: 20 }, (_, number) => `dying-${number}`);
  const cut = Promise.all(devices.map((device, number) => dying.confirm(device, options(number))));
  while (devices.some((device) => ledger.of(device).length === 0)) await pause(5);
  doomed.kill('SIGKILL');
  await cut;
  const answers = await Promise.all(devices.map((device, number) => living.confirm(device, options(number))));
  dying.close();
  living.close();
  return answers
    .filter(
      ({ result, device }) =>
        ledger.of(device).length !== 1 || (result?.__typename !== UNKNOWN && result?.__typename !== SUCCESS),
    )
    .map(({ device, body }) => `${device}: ${ledger.of(device).length} sends, ${body}`);
}
