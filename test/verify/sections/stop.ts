// STOP: whatever hangs, the gateway is gone within 20 seconds of the signal, has answered each confirm that it sent, and says what
// it cut. Killed at once, it has left a line of what was under way.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { startCalmUpstream } from '../calmUpstream';
import { type Client, createClient } from '../client';
import { freePorts } from '../gateway';
import { answerOf, documented } from '../hostile/exchange';
import { accepted, faultOf } from '../hostile/fault';
import { type HostileUpstream, startHostileUpstream } from '../hostile/upstream';
import type { Section } from '../report';
import type { Run } from '../run';

const EXIT_LIMIT_MS = 20_000;
const CALL_MS = 9000;
const SUCCESS = 'ConfirmFirmwareUpgradeSuccess';
/** Three calls, one after another: the confirm, the firmware and its release. */
const SLOW_CONFIRM = `mutation { confirmFirmwareUpgrade(productId: "PRVERIFY01", deviceName: "slow-confirm") {
  __typename ... on ConfirmFirmwareUpgradeSuccess { device { firmware { __typename ... on DeviceFirmware { release { __typename } } } } } } }`;

export async function stop(run: Run, section: Section): Promise<void> {
  const slow = await startHostileUpstream({ seed: run.seed, faultFor: () => acceptedAfter(CALL_MS) });
  await Promise.all([
    whileReadsGoOn(run, section, slow),
    withNobodyWhoReads(run, section),
    withHungCollector(run, section),
    whenKilled(run, section),
    controls(section),
  ]);
  await slow.close();
}

const acceptedAfter = (ms: number) =>
  faultOf('good', `accepted after ${ms} ms`, accepted, (exchange) =>
    exchange.later(ms, () =>
      exchange.send(answerOf(200, documented(exchange.requestId, { CurrentVersion: '1.0.0', DstVersion: '1.1.0' }))),
    ),
  );

/** An operation of 27 s: its confirm is answered, its reads are cut, and both are in the answer. */
async function whileReadsGoOn(run: Run, section: Section, upstream: HostileUpstream): Promise<void> {
  const gateway = await start(run, { TOKENAPI_URL: upstream.url, DRAIN_DELAY_MS: '8000' });
  const answer = gateway.client.post({ query: SLOW_CONFIRM }, 'slow-confirm');
  await arrived(upstream, 1);
  const { code, ms } = await gateway.leave();
  const { status, body } = await answer;
  section.check('cut-exit', String(code), code === 2);
  section.check('cut-exit-after-s', (ms / 1000).toFixed(1), ms < EXIT_LIMIT_MS);
  section.check('cut-answered', status, status === 200 && body.includes(SUCCESS), [body]);
  const told = gateway.stdout().filter(({ msg }) => msg === 'reads cut');
  section.check('cut-told', told.length, told.length === 1 && told[0]?.operations === 1);
  const confirms = upstream.ledger.of('slow-confirm').length;
  section.figure('cut-calls', confirms);
}

/** Nobody reads stdout: memory is bounded, confirms go on, and one signal is enough. */
async function withNobodyWhoReads(run: Run, section: Section): Promise<void> {
  const upstream = await startCalmUpstream(20);
  const env = { TOKENAPI_URL: upstream.url, OTEL_EXPORTER_OTLP_ENDPOINT: await hungUrl() };
  const [one, two] = await Promise.all([start(run, env), start(run, env)]);
  for (const gateway of [one, two]) {
    gateway.child.stdout?.pause();
    while ((await gateway.figure('log_dropped_total')) === 0)
      await Promise.all(Array.from({ length: 100 }, () => gateway.client.post({ query: '{ __typename }' }, 'nothing')));
  }
  const { result, startedAt, endedAt } = await one.client.confirm('unread');
  section.check('unread-confirm', String(result?.__typename), result?.__typename === SUCCESS);
  section.figure('unread-confirm-ms', (endedAt - startedAt).toFixed(0));
  const dropped = await one.figure('audit_dropped_total');
  section.check('unread-audit-dropped', dropped, dropped === 1);
  const { code, ms } = await one.leave();
  section.check('unread-exit', String(code), code === 2);
  section.check('unread-exit-after-s', (ms / 1000).toFixed(1), ms < EXIT_LIMIT_MS);

  two.child.kill('SIGTERM');
  await pause(100);
  const second = await two.leave();
  section.check('unread-second-exit', String(second.code), second.code === 1);
  section.check('unread-second-ms', second.ms.toFixed(0), second.ms < 1000);
  await upstream.close();
}

/** A collector that takes spans and never answers; and a confirm under way at the signal. */
async function withHungCollector(run: Run, section: Section): Promise<void> {
  const upstream = await startCalmUpstream(2000);
  const gateway = await start(run, { TOKENAPI_URL: upstream.url, OTEL_EXPORTER_OTLP_ENDPOINT: await hungUrl() });
  const answer = gateway.client.confirm('under-way');
  await arrived(upstream, 1);
  const { code, ms } = await gateway.leave();
  const { result } = await answer;
  section.check('collector-confirm', String(result?.__typename), result?.__typename === SUCCESS);
  section.check('collector-exit', String(code), code === 2);
  section.check('collector-exit-after-s', (ms / 1000).toFixed(1), ms < EXIT_LIMIT_MS);
  const told = gateway.stdout().filter(({ msg }) => msg === 'traces cut').length;
  section.check('collector-told', told, told === 1);
  await upstream.close();
}

