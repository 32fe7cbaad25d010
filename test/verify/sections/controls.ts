// CONTROLS: for each family of faults, the naive client is caught by the same upstream, ledger and judgement.

import { setTimeout as pause } from 'node:timers/promises';
import type { Answer } from '../client';
import { crowd } from '../crowd';
import { everyFault } from '../hostile/everything';
import { families } from '../hostile/fault';
import { startHostileUpstream } from '../hostile/upstream';
import { createNaiveClient, misbehaviours } from '../naive';
import { verdictOf } from '../reconcile';
import type { Section } from '../report';
import type { Run } from '../run';

const USERS = 100;
const LOOK_AGAIN_MS = 2000;

export async function controls(run: Run, section: Section): Promise<void> {
  const upstream = await startHostileUpstream({
    seed: run.seed,
    faultFor: (device) => everyFault[Number(device.split('-')[1])] as (typeof everyFault)[number],
  });
  const client = createNaiveClient(upstream.url);
  const answers: Answer[] = [];
  await crowd(everyFault.length, USERS, async (number) => {
    answers[number] = await client.confirm(`naive-${number}`, run.canary.token(number));
  });
  await pause(LOOK_AGAIN_MS);

  for (const family of families) {
    if (family === 'good') continue;
    const mine = answers.filter((_, number) => everyFault[number]?.family === family);
    const caught = misbehaviours(verdictOf(mine, upstream.ledger, Number.POSITIVE_INFINITY));
    section.check(`caught-in-${family.replaceAll(' ', '-')}`, `${caught}/${mine.length}`, caught > 0);
  }
  section.check('redirects-followed', upstream.ledger.followed.length, upstream.ledger.followed.length > 0);
  await Promise.all([client.close(), upstream.close()]);
}
