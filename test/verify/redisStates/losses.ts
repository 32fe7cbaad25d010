// What Redis or a replica loses in the middle of a press, and what must be known of it afterwards.

import { setTimeout as pause } from 'node:timers/promises';
import { type Answer, keyed } from '../client';
import { follow } from '../protocol/follow';
import { SUCCESS } from '../protocol/model';
import type { Replica as ProtocolReplica, World } from '../protocol/world';
import { ANSWER_GRACE_MS } from '../run';
import {
  isAccepted,
  metricOf,
  msOf,
  type Replica,
  redisErrors,
  type Scene,
  TIMEOUT_MS,
  textOf,
  UP_LIMIT_MS,
  within,
} from './scene';

/** So long a claim lives that was never sent. */
const CLAIMED_MS = 3000;
const WRITTEN_LIMIT_MS = 7000;
const UNKNOWN = 'FirmwareUpgradeOutcomeUnknownError';

const differs = (a: Answer, b: Answer) =>
  a.result?.__typename !== b.result?.__typename || a.result?.requestId !== b.result?.requestId;

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

/** A replica dies while its press waits for a place: nothing was sent, so the other may send within seconds. */
export async function neverSent(scene: Scene, other: Replica): Promise<string[]> {
  const narrow = await scene.replica({ MAX_UPSTREAM_CALLS: '4', TOKENAPI_TIMEOUT_MS: '10000' });
  const held = Array.from({ length: 4 }, (_, i) => narrow.client.confirm(`held-${i}`, { token: scene.token() }));
  await within(TIMEOUT_MS, async () => scene.sends('held-0') > 0);
  const options = keyed(scene.token(), 'never-sent');
  const waiting = narrow.client.confirm('never-sent', options);
  await pause(200);
  const before = scene.sends('never-sent');
  narrow.gateway.kill('SIGKILL');
  const [cut] = await Promise.all([waiting, ...held]);
  narrow.client.close();
  const isSent = await within(CLAIMED_MS + TIMEOUT_MS, async () =>
    isAccepted(await other.client.confirm('never-sent', options)),
  );
  return [
    ...(before === 0 && cut.result === undefined ? [] : [`did not wait: ${before} sends, ${textOf(cut)}`]),
    ...(isSent ? [] : ['its key is not free']),
    ...(scene.sends('never-sent') === 1 ? [] : [`${scene.sends('never-sent')} sends`]),
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

/** A double press without a key on two replicas is one send, and both get its answer. */
export async function doublePress(scene: Scene, replicas: readonly Replica[], device: string): Promise<string[]> {
  const token = scene.token();
  const [a, b] = (await Promise.all(replicas.map(({ client }) => client.confirm(device, { token })))) as [
    Answer,
    Answer,
  ];
  return scene.sends(device) === 1 && a.result?.__typename === SUCCESS && !differs(a, b)
    ? []
    : [`${scene.sends(device)} sends, ${textOf(a)}, ${textOf(b)}`];
}

/** Whoever sends dies: who waits on the other replica is told that the outcome is unknown, in time, and nothing is sent again. */
export async function holderKilled(scene: Scene, other: Replica): Promise<string[]> {
  const doomed = await scene.replica();
  const token = scene.token();
  const pressed = doomed.client.confirm('slow-holder', { token });
  await within(TIMEOUT_MS, async () => scene.sends('slow-holder') > 0);
  const waiting = other.client.confirm('slow-holder', { token });
  await pause(50);
  doomed.gateway.kill('SIGKILL');
  const [, answer] = await Promise.all([pressed, waiting]);
  doomed.client.close();
  const isRight = answer.result?.__typename === UNKNOWN && msOf(answer) <= TIMEOUT_MS + ANSWER_GRACE_MS;
  return isRight && scene.sends('slow-holder') === 1 ? [] : [`${scene.sends('slow-holder')} sends, ${textOf(answer)}`];
}

/** A second confirm that is refused leaves the first one's settling as it is. */
export async function refusedSecond(world: World): Promise<string[]> {
  const { token } = world.newUser();
  const [one, two] = world.replicas as [ProtocolReplica, ProtocolReplica];
  await one.client.confirm('twice', { token });
  world.platform.answerBy('twice', 'says offline');
  const refused = await two.client.confirm('twice', { token });
  const told = await Promise.all(world.replicas.map((replica) => follow(replica, token, 'twice')));
  return [
    ...(refused.result?.__typename === 'DeviceOfflineError' ? [] : [textOf(refused)]),
    ...told.filter((upgrade) => upgrade?.phase !== 'SETTLING').map((upgrade) => JSON.stringify(upgrade)),
  ];
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
