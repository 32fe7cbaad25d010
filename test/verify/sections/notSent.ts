// NOTSENT: where no request can leave, "not sent" is answered in time, is true, stays true, and says whether trying again can help.

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { type Identity, identityFrom } from '../certificates';
import { type Answer, createClient } from '../client';
import { crowd } from '../crowd';
import { errorsOf, startGateway } from '../gateway';
import { type PlaceKind, places } from '../hostile/places';
import { startLagMeter } from '../lag';
import { createNaiveClient, misbehaviours } from '../naive';
import { latenessOf, NOT_SENT, verdictOf } from '../reconcile';
import type { Section } from '../report';
import type { Run } from '../run';

const TIMEOUT_MS = 600;
/** Two attempts each stay below what opens the circuit breaker. */
const CONFIRMS = 8;
const LOOK_AGAIN_MS = 2000;
/** Places at once: each has a gateway of its own. */
const AT_ONCE = 3;

export async function notSent(run: Run, section: Section): Promise<void> {
  const authority = identityFrom('An authority of this run');
  const folder = await mkdtemp(join(tmpdir(), 'verify-'));
  const authorityFile = join(folder, 'authority.pem');
  await writeFile(authorityFile, authority.certificate);
  const caughtByFamily = new Map<string, number>();

  const faults = new Map<string, string[]>();
  await crowd(places.length, AT_ONCE, async (number) => {
    const kind = places[number] as PlaceKind;
    const [found, caught] = await Promise.all([
      tryPlace(run, kind, authority, authorityFile),
      tryNaively(run, kind, authority),
    ]);
    faults.set(kind.name, found);
    caughtByFamily.set(kind.family, (caughtByFamily.get(kind.family) ?? 0) + caught);
  });
  for (const { name } of places) section.none(name.replaceAll(' ', '-'), faults.get(name) ?? []);
  for (const [family, caught] of caughtByFamily)
    section.check(`control-caught-in-${family.replaceAll(' ', '-')}`, caught, caught > 0);
  await rm(folder, { recursive: true });
}

async function tryPlace(
  run: Run,
  { name, nextStep, open }: PlaceKind,
  authority: Identity,
  authorityFile: string,
): Promise<string[]> {
  const place = await open(authority);
  const gateway = await startGateway(run, place.url, {
    TOKENAPI_TIMEOUT_MS: String(TIMEOUT_MS),
    NODE_EXTRA_CA_CERTS: authorityFile,
  });
  const client = createClient(run, gateway.origin);
  const lag = startLagMeter(gateway.pid);
  const devices = Array.from({ length: CONFIRMS }, (_, number) => `${name.replaceAll(' ', '-')}-${number}`);
  const answers = await Promise.all(devices.map((device) => client.confirm(device)));
  await place.resume();
  await pause(LOOK_AGAIN_MS);
  lag.stop();

  const { falseNotSent, doubleSends } = verdictOf(answers, place.ledger, TIMEOUT_MS);
  const faults = [...falseNotSent, ...doubleSends, ...latenessOf(answers, TIMEOUT_MS, lag).late];
  for (const { result, status, body } of answers)
    if (result?.__typename !== NOT_SENT || result.nextStep !== nextStep || result.code !== 'Gateway.NotSent')
      faults.push(`expected not sent and ${nextStep}, got ${status} ${body}`);
  const errors = errorsOf(gateway).length;
  if (nextStep === 'GIVE_UP' && errors < CONFIRMS)
    faults.push(`${errors} lines at level error for ${CONFIRMS} confirms`);
  client.close();
  await gateway.stop();
  await place.close();
  return faults;
}

async function tryNaively(run: Run, { name, open }: PlaceKind, authority: Identity): Promise<number> {
  const place = await open(authority);
  const client = createNaiveClient(place.url);
  const answers: Answer[] = await Promise.all(
    Array.from({ length: CONFIRMS }, (_, number) =>
      client.confirm(`naive ${name} ${number}`, run.canary.token(number)),
    ),
  );
  await place.resume();
  await pause(LOOK_AGAIN_MS);
  const caught = misbehaviours(verdictOf(answers, place.ledger, Number.POSITIVE_INFINITY));
  await client.close();
  await place.close();
  return caught;
}
