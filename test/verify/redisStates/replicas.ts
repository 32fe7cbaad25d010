// What two replicas make of one press, and what one of them knows when the other dies in the middle.

import { setTimeout as pause } from 'node:timers/promises';
import { type Answer, keyed } from '../client';
import { follow } from '../protocol/follow';
import { SUCCESS } from '../protocol/model';
import type { Replica as ProtocolReplica, World } from '../protocol/world';
import { ANSWER_GRACE_MS } from '../run';
import { differs, isAccepted, msOf, type Replica, type Scene, TIMEOUT_MS, textOf, within } from './scene';

/** So long a claim lives that was never sent. */
const CLAIMED_MS = 3000;
const UNKNOWN = 'FirmwareUpgradeOutcomeUnknownError';

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

/**
 * Whoever sends dies: who waits on the other replica, with a key or without, is told that the outcome is unknown, in time; nothing is
 * sent again; and the key says so from then on.
 */
export async function holderKilled(scene: Scene, other: Replica): Promise<string[]> {
  const doomed = await scene.replica();
  const token = scene.token();
  const pressed = doomed.client.confirm('slow-holder', { token });
  await within(TIMEOUT_MS, async () => scene.sends('slow-holder') > 0);
  const withKey = keyed(token, 'holder');
  const waiting = [{ token }, withKey].map((options) => other.client.confirm('slow-holder', options));
  await pause(50);
  doomed.gateway.kill('SIGKILL');
  const answers = await Promise.all(waiting);
  await pressed;
  doomed.client.close();
  const again = await other.client.confirm('slow-holder', withKey);
  return [
    ...answers
      .filter((answer) => answer.result?.__typename !== UNKNOWN || msOf(answer) > TIMEOUT_MS + ANSWER_GRACE_MS)
      .map(textOf),
    ...(differs(again, answers[1] as Answer) ? [`the key, again: ${textOf(again)}`] : []),
    ...(scene.sends('slow-holder') === 1 ? [] : [`${scene.sends('slow-holder')} sends`]),
  ];
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
