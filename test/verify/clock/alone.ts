// One gateway by itself whose wall clock is set: its circuit, its keys, and what it remembers of a confirm.

import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { type Client, createClient, keyed } from '../client';
import { crowd } from '../crowd';
import { startGateway } from '../gateway';
import { connectionFaults } from '../hostile/connectionFaults';
import type { ConnectionFault } from '../hostile/fault';
import { startHostileUpstream } from '../hostile/upstream';
import { follow } from '../protocol/follow';
import { SUCCESS } from '../protocol/model';
import { manners, type Platform, startPlatform } from '../protocol/platform';
import { TIMEOUT_MS } from '../protocol/world';
import { NOT_SENT } from '../reconcile';
import type { Run } from '../run';
import { type Clock, createClock, DAY_MS, STEPS, typeOf } from './clock';

const OPEN_MS = 2000;
/** After so long, a confirm settles no longer. */
const SETTLED_MS = 16_000;
const NAIVE_GATEWAY = join(__dirname, 'naiveKeys.js');
const reset = connectionFaults.find(({ name }) => name === 'RST before reading') as ConnectionFault;

/** A circuit that opened closes two seconds later, whatever the wall clock says. */
export async function circuitAfterSteps(run: Run): Promise<string[]> {
  const wrong: string[] = [];
  for (const [name, shiftMs] of Object.entries(STEPS)) {
    let isDead = true;
    const upstream = await startHostileUpstream({
      seed: run.seed,
      faultFor: () => manners.accepts,
      connectionFaultFor: () => (isDead ? reset : undefined),
    });
    const { clock, client, stop } = await aloneWith(run, upstream.url);
    await crowd(30, 1, async (number) => void (await client.confirm(`dead-${number}`)));
    const refused = await client.confirm('refused');
    await clock.stepTo(shiftMs);
    const still = await client.confirm('still-refused');
    isDead = false;
    await pause(OPEN_MS + 200);
    const probe = await client.confirm('probe');
    const expected = [typeOf(refused), typeOf(still), typeOf(probe)].join();
    if (expected !== [NOT_SENT, NOT_SENT, SUCCESS].join()) wrong.push(`${name}: ${expected}`);
    await stop();
    await upstream.close();
  }
  return wrong;
}

async function aloneWith(run: Run, url: string) {
  const clock = createClock();
  const gateway = await startGateway(run, url, { TOKENAPI_TIMEOUT_MS: String(TIMEOUT_MS), ...clock.env });
  const client = createClient(run, gateway.origin);
  const stop = async () => {
    client.close();
    await gateway.stop();
    clock.remove();
  };
  return { clock, client, stop };
}

/** In memory alone: keys are kept, and a confirm settles for 15 seconds, no less and no more. */
export async function stepsAlone(run: Run): Promise<string[]> {
  const platform = await startPlatform();
  const found = await Promise.all(
    Object.entries(STEPS).map(async ([name, shiftMs]) => {
      const { clock, client, stop } = await aloneWith(run, platform.upstream.url);
      const device = `alone-${name.replaceAll(' ', '-')}`;
      const token = run.canary.token(shiftMs > 0 ? 1 : 2);
      const wrong = await keyAfterStep(client, clock, shiftMs, token, device, platform);
      const early = await follow({ client }, token, device);
      await pause(SETTLED_MS);
      const late = await follow({ client }, token, device);
      if (early?.phase !== 'SETTLING') wrong.push(`at once: ${early?.phase}`);
      if (late?.phase !== 'SUCCEEDED') wrong.push(`after ${SETTLED_MS} ms: ${late?.phase}`);
      await stop();
      return wrong.map((text) => `${name}: ${text}`);
    }),
  );
  await platform.upstream.close();
  return found.flat();
}

export async function keyAfterStep(
  client: Client,
  clock: Clock,
  shiftMs: number,
  token: string,
  device: string,
  platform: Platform,
): Promise<string[]> {
  const first = await client.confirm(device, keyed(token, device));
  await clock.stepTo(shiftMs);
  const again = await client.confirm(device, keyed(token, device));
  const sends = platform.confirmsOf(device).length;
  return sends === 1 && typeOf(again) === SUCCESS && again.result?.requestId === first.result?.requestId
    ? []
    : [`${sends} sends, ${typeOf(first)}, then ${typeOf(again)}`];
}

/** The control, which goes by the wall clock, under the same judgement. */
export async function naiveAfterStep(run: Run): Promise<string[]> {
  const platform = await startPlatform();
  const { clock, client, stop } = await aloneWith({ ...run, gateway: NAIVE_GATEWAY }, platform.upstream.url);
  const wrong = await keyAfterStep(client, clock, DAY_MS, run.canary.token(1), 'naive', platform);
  await stop();
  await platform.upstream.close();
  return wrong;
}
