// REDIS: in every state in which Redis does not serve, keys are refused in time, other presses go on, somebody is told, and it ends
// by itself. What Redis loses, whoever sent still knows.

import { keyed } from '../client';
import { crowd } from '../crowd';
import { World } from '../protocol/world';
import { startRedisIfThere } from '../redis';
import { KEEPS } from '../redisFaults';
import { backEmpty, blink, emptied, emptiedForBoth, underLoad } from '../redisStates/losses';
import { doublePress, holderKilled, neverSent, refusedSecond } from '../redisStates/replicas';
import {
  isAccepted,
  type Replica,
  redisErrors,
  redisUp,
  Scene,
  stop,
  textOf,
  UP_LIMIT_MS,
  unhealed,
  within,
} from '../redisStates/scene';
import { type State, states, tryState } from '../redisStates/states';
import type { Section } from '../report';
import type { Run } from '../run';

const KEYS_LIMIT = 1000;
const KEYS_BEYOND = 50;
const LOAD_PRESSES = 2000;
/** A thousand are under way at once, and each of them may be two to Redis: a script, and the generation that is read after it. */
const COMMANDS_LIMIT = 2000;

const evicts: State = {
  name: 'evicting',
  enter: ({ redis }) => redis.client.config('SET', 'maxmemory-policy', 'allkeys-lru'),
  leave: ({ redis }) => redis.client.config('SET', 'maxmemory-policy', 'noeviction'),
};
/** Two of the states of a connection cannot be there before one is made. */
const atStart = [...states.filter(({ isOfConnection }) => !isOfConnection), evicts];

export async function redisStates(run: Run, section: Section): Promise<void> {
  const redis = await startRedisIfThere(run, section, KEEPS);
  const other = redis && (await startRedisIfThere(run, section, KEEPS));
  if (!redis || !other) return;
  const scene = await Scene.open(run, redis);
  const replicas = (await Promise.all([scene.replica(), scene.replica()])) as [Replica, Replica];
  const none = (name: string, wrong: readonly string[]) => section.none(name.replaceAll(' ', '-'), wrong);

  for (const state of states) {
    none(state.name, await tryState(scene, state, replicas));
    none(
      `pressed twice after ${state.name}`,
      await doublePress(scene, replicas, `slow-after-${state.name.replaceAll(' ', '-')}`),
    );
  }
  for (const state of atStart) none(`started while ${state.name}`, await startIn(scene, state));
  none('after those starts', await unhealed(scene, replicas));
  none('blink', await blink(scene, replicas));
  none('claimed and never sent', await neverSent(scene, replicas[1]));
  none('emptied', await emptied(scene, replicas[0]));
  none('emptied for both', await emptiedForBoth(scene, replicas));
  none('back empty', await backEmpty(scene, replicas));
  none('holder killed', await holderKilled(scene, replicas[1]));
  const world = await World.start('refused', run, other);
  none('second confirm refused', await refusedSecond(world));
  await world.close();
  none('more keys than one user may have', await tooManyKeys(scene, replicas));
  const taken = await underLoad(scene, replicas[0], LOAD_PRESSES);
  section.check('commands-that-hang', taken, taken <= COMMANDS_LIMIT);

  // Each by itself: the same judgement must see that a double press is two sends.
  const alone = await Promise.all([scene.replica({ REDIS_URL: '' }), scene.replica({ REDIS_URL: '' })]);
  const caught = await doublePress(scene, alone, 'slow-control');
  section.check('control-without-redis-caught', caught.length, caught.length > 0);
  await Promise.all([...replicas, ...alone].map(stop));
  await scene.close();
  await redis.close();
}

/** A replica that starts while Redis does not serve starts nevertheless, and says so. */
async function startIn(scene: Scene, state: State): Promise<string[]> {
  await state.enter(scene);
  const replica = await scene.replica();
  const answer = await replica.client.confirm(`started-${state.name.replaceAll(' ', '-')}`, { token: scene.token() });
  const up = await redisUp(replica);
  const lines = () => redisErrors(replica).join();
  const isSaid = await within(UP_LIMIT_MS, async () => lines().includes(state.code ?? 'redis'));
  await state.leave(scene);
  await stop(replica);
  return [
    ...(isAccepted(answer) ? [] : [textOf(answer)]),
    ...(up === 0 ? [] : [`redis_up ${up}`]),
    ...(isSaid ? [] : [`without ${state.code ?? 'a line'}: ${lines()}`]),
  ];
}

/** One user's keys are bounded over both replicas; another user notices nothing. */
async function tooManyKeys(scene: Scene, replicas: readonly [Replica, Replica]): Promise<string[]> {
  const token = scene.token();
  const count = KEYS_LIMIT + KEYS_BEYOND;
  let accepted = 0;
  const wrong: string[] = [];
  const press = async (number: number) => {
    const device = `many-${number}`;
    const answer = await (replicas[number % 2] as Replica).client.confirm(device, keyed(token, device));
    if (isAccepted(answer)) accepted++;
    else if (answer.result?.code !== 'Gateway.RateLimited' || scene.sends(device) > 0) wrong.push(textOf(answer));
  };
  for (const number of [0, 1]) await press(number);
  await crowd(count - 2, 4, (number) => press(number + 2));
  const neighbour = await replicas[0].client.confirm('neighbour', keyed(scene.token(), 'neighbour'));
  if (accepted !== KEYS_LIMIT) wrong.push(`${accepted} of ${count} accepted`);
  if (!isAccepted(neighbour)) wrong.push(`another user: ${textOf(neighbour)}`);
  return wrong;
}
