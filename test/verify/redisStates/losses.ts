// What Redis loses, and what must be known of it afterwards.

import { type Answer, keyed } from '../client';
import {
  differs,
  isAccepted,
  metricOf,
  type Replica,
  redisErrors,
  type Scene,
  TIMEOUT_MS,
  textOf,
  UP_LIMIT_MS,
  within,
} from './scene';

/** How often Redis loses its data: it is a matter of some milliseconds whether that goes wrong. */
const LOSSES = 20;
const WRITTEN_LIMIT_MS = 7000;

/** Redis is away from the send to after the answer: the answer is kept nevertheless, here at once, and there as soon as it is back. */
export async function blink(scene: Scene, [one, two]: readonly [Replica, Replica]): Promise<string[]> {
  const options = keyed(scene.token(), 'blink');
  const pressed = one.client.confirm('slow-blink', options);
  await within(TIMEOUT_MS, async () => scene.sends('slow-blink') > 0);
  scene.redis.signal('SIGSTOP');
  const first = await pressed;
  const meanwhile = await one.client.confirm('slow-blink', options);
  scene.redis.signal('SIGCONT');
  const there = await within(
    WRITTEN_LIMIT_MS,
    async () => !differs(first, await two.client.confirm('slow-blink', options)),
  );
  return [
    ...(isAccepted(first) ? [] : [`the press: ${textOf(first)}`]),
    ...(differs(first, meanwhile) ? [`again, without Redis: ${textOf(meanwhile)}`] : []),
    ...(there ? [] : ['the other replica does not learn the answer']),
    ...(scene.sends('slow-blink') === 1 ? [] : [`${scene.sends('slow-blink')} sends`]),
  ];
}

/** Redis forgets everything: whoever sent a key still answers it, and says that data was lost. */
export async function emptied(scene: Scene, replica: Replica): Promise<string[]> {
  const token = scene.token();
  const devices = Array.from({ length: 50 }, (_, i) => `emptied-${i}`);
  const press = async () => {
    const answers: Answer[] = [];
    for (const device of devices) answers.push(await replica.client.confirm(device, keyed(token, device)));
    return answers;
  };
  const before = redisErrors(replica).length;
  const first = await press();
  await scene.redis.client.flushall();
  const again = await press();
  const isCounted = await within(
    UP_LIMIT_MS,
    async () => ((await metricOf(replica, 'firmware_gateway_redis_data_lost_total')) ?? 0) > 0,
  );
  const isLogged = await within(UP_LIMIT_MS, async () => redisErrors(replica, before).length > 0);
  return [
    ...devices
      .filter((device) => scene.sends(device) !== 1)
      .map((device) => `${scene.sends(device)} sends of ${device}`),
    ...again.filter((answer, i) => differs(answer, first[i] as Answer)).map(textOf),
    ...(isCounted ? [] : ['firmware_gateway_redis_data_lost_total is 0']),
    ...(isLogged ? [] : ['no line says that data was lost']),
  ];
}

/** Redis forgets everything, and both replicas notice at the same moment: the other one does not send what the first has sent. */
export async function emptiedForBoth(scene: Scene, [one, two]: readonly [Replica, Replica]): Promise<string[]> {
  const [token, bystander] = [scene.token(), scene.token()];
  const wrong: string[] = [];
  for (let round = 0; round < LOSSES; round++) {
    const device = `lost-${round}`;
    await one.client.confirm(device, keyed(token, device));
    await scene.redis.client.flushall();
    const noticed = one.client.confirm(`noticed-${round}`, { token: bystander });
    const again = await two.client.confirm(device, keyed(token, device));
    await noticed;
    if (scene.sends(device) !== 1) wrong.push(`round ${round}: ${scene.sends(device)} sends, ${textOf(again)}`);
  }
  return wrong;
}

/** Presses that hang: commands under way are bounded, so that memory is. */
export async function underLoad(scene: Scene, replica: Replica, presses: number): Promise<number> {
  const before = scene.relay.unanswered;
  scene.relay.spoil({});
  const tokens = Array.from({ length: 8 }, () => scene.token());
  await Promise.all(
    tokens.map(async (token, user) => {
      for (let i = 0; i < presses / tokens.length; i++) await replica.client.confirm(`load-${user}-${i}`, { token });
    }),
  );
  const taken = scene.relay.unanswered - before;
  scene.relay.mend();
  return taken;
}
