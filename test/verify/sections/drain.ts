// DRAIN: asked to go, the gateway says so at once, answers what is under way, and goes.

import { setTimeout as pause } from 'node:timers/promises';
import { startCalmUpstream } from '../calmUpstream';
import { createClient } from '../client';
import { startGateway } from '../gateway';
import type { HostileUpstream } from '../hostile/upstream';
import type { Section } from '../report';
import type { Run } from '../run';

const UNDER_WAY = 200;
const UPSTREAM_MS = 2000;
const DRAIN_DELAY_MS = 1000;
const EXIT_LIMIT_MS = 20_000;
const SUCCESS = 'ConfirmFirmwareUpgradeSuccess';

export async function drain(run: Run, section: Section): Promise<void> {
  const upstream = await startCalmUpstream(UPSTREAM_MS);
  const gateway = await startGateway(run, upstream.url, { DRAIN_DELAY_MS: String(DRAIN_DELAY_MS) });
  const client = createClient(run, gateway.origin);
  await client.introduce();
  const introduced = upstream.ledger.receipts.length;
  const underWay = Promise.all(Array.from({ length: UNDER_WAY }, (_, i) => client.confirm(`under-way-${i}`)));
  await arrived(upstream, introduced + UNDER_WAY);

  const startedAt = performance.now();
  gateway.kill('SIGTERM');
  await pause(200);
  const ready = await gateway.readyStatus();
  section.check('readyz', String(ready), ready === 503);
  const whileLeaving = await client.confirm('while-leaving');
  section.check('served-while-leaving', whileLeaving.status, whileLeaving.result?.__typename === SUCCESS);
  section.check('its-connection', String(whileLeaving.headers.connection), whileLeaving.headers.connection === 'close');

  const answers = await underWay;
  const answered = answers.filter(({ result }) => result?.__typename === SUCCESS);
  section.check(
    'answered',
    `${answered.length}/${UNDER_WAY}`,
    answered.length === UNDER_WAY,
    answers.map(({ status, body }) => `${status} ${body}`),
  );
  section.none(
    'without-connection-close',
    answers.filter(({ headers }) => headers.connection !== 'close').map(({ device }) => device),
  );
  const { code, signal } = await gateway.exited;
  const ms = performance.now() - startedAt;
  section.check('exit', String(code ?? signal), code === 0);
  section.check('exit-after-s', (ms / 1000).toFixed(1), ms < EXIT_LIMIT_MS);
  const sends = upstream.ledger.receipts.length - introduced;
  section.check('sends', sends, sends === UNDER_WAY + 1);
  client.close();
  await refuseLate(run, upstream, section);
  await leaveAtOnce(run, upstream, section);
  await upstream.close();
}

/** Past the delay, while something is still under way, what comes is refused and not sent. */
async function refuseLate(run: Run, upstream: HostileUpstream, section: Section): Promise<void> {
  const gateway = await startGateway(run, upstream.url, { DRAIN_DELAY_MS: '0' });
  const client = createClient(run, gateway.origin);
  // A connection that stands, so that the refusal is the gateway's and not the listener's.
  await client.post({ query: '{ __typename }' }, 'nothing');
  const before = upstream.ledger.receipts.length;
  const other = createClient(run, gateway.origin);
  const underWay = other.confirm('holding-on');
  await arrived(upstream, before + 1);
  gateway.kill('SIGTERM');
  await pause(300);
  const late = await client.confirm('late');
  section.check('late-status', late.status, late.status === 503 || late.status === 0);
  section.check('late-sends', upstream.ledger.of('late').length, upstream.ledger.of('late').length === 0);
  const { result } = await underWay;
  section.check('held-on', String(result?.__typename), result?.__typename === SUCCESS);
  await gateway.exited;
  client.close();
  other.close();
}

/** A second signal means it. */
async function leaveAtOnce(run: Run, upstream: HostileUpstream, section: Section): Promise<void> {
  const gateway = await startGateway(run, upstream.url, { DRAIN_DELAY_MS: '8000' });
  gateway.kill('SIGTERM');
  await pause(300);
  const startedAt = performance.now();
  gateway.kill('SIGTERM');
  await gateway.exited;
  const ms = performance.now() - startedAt;
  section.check('second-signal-ms', ms.toFixed(0), ms < 3000);
}

async function arrived({ ledger }: HostileUpstream, count: number): Promise<void> {
  const deadline = performance.now() + 10_000;
  while (ledger.receipts.length < count) {
    if (performance.now() > deadline) throw new Error(`${ledger.receipts.length} of ${count} arrived`);
    await pause(5);
  }
}
