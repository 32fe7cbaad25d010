// SPARES: the race for connections that were never used. Servers close them at any time up to 10 s, at the moment of the write, or by
// half; confirms come at a pace at which nearly each takes one.

import { setTimeout as pause } from 'node:timers/promises';
import { type Answer, createClient } from '../client';
import { crowd } from '../crowd';
import { startGateway } from '../gateway';
import type { ConnectionFault } from '../hostile/fault';
import { freshConnectionFaults } from '../hostile/freshConnections';
import { acceptances } from '../hostile/statuses';
import { type HostileUpstream, startHostileUpstream } from '../hostile/upstream';
import { createNaiveClient, misbehaviours } from '../naive';
import { picked, randomFor } from '../random';
import { NOT_SENT, verdictOf } from '../reconcile';
import type { Section } from '../report';
import type { Run } from '../run';

const TIMEOUT_MS = 600;
const CONFIRMS = 1200;
const CONFIRMS_QUICK = 300;
/** Gateways side by side: of each, few confirms at a time, so that connections are not used again within 50 ms. */
const GATEWAYS = 4;
const USERS = 2;
/** Longest time between two confirms of a user. Half of them come within a tenth of it. */
const GAP_MS = 1500;
const NAIVE_CONFIRMS = 200;
const LOOK_AGAIN_MS = 2000;
/** So many of the connections are let be. If too many were spoiled, spares would be given up most of the time. */
const CALM_PART = 0.7;
const UNKNOWN = 'FirmwareUpgradeOutcomeUnknownError';
const BROKEN = {
  'double-sends': 'doubleSends',
  'false-not-sent': 'falseNotSent',
  'unproven-success': 'unprovenSuccess',
  contradicted: 'contradicted',
} as const;

export async function spares(run: Run, section: Section): Promise<void> {
  const confirms = run.quick ? CONFIRMS_QUICK : CONFIRMS;
  const seen = new Set<string>();
  const verdicts = await Promise.all(
    Array.from({ length: GATEWAYS }, (_, number) => confirmOnSpares(run, number, confirms / GATEWAYS, seen)),
  );
  const sum = (count: (verdict: (typeof verdicts)[number]) => number) =>
    verdicts.reduce((total, verdict) => total + count(verdict), 0);
  section.figure(
    'confirms',
    sum(({ answers }) => answers.length),
  );
  section.figure(
    'not-sent',
    sum(({ answers }) => answers.filter(({ result }) => result?.__typename === NOT_SENT).length),
  );
  section.figure(
    'unknown',
    sum(({ answers }) => answers.filter(({ result }) => result?.__typename === UNKNOWN).length),
  );
  const taken = sum(({ fates }) => fates.taken ?? 0);
  section.figure(
    'spares-lost',
    sum(({ fates }) => fates.lost ?? 0),
  );
  // Otherwise the section would say nothing about spares.
  section.check('spares-taken', taken, taken > confirms / 10);
  section.check(
    'faults-seen',
    `${seen.size}/${freshConnectionFaults.length}`,
    seen.size === freshConnectionFaults.length,
  );
  for (const [figure, name] of Object.entries(BROKEN))
    section.none(
      figure,
      verdicts.flatMap(({ verdict }) => verdict[name]),
    );
  section.none(
    'unknown-though-never-begun',
    verdicts.flatMap(({ neverBegun }) => neverBegun),
  );
  const caught = await confirmNaively(run);
  section.check('control-caught', caught, caught > 0);
}

const hostile = (seed: number, name: string, seen: Set<string>): Promise<HostileUpstream> =>
  startHostileUpstream({
    seed,
    faultFor: () => acceptances[0] as (typeof acceptances)[number],
    connectionFaultFor(index): ConnectionFault | undefined {
      const random = randomFor(`fresh connection ${index} of ${name}`, seed);
      if (random() < CALM_PART) return undefined;
      const fault = picked(freshConnectionFaults, random);
      seen.add(fault.name);
      return fault;
    },
  });

async function confirmOnSpares(run: Run, number: number, confirms: number, seen: Set<string>) {
  const upstream = await hostile(run.seed, `gateway ${number}`, seen);
  const gateway = await startGateway(run, upstream.url, { TOKENAPI_TIMEOUT_MS: String(TIMEOUT_MS) });
  const client = createClient(run, gateway.origin);
  const random = randomFor(`pauses ${number}`, run.seed);
  const answers: Answer[] = [];
  await crowd(confirms, USERS, async (device) => {
    answers.push(await client.confirm(`spare-${number}-${device}`));
    await pause(random() ** 3 * GAP_MS);
  });
  await pause(LOOK_AGAIN_MS);
  const fates = await fatesOf(gateway.adminOrigin);
  const verdict = verdictOf(answers, upstream.ledger, TIMEOUT_MS);
  // The gateway's own word for each that it says may have been sent: the request was begun.
  const begun = new Set(
    gateway.warnings.filter(({ outcome }) => outcome === 'no-answer').map(({ RequestId }) => RequestId),
  );
  const neverBegun = answers
    .filter(({ result }) => result?.__typename === UNKNOWN && !begun.has(String(result.requestId)))
    .map(({ device }) => device);
  client.close();
  await gateway.stop();
  await upstream.close();
  return { answers, verdict, fates, neverBegun };
}

/** A client that keeps its connections for long and tries again is caught by the same servers. */
async function confirmNaively(run: Run): Promise<number> {
  const upstream = await hostile(run.seed, 'naive', new Set());
  const client = createNaiveClient(upstream.url);
  const answers: Answer[] = [];
  await crowd(NAIVE_CONFIRMS, 20, async (number) => {
    answers.push(await client.confirm(`naive-${number}`, run.canary.token(number)));
  });
  await pause(LOOK_AGAIN_MS);
  await client.close();
  await upstream.close();
  return misbehaviours(verdictOf(answers, upstream.ledger, Number.POSITIVE_INFINITY));
}

async function fatesOf(adminOrigin: string): Promise<Record<string, number>> {
  const text = await (await fetch(`${adminOrigin}/metrics`)).text();
  return Object.fromEntries(
    [...text.matchAll(/spare_connections_total\{fate="(\w+)"\} (\d+)/g)].map(([, fate, count]) => [
      fate,
      Number(count),
    ]),
  );
}
