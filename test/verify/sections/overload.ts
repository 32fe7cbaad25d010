// OVERLOAD: asked for five times what it can do, the gateway does what it can and sends nothing of the rest.

import { setTimeout as pause } from 'node:timers/promises';
import { startCalmUpstream } from '../calmUpstream';
import { type Answer, type Client, createClient } from '../client';
import { startGateway } from '../gateway';
import { createNaiveClient, misbehaviours } from '../naive';
import { NOT_SENT, verdictOf } from '../reconcile';
import type { Section } from '../report';
import type { Run } from '../run';

const PLACES = 20;
/** Long, so that the rates are low enough for a small machine that has the users, the gateway and the upstream on it. */
const UPSTREAM_MS = 400;
const WARMING_MS = 1000;
/** A multiple of the upstream's time: confirms end in waves. */
const MEASURING_MS = 4000;
const OVERLOAD_MS = 8000;
const TIMES = 5;
const SUCCESS = 'ConfirmFirmwareUpgradeSuccess';
const RATE_LIMITED = 'TokenApiRateLimitedError';
const LEAST_SHARE = 0.9;

export async function overload(run: Run, section: Section): Promise<void> {
  const upstream = await startCalmUpstream(UPSTREAM_MS);
  const gateway = await startGateway(run, upstream.url, {
    MAX_UPSTREAM_CALLS: String(PLACES),
    TOKENAPI_TIMEOUT_MS: '2000',
  });
  const client = createClient(run, gateway.origin);
  await client.introduce();
  const capacity = await closedLoop(client);
  const offered = Math.round((TIMES * PLACES * 1000) / UPSTREAM_MS);

  const startedAt = performance.now();
  const progress = section.progress(() => `${offered} confirms a second`);
  const answers = await openLoop(offered, OVERLOAD_MS, (number) => client.confirm(`over-${number}`));
  progress.stop();
  // What was still under way when no more were sent does not count.
  const inTime = answers.filter(({ endedAt }) => endedAt > startedAt + 1000 && endedAt < startedAt + OVERLOAD_MS);
  const goodput = inTime.filter(({ result }) => result?.__typename === SUCCESS).length / ((OVERLOAD_MS - 1000) / 1000);
  const shed = answers.filter(({ result }) => result?.__typename === NOT_SENT || result?.__typename === RATE_LIMITED);
  const sends = (device: string) => upstream.ledger.of(device).length;

  section.figure('capacity/s', capacity.toFixed(0));
  section.figure('offered/s', offered);
  section.check('goodput/s', goodput.toFixed(0), goodput >= LEAST_SHARE * capacity);
  section.check('shed', shed.length, shed.length > 0);
  section.figure('rate-limited', shed.filter(({ result }) => result?.__typename === RATE_LIMITED).length);
  section.none(
    'shed-without-retry',
    shed
      .filter(({ status, result }) => status !== 200 || result?.nextStep !== 'RETRY' || !result.retryAfterMs)
      .map(({ status, body }) => `${status} ${body}`),
  );
  section.none(
    'shed-and-sent',
    shed.filter(({ device }) => sends(device) > 0).map(({ device, body }) => `${device} ${body}`),
  );
  section.none(
    'double-sends',
    answers.filter(({ device }) => sends(device) > 1).map(({ device }) => device),
  );
  section.none(
    'neither-served-nor-shed',
    answers
      .filter((answer) => answer.result?.__typename !== SUCCESS && !shed.includes(answer))
      .map(({ device, status, body }) => `${device}: arrived ${sends(device)} times: ${status} ${body}`),
  );
  client.close();
  await gateway.stop();
  await upstream.close();
  const caught = await overloadNaively(run, offered);
  section.check('control-caught', caught, caught > 0);
}

/** Some more users than there are places, each with one confirm after the other: confirms a second, once they are going. */
async function closedLoop(client: Client): Promise<number> {
  const startedAt = performance.now() + WARMING_MS;
  const end = startedAt + MEASURING_MS;
  let done = 0;
  const work = async (_: unknown, user: number) => {
    for (let number = 0; performance.now() < end; number++) {
      await client.confirm(`alone-${user}-${number}`);
      if (performance.now() > startedAt && performance.now() <= end) done++;
    }
  };
  await Promise.all(Array.from({ length: PLACES + 4 }).map(work));
  return done / (MEASURING_MS / 1000);
}

/** Sends at a rate, whether or not answers come. */
async function openLoop(perSecond: number, ms: number, send: (number: number) => Promise<Answer>): Promise<Answer[]> {
  const startedAt = performance.now();
  const pending: Promise<Answer>[] = [];
  while (performance.now() - startedAt < ms) {
    const due = ((performance.now() - startedAt) / 1000) * perSecond;
    while (pending.length < due) pending.push(send(pending.length));
    await pause(5);
  }
  return Promise.all(pending);
}

/** The naive client sends on and on, and says "not sent" of what stands in the queue. */
async function overloadNaively(run: Run, offered: number): Promise<number> {
  const upstream = await startCalmUpstream(UPSTREAM_MS, PLACES);
  const naive = createNaiveClient(upstream.url);
  const answers = await openLoop(offered, 1500, (number) => naive.confirm(`naive-${number}`, run.canary.token(number)));
  const caught = misbehaviours(verdictOf(answers, upstream.ledger, Number.POSITIVE_INFINITY));
  await naive.close();
  await upstream.close();
  return caught;
}
