// ATMOSTONCE: thousands of confirms under every fault, reconciled with what the upstream's socket saw.

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { SecureContext } from 'node:tls';
import { identityFrom } from '../certificates';
import { type Answer, createClient } from '../client';
import { crowd } from '../crowd';
import { errorsOf, startGateway } from '../gateway';
import { connectionFaults } from '../hostile/connectionFaults';
import { everyFault, mixOf } from '../hostile/everything';
import { contextOf } from '../hostile/places';
import { type HostileUpstream, startHostileUpstream } from '../hostile/upstream';
import { startLagMeter } from '../lag';
import { randomFor } from '../random';
import { latenessOf, NOT_SENT, verdictOf } from '../reconcile';
import type { Section } from '../report';
import type { Run } from '../run';

const TIMEOUT_MS = 600;
const USERS = 150;
/** Over TLS, and without the fast lane, a request costs about three times as much. */
const USERS_TLS = 50;
/** The first requests of a process load and compile it, so the users come one after the other. */
const RAMP_MS = 4000;
const LOOK_AGAIN_MS = 2000;
/** An outage of the listener every so many confirms. */
const CONFIRMS_PER_OUTAGE = 5000;
/** Users pause, so that what is measured is the gateway's deadline rather than how much the machine can take. */
const THINKING_MS = 200;
/** With fewer, chance may leave a fault out. */
const CONFIRMS_PER_FAULT = 50;
const OUTAGE_MS = 80;
/** Somebody who gets "not sent" tries again somewhat later; otherwise an open circuit would use up all confirms. */
const AFTER_NOT_SENT_MS = 1000;

/** Over plain HTTP, by the lane for documents that are known. */
export const atMostOnce = (run: Run, section: Section): Promise<void> => confirmUnderFaults(run, section, run.confirms);

/** A tenth as many over TLS, by the lane for any document. */
export async function atMostOnceTls(run: Run, section: Section): Promise<void> {
  const authority = identityFrom('An authority of this run');
  const secure = contextOf(identityFrom('localhost', { host: 'localhost', issuer: authority }));
  const folder = await mkdtemp(join(tmpdir(), 'verify-'));
  const file = join(folder, 'authority.pem');
  await writeFile(file, authority.certificate);
  await confirmUnderFaults(run, section, Math.ceil(run.confirms / 10), { secure, authorityFile: file });
  await rm(folder, { recursive: true });
}

async function confirmUnderFaults(
  run: Run,
  section: Section,
  confirms: number,
  tls?: { secure: SecureContext; authorityFile: string },
): Promise<void> {
  const { seed } = run;
  const upstream = await startHostileUpstream({ seed, ...mixOf(seed), ...(tls && { secure: tls.secure }) });
  const gateway = await startGateway(run, upstream.url, {
    TOKENAPI_TIMEOUT_MS: String(TIMEOUT_MS),
    ...(tls && { NODE_EXTRA_CA_CERTS: tls.authorityFile, FAST_LANE: 'off' }),
  });
  const client = createClient(run, gateway.origin);
  const lag = startLagMeter(gateway.pid);
  const random = randomFor('users', seed);
  const answers: Answer[] = [];
  let outage = Promise.resolve();
  const progress = section.progress(
    () => `${answers.length} of ${confirms} confirms, ${upstream.ledger.receipts.length} arrived`,
  );

  const confirm = async (number: number) => {
    if (number % CONFIRMS_PER_OUTAGE === CONFIRMS_PER_OUTAGE - 1)
      outage = outage.then(() => refuseForAMoment(upstream));
    const leaves = random() < 0.02;
    const answer = await client.confirm(`device-${number}`, {
      headers: random() < 0.25 ? { 'idempotency-key': `key-${number}` } : {},
      ...(leaves && { leavesAfterMs: Math.ceil(random() * 50) }),
    });
    answers.push(answer);
    await pause(answer.result?.__typename === NOT_SENT ? AFTER_NOT_SENT_MS : random() * THINKING_MS);
  };
  await crowd(confirms, tls ? USERS_TLS : USERS, confirm, RAMP_MS);
  await outage;
  await pause(LOOK_AGAIN_MS);
  progress.stop();
  lag.stop();

  const { ledger } = upstream;
  const verdict = verdictOf(answers, ledger, TIMEOUT_MS);
  const counts = ledger.countByFault();
  const unseen = everyFault.filter(({ name }) => !counts.has(name)).map(({ name }) => name);
  section.figure('confirms', answers.length);
  section.figure('arrived', ledger.receipts.length);
  section.figure('not-sent', answers.filter(({ result }) => result?.__typename === NOT_SENT).length);
  section.figure('left', answers.filter(({ left }) => left).length);
  section.figure('connection-faults', connectionFaults.length);
  section.check(
    'faults-seen',
    `${everyFault.length - unseen.length}/${everyFault.length}`,
    unseen.length === 0 || confirms < CONFIRMS_PER_FAULT * everyFault.length,
    unseen,
  );
  section.none('double-sends', verdict.doubleSends);
  section.none('false-not-sent', verdict.falseNotSent);
  section.none('unproven-success', verdict.unprovenSuccess);
  section.none('contradicted', verdict.contradicted);
  section.none('redirects-followed', ledger.followed);
  const { late, forgiven } = latenessOf(answers, TIMEOUT_MS, lag);
  section.figure('late-by-the-machine', forgiven);
  section.none('late', late);
  const logged = new Set(errorsOf(gateway).map(({ RequestId }) => RequestId));
  section.none(
    "others'-answers-not-logged-as-errors",
    answers
      .filter(({ startedAt, endedAt, left }) => !left && endedAt - startedAt < TIMEOUT_MS)
      .flatMap(({ device }) => ledger.of(device))
      .filter(({ fault, requestId }) => fault.family === 'whose answer' && !logged.has(requestId))
      .map(({ device, fault }) => `${device}: ${fault.name}`),
  );
  const { code } = await gateway.stop();
  section.check('exit', String(code), code === 0);
  client.close();
  await upstream.close();
}

async function refuseForAMoment(upstream: HostileUpstream): Promise<void> {
  upstream.refuse();
  await pause(OUTAGE_MS);
  await upstream.admit();
}
