// The bystander's process: a user who confirms steadily, whoever asks `/livez`, and the platform that all users share. Apart from
// the attackers, so that the processor's time that they take is not held against the gateway.

import { get } from 'node:http';
import { createCanary } from '../canary';
import { type Answer, createClient } from '../client';
import { startLagMeter } from '../lag';
import type { Asking, Report, Told, Watch } from './messages';
import { type Platform, startPlatform, tokenFor } from './platform';
import { steadily } from './steadily';

const CONFIRM_EVERY_MS = 50;
const PROBE_EVERY_MS = 200;
const SUCCESS = 'ConfirmFirmwareUpgradeSuccess';

const say = (told: Told): void => void process.send?.(told);

let rounds = 0;

/** Confirms and probes until it is asked to end. */
async function watch(
  { seed, origin, adminOrigin, gatewayPid }: Watch,
  platform: Platform,
): Promise<() => Promise<Report>> {
  const round = ++rounds;
  const canary = createCanary(seed);
  const token = tokenFor('healthy', canary.token(round));
  const client = createClient({ canary }, origin);
  const lag = startLagMeter(gatewayPid);
  const accepted = new Set<string>();

  /** Every second one has a key. */
  async function confirm(device: string, number: number): Promise<string | undefined> {
    const headers: Record<string, string> = number % 2 === 0 ? {} : { 'idempotency-key': device };
    const answer = await client.confirm(device, { token, headers });
    if (answer.result?.__typename !== SUCCESS) return wordsOf(answer);
    accepted.add(device);
    return undefined;
  }

  // The platform has accepted the user before the attack begins.
  const refused = await confirm(`bystander-${round}-first`, 0);
  if (refused !== undefined) throw new Error(`The first confirm is not accepted: ${refused}`);
  const confirms = steadily(CONFIRM_EVERY_MS, lag, (number) => confirm(`bystander-${round}-${number}`, number));
  const probes = steadily(PROBE_EVERY_MS, lag, () => probe(`${adminOrigin}/livez`));
  return async () => {
    const figures = await Promise.all([confirms.end(), probes.end()]);
    lag.stop();
    client.close();
    const mine = [...platform.confirms].filter(([device]) => device.startsWith(`bystander-${round}-`));
    return {
      confirms: figures[0],
      probes: figures[1],
      wrongSends: [
        ...mine.filter(([, sends]) => sends > 1).map(([device, sends]) => `${device} arrived ${sends} times`),
        ...[...accepted].filter((device) => !platform.confirms.has(device)).map((device) => `${device} never arrived`),
      ],
      tokensFound: canary.found,
    };
  };
}

const wordsOf = ({ device, status, body, endedAt, startedAt }: Answer): string =>
  `${device} after ${Math.round(endedAt - startedAt)} ms: ${status} ${body.slice(0, 300).trim()}`;

/** By a new connection, as an orchestrator's. */
function probe(url: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    const asked = get(url, { agent: false }, (response) => {
      response.resume();
      response.once('close', () => resolve(response.statusCode === 200 ? undefined : `/livez: ${response.statusCode}`));
    });
    asked.once('error', (cause) => resolve(`/livez: ${cause}`));
  });
}

async function main(): Promise<void> {
  const platform = await startPlatform();
  let end: (() => Promise<Report>) | undefined;
  process.on('message', async (asking: Asking) => {
    if (asking.kind === 'watch') {
      end = await watch(asking.watch, platform);
      say({ kind: 'watching' });
    } else if (end) say({ kind: 'report', report: await end() });
  });
  process.once('disconnect', () => process.exit());
  say({ kind: 'started', url: platform.url });
}

void main();
