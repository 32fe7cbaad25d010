// Every state of Redis in which it does not serve: what a press is told meanwhile, what is said of it, and how it ends.

import { setTimeout as pause } from 'node:timers/promises';
import { keyed } from '../client';
import { crowd } from '../crowd';
import { redisFaults } from '../redisFaults';
import type { Spoiled } from '../redisRelay';
import { ANSWER_GRACE_MS } from '../run';
import {
  isAccepted,
  isNotSent,
  msOf,
  type Replica,
  redisErrors,
  redisUp,
  type Scene,
  textOf,
  UP_LIMIT_MS,
  unhealed,
  within,
} from './scene';

const KEYED_LIMIT_MS = 500;
const UNKEYED_LIMIT_MS = 250;
const PRESSES = 200;
const USERS = 8;
const LINES_LIMIT = 3;

export interface State {
  readonly name: string;
  readonly code?: string;
  /** It ends by itself, as soon as the gateway connects anew. */
  readonly isOfConnection?: true;
  enter(scene: Scene): Promise<unknown> | undefined;
  leave(scene: Scene): Promise<unknown> | undefined;
}

const byRelay = (name: string, how: Spoiled): State => ({
  name,
  ...(how.error && { code: how.error.split(' ', 1)[0] as string }),
  ...(how.standingOnly && { isOfConnection: true }),
  enter: ({ relay }) => relay.spoil(how),
  leave: ({ relay }) => relay.mend(),
});

const rules = ({ redis: { client } }: Scene, ...given: string[]) => client.call('ACL', 'SETUSER', 'default', ...given);

export const states: readonly State[] = [
  ...Object.entries(redisFaults).map(([name, fault]) => ({
    ...fault,
    name,
    enter: ({ redis }: Scene) => fault.enter(redis),
    leave: ({ redis }: Scene) => fault.leave(redis),
  })),
  {
    name: 'without permission',
    code: 'NOPERM',
    enter: (scene) => rules(scene, '-@write', '-@scripting'),
    leave: (scene) => rules(scene, '+@all'),
  },
  {
    name: 'of another password',
    code: 'WRONGPASS',
    async enter(scene) {
      await rules(scene, 'resetpass', '>another');
      // Whoever has shown a password once is not asked again.
      await scene.redis.client.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
    },
    leave: (scene) => rules(scene, 'nopass'),
  },
  byRelay('loading', { error: 'LOADING Redis is loading the dataset in memory' }),
  byRelay('moved', { error: 'MOVED 3999 127.0.0.1:1' }),
  byRelay('silent', {}),
  byRelay('read-only until connected anew', {
    error: "READONLY You can't write against a read only replica.",
    standingOnly: true,
  }),
  byRelay('silent until connected anew', { standingOnly: true }),
];

/** What is wrong while Redis is in a state, and after. */
export async function tryState(scene: Scene, state: State, replicas: readonly Replica[]): Promise<string[]> {
  const before = replicas.map((replica) => redisErrors(replica).length);
  await state.enter(scene);
  await pause(50);
  const during = await Promise.all(replicas.map((replica, number) => pressAll(scene, state, replica, number)));
  const lines = replicas.flatMap((replica, number) => {
    const logged = redisErrors(replica, before[number]);
    const isSaid = logged.length > 0 && (!state.code || logged.some((line) => line.includes(state.code as string)));
    return isSaid && logged.length <= LINES_LIMIT
      ? []
      : [`${number}: ${logged.length} lines, with ${state.code ?? 'no code'} expected: ${logged[0]}`];
  });
  await state.leave(scene);
  const after = await unhealed(scene, replicas);
  return [...during.flat(), ...lines, ...after];
}

async function pressAll(scene: Scene, state: State, replica: Replica, number: number): Promise<string[]> {
  const wrong: string[] = [];
  const { client } = replica;
  const say = (what: string) => wrong.push(`${number}: ${what}`);
  const name = `${state.name.replaceAll(' ', '-')}-${number}`;

  await Promise.all(
    Array.from({ length: 3 }, async (_, i) => {
      const device = `${name}-keyed-${i}`;
      const answer = await client.confirm(device, keyed(scene.token(), device));
      const isRefused = isNotSent(answer) && scene.sends(device) === 0;
      const isServed = state.isOfConnection && isAccepted(answer) && scene.sends(device) === 1;
      if ((!isRefused && !isServed) || msOf(answer) > KEYED_LIMIT_MS + ANSWER_GRACE_MS)
        say(`with a key: ${scene.sends(device)} sends, ${textOf(answer)}`);
    }),
  );
  if (!state.isOfConnection && !(await within(UP_LIMIT_MS, async () => (await redisUp(replica)) === 0)))
    say('redis_up is 1');

  const tokens = Array.from({ length: USERS }, () => scene.token());
  const times: number[] = [];
  const pressUnkeyed = async (device: string, token: string | undefined, limitMs: number) => {
    const answer = await client.confirm(device, { token: token as string });
    times.push(msOf(answer));
    if (!isAccepted(answer) || scene.sends(device) !== 1 || msOf(answer) > limitMs)
      say(`without a key: ${scene.sends(device)} sends, ${textOf(answer)}`);
  };
  // One after the other first: the platform has not accepted these tokens yet.
  for (const [i, token] of tokens.entries())
    await pressUnkeyed(`${name}-first-${i}`, token, UNKEYED_LIMIT_MS + 2 * ANSWER_GRACE_MS);
  const median = times.sort((a, b) => a - b)[USERS / 2] as number;
  if (median > UNKEYED_LIMIT_MS) say(`without a key, every press waits: ${Math.round(median)} ms`);
  await crowd(PRESSES, USERS, (i) =>
    pressUnkeyed(`${name}-${i}`, tokens[i % USERS], UNKEYED_LIMIT_MS + 4 * ANSWER_GRACE_MS),
  );
  return wrong;
}
