// What one run of the state machine knows: its user's devices and keys, and what of them may be sent or told from here on.

import type { Answer, ConfirmResult } from '../client';
import type { Receipt } from '../ledger';
import { NOT_SENT } from '../reconcile';
import { mayHaveStarted } from './platform';
import { TIMEOUT_MS, type World } from './world';

/** How long after a crash or Redis' trouble a claim of (user, device) may be left over. */
const LEFT_OVER_MS = TIMEOUT_MS + 6000;

/** A replica in one of its lives. */
export interface Holder {
  replica: number;
  life: number;
}

/** A key that may have started something. */
export interface BegunKey {
  /** Of what arrived, something may be its own; where others were told of everything, it may have started nothing. */
  isSure: boolean;
  /** As it was told first; undefined if nobody was told. */
  answer: ConfirmResult | undefined;
  holders: Holder[];
  /** How often Redis had been in trouble, and had lost its data, when it was pressed. */
  troubles: number;
  losses: number;
}

export interface DeviceModel {
  readonly name: string;
  /** Confirms of it that were judged. */
  judged: number;
  /** Until then, a claim may be left over, so that a press may wait for nothing. */
  leftOverUntil: number;
  /** The latest press that may have started something; `wellAt`: the count of Redis' troubles, if it was well meanwhile. */
  begun: { at: number; holders: Holder[]; wellAt: number | undefined } | undefined;
  readonly keys: Map<string, BegunKey>;
}

export interface Model {
  readonly token: string;
  readonly devices: readonly DeviceModel[];
}

export interface Press extends Holder {
  key: string | undefined;
  answer: Answer;
}

/** Presses of one device that were made at the same time, and everything that happened meanwhile. */
export interface Pressing {
  readonly device: DeviceModel;
  readonly presses: readonly Press[];
  /** What of them arrived at the platform. */
  readonly sends: readonly Receipt[];
  /** Redis served and kept everything, from before the first press to after the last answer. */
  readonly isWell: boolean;
  readonly hasCrash: boolean;
  readonly troubles: number;
  readonly losses: number;
}

export function modelFor(world: World, devices: number): Model {
  const { name, token } = world.newUser();
  return {
    token,
    devices: Array.from({ length: devices }, (_, number) => ({
      name: `${name}-${number}`,
      judged: 0,
      leftOverUntil: 0,
      begun: undefined,
      keys: new Map<string, BegunKey>(),
    })),
  };
}

/** A press whose key is known to have begun, and is still within the promise. */
export function begunKeyOf(world: World, { keys }: DeviceModel, { key }: Press): BegunKey | undefined {
  const begun = keys.get(key ?? '');
  return begun?.isSure && !isOutsidePromise(world, begun) ? begun : undefined;
}

/** Redis lost its data, and whoever had sent is dead: then nobody knows of the key any more. */
export const isOutsidePromise = (world: World, { losses, holders }: BegunKey): boolean =>
  world.losses > losses && holders.every(({ replica, life }) => (world.replicas[replica]?.life ?? 0) > life);

/** What was learned from presses that were judged. */
export function learn(world: World, pressing: Pressing): void {
  const { device, presses, sends, isWell, hasCrash, troubles, losses } = pressing;
  device.judged += sends.length;
  if (hasCrash || !isWell) device.leftOverUntil = performance.now() + LEFT_OVER_MS;
  for (const press of presses) {
    // Who was told of a key knows it from then on.
    if (press.answer.result && !isUnsent(press)) begunKeyOf(world, device, press)?.holders.push(press);
  }
  if (!sends.some(mayHaveStarted)) return;
  const holders = presses.map(({ replica, life }) => ({ replica, life }));
  device.begun = { at: performance.now(), holders, wellAt: isWell ? troubles : undefined };
  for (const press of presses) {
    const { key, answer } = press;
    const { result } = answer;
    if (key === undefined || begunKeyOf(world, device, press)) continue;
    if (result && result.__typename !== SUCCESS && result.nextStep !== 'CHECK_STATUS') continue;
    if (device.keys.get(key)?.isSure) world.counts.sendsPermitted++;
    const isFirstHand = sends.some(({ requestId }) => requestId === result?.requestId);
    // Who refused it for want of a store was told nothing of it.
    const ofKey = presses.filter((other) => other.key === key && !isUnsent(other));
    const toldOthers = presses.filter((other) => other.key !== key).map((other) => other.answer.result?.requestId);
    device.keys.set(key, {
      // A replica that crashed may have died before it began.
      isSure:
        result !== undefined || sends.some((send) => mayHaveStarted(send) && !toldOthers.includes(send.requestId)),
      answer: isFirstHand ? result : undefined,
      holders: ofKey.map(({ replica, life }) => ({ replica, life })),
      troubles,
      losses,
    });
  }
}

/** The gateway's own refusals: nothing of the press left. */
export const isUnsent = ({ answer: { result } }: Press): boolean =>
  result?.__typename === NOT_SENT || result?.code === 'Gateway.RateLimited';

export const SUCCESS = 'ConfirmFirmwareUpgradeSuccess';