async function whenKilled(run: Run, section: Section): Promise<void> {
  const upstream = await startCalmUpstream(60_000);
  const gateway = await start(run, { TOKENAPI_URL: upstream.url, LOG_LEVEL: 'silent' });
  // As many as users whom the platform has not accepted yet may have under way.
  const devices = Array.from({ length: 8 }, (_, i) => `killed-${i}`);
  const answers = devices.map((device, i) => gateway.client.confirm(device, { token: run.canary.token(i) }));
  await arrived(upstream, devices.length);
  await gateway.leave('SIGKILL');
  await Promise.all(answers);
  const begun = new Set(gateway.stdout().map(({ msg, RequestId }) => msg === 'confirm begun' && RequestId));
  section.none(
    'killed-without-a-line',
    devices.filter((device) => !upstream.ledger.of(device).every(({ requestId }) => begun.has(requestId))),
  );
  await upstream.close();
}

/** Written in a hurry: a process that waits until its lines are written, and one that waits for its collector. */
async function controls(section: Section): Promise<void> {
  const unread = spawn(process.execPath, ['-e', NAIVE_LOG], { stdio: ['ignore', 'pipe', 'inherit'] });
  unread.stdout.pause();
  const hung = spawn(process.execPath, ['-e', NAIVE_TRACES, await hungUrl()], { stdio: ['ignore', 'pipe', 'inherit'] });
  await Promise.all([once(unread.stdout, 'readable'), once(hung.stdout, 'readable')]);
  // They hang by design, so they must not outlive this process.
  for (const child of [unread, hung]) process.once('exit', () => child.kill('SIGKILL'));
  for (const child of [unread, hung]) {
    child.kill('SIGTERM');
    await pause(500);
    child.kill('SIGTERM');
  }
  await pause(EXIT_LIMIT_MS);
  for (const [name, child] of Object.entries({ unread, hung })) {
    const end = child.exitCode ?? child.signalCode;
    section.check(`control-${name}`, end === null ? 'hangs' : `ended by ${end}`, end === null);
    child.kill('SIGKILL');
  }
}

const NAIVE_LOG = `const fs = require('node:fs');
process.on('SIGTERM', () => {
  for (let left = 1e6; left > 0; ) try { left -= fs.writeSync(1, 'x'.repeat(1000)); } catch {}
  process.exit();
});
process.stdout.write('ready');
setInterval(() => {}, 1000);`;

const NAIVE_TRACES = `process.on('SIGTERM', () => fetch(process.argv[1], { method: 'POST', body: '{}' }).then(() => process.exit()));
process.stdout.write('ready');
setInterval(() => {}, 1000);`;

/** Where a collector takes requests and answers none. It does not keep this process. */
async function hungUrl(): Promise<string> {
  const server = createServer(() => undefined).listen(0, '127.0.0.1');
  server.unref();
  server.on('connection', (socket) => socket.unref());
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

interface Leaving {
  child: ChildProcess;
  client: Client;
  /** The lines that it has written to stdout. */
  stdout(): { msg?: string; RequestId?: string; operations?: number }[];
  figure(name: string): Promise<number>;
  leave(signal?: NodeJS.Signals): Promise<{ code: number | null; ms: number }>;
}

/** A gateway whose stdout this section reads, or does not. */
async function start(run: Run, env: Record<string, string>): Promise<Leaving> {
  const [port, adminPort] = await freePorts(2);
  const child = spawn(process.execPath, [run.gateway], {
    env: { PATH: process.env.PATH, PORT: String(port), ADMIN_PORT: String(adminPort), DRAIN_DELAY_MS: '0', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  process.once('exit', () => child.kill('SIGKILL'));
  let text = '';
  child.stdout.on('data', run.canary.watch('stdout')).on('data', (chunk) => {
    text += chunk;
  });
  child.stderr.on('data', run.canary.watch('stderr'));
  await once(child.stdout, 'data');
  const client = createClient(run, `http://127.0.0.1:${port}`);
  return {
    child,
    client,
    stdout: () => text.split('\n').flatMap((line) => (line.startsWith('{') ? [JSON.parse(line)] : [])),
    async figure(name) {
      const metrics = await (await fetch(`http://127.0.0.1:${adminPort}/metrics`)).text();
      return Number(new RegExp(`^firmware_gateway_${name} (\\d+)$`, 'm').exec(metrics)?.[1]);
    },
    async leave(signal = 'SIGTERM') {
      const startedAt = performance.now();
      child.kill(signal);
      const late = setTimeout(() => child.kill('SIGKILL'), EXIT_LIMIT_MS + 10_000);
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
      clearTimeout(late);
      const ms = performance.now() - startedAt;
      // What it wrote before is here a moment later.
      await pause(100);
      client.close();
      return { code: child.exitCode, ms };
    },
  };
}

async function arrived({ ledger }: HostileUpstream, count: number): Promise<void> {
  const deadline = performance.now() + 10_000;
  while (ledger.receipts.length < count) {
    if (performance.now() > deadline) throw new Error(`${ledger.receipts.length} of ${count} arrived`);
    await pause(5);
  }
}
