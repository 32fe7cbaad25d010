// Two replicas of which one's wall clock is set: what they share, and how long one waits for the other.

import { setTimeout as pause } from 'node:timers/promises';
import { type Answer, keyed } from '../client';
import { follow } from '../protocol/follow';
import { SUCCESS } from '../protocol/model';
import { TIMEOUT_MS, type World } from '../protocol/world';
import { ANSWER_GRACE_MS } from '../run';
import { keyAfterStep } from './alone';
import { DAY_MS, HOUR_MS, STEPS, typeOf } from './clock';

const UNKNOWN = 'FirmwareUpgradeOutcomeUnknownError';

/** Two replicas and Redis: a key stays sent, and whoever waits for another's answer waits until its deadline and no longer. */
export async function stepsWithRedis(world: World): Promise<string[]> {
  const { platform, replicas } = world;
  const wrong: string[] = [];
  for (const [name, shiftMs] of Object.entries(STEPS)) {
    const [one, two] = replicas as [World['replicas'][0], World['replicas'][0]];
    const { name: device, token } = world.newUser();
    wrong.push(...(await keyAfterStep(one.client, one.clock, shiftMs, token, device, platform)));
    for (const [what, manner, options] of [
      ['an answer', 'accepts slowly', { token }],
      ['an answer to a key', 'accepts slowly', keyed(token, 'k')],
      ['no answer', 'accepts in silence', keyed(token, 'silent')],
    ] as const) {
      const waited = `${device}-${what.replaceAll(' ', '-')}`;
      platform.answerBy(waited, manner);
      await two.clock.stepTo(0);
      const sent = one.client.confirm(waited, options);
      await pause(20);
      const waiting = two.client.confirm(waited, options);
      await pause(100);
      await two.clock.stepTo(shiftMs);
      const [first, second] = await Promise.all([sent, waiting]);
      const sends = platform.confirmsOf(waited).length;
      const ms = second.endedAt - second.startedAt;
      const expected = manner === 'accepts slowly' ? SUCCESS : UNKNOWN;
      if (typeOf(first) !== expected || typeOf(second) !== expected || sends !== 1 || ms > TIMEOUT_MS + ANSWER_GRACE_MS)
        wrong.push(`${name}, ${what}: ${sends} sends, ${typeOf(first)}, ${typeOf(second)} after ${Math.round(ms)} ms`);
    }
    await world.restore();
  }
  return wrong;
}

/** Two replicas whose clocks are apart share a press, and refuse a key that either has sent. */
export async function clocksApart(world: World): Promise<string[]> {
  const { platform, replicas } = world;
  const wrong: string[] = [];
  for (const shiftMs of [-HOUR_MS, HOUR_MS, DAY_MS]) {
    await replicas[1]?.clock.stepTo(shiftMs);
    const { name, token } = world.newUser();
    for (const [what, options] of [
      ['shared', { token }],
      ['keyed', keyed(token, 'k')],
    ] as const) {
      const device = `${name}-${what}`;
      platform.answerBy(device, 'accepts slowly');
      const together = await Promise.all(replicas.map(({ client }) => client.confirm(device, options)));
      if (what === 'keyed') for (const { client } of replicas) together.push(await client.confirm(device, options));
      const phases = await Promise.all(replicas.map((replica) => follow(replica, token, device)));
      const told = new Set(together.map(({ result }) => `${result?.__typename} ${result?.requestId}`));
      const sends = platform.confirmsOf(device).length;
      if (sends !== 1 || told.size !== 1 || typeOf(together[0] as Answer) !== SUCCESS)
        wrong.push(`${shiftMs / HOUR_MS} h, ${what}: ${sends} sends, ${[...told].join()}`);
      if (phases.some((upgrade) => upgrade?.phase !== 'SETTLING'))
        wrong.push(`${shiftMs / HOUR_MS} h, ${what}: ${phases.map((upgrade) => upgrade?.phase)}`);
    }
  }
  await world.restore();
  return wrong;
}
