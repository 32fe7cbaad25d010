// The promises, one rule each: what is wrong about presses that were made together, if anything.

import { NOT_SENT } from '../reconcile';
import { type BegunKey, begunKeyOf, isUnsent, type Press, type Pressing, SUCCESS } from './model';
import { mayHaveStarted, underWayMs } from './platform';
import { TIMEOUT_MS, type World } from './world';

const UNKNOWN = 'FirmwareUpgradeOutcomeUnknownError';
const GRACE_MS = 1000;

type Rule = (pressing: Pressing, world: World) => boolean;

const typeOf = ({ answer }: Press) => answer.result?.__typename;
const receiptOf = (world: World, { device }: Pressing, { answer }: Press) =>
  world.platform.confirmsOf(device.name).find(({ requestId }) => requestId === answer.result?.requestId);
const begunKeysOf = (world: World, { device, presses }: Pressing) =>
  presses.map((press) => begunKeyOf(world, device, press));
/** Nothing was done to anybody, and nothing can be left over: also not a key that is outside the promise, which may hold all the same. */
const isUndisturbed = (pressing: Pressing) =>
  pressing.isWell &&
  !pressing.hasCrash &&
  performance.now() > pressing.device.leftOverUntil + TIMEOUT_MS &&
  pressing.presses.every(({ key }) => !pressing.device.keys.has(key ?? ''));

/** Whether a key's answer may have been lost: Redis had trouble, or whoever knew it crashed. */
const mayBeForgotten = (world: World, { troubles, holders }: BegunKey) =>
  world.troubles > troubles || holders.some(({ replica, life }) => (world.replicas[replica]?.life ?? 0) > life);

/** Each says whether it holds. */
export const rules: Readonly<Record<string, Rule>> = {
  'every press is answered in time': ({ presses }) =>
    presses.every(({ answer }) => answer.endedAt - answer.startedAt <= TIMEOUT_MS + GRACE_MS),

  'every press is answered by a type, unless its replica crashed': ({ presses, hasCrash }) =>
    hasCrash || presses.every(({ answer }) => answer.result !== undefined),

  'accepted is what the platform accepted': (pressing, world) =>
    pressing.presses
      .filter((press) => typeOf(press) === SUCCESS)
      .every((press) => receiptOf(world, pressing, press)?.fault.expected[0]?.type === SUCCESS),

  '"not sent" is never said of what arrived': (pressing, world) =>
    pressing.sends.length <= pressing.presses.filter((press) => !isUnsent(press)).length &&
    pressing.presses.filter(isUnsent).every((press) => receiptOf(world, pressing, press) === undefined),

  'a key is sent once': (pressing, world) => {
    const { presses, sends, losses, hasCrash } = pressing;
    const begun = begunKeysOf(world, pressing);
    if (begun.every((key) => key !== undefined)) return sends.length === 0;
    const isOneKey = presses.every(({ key }) => key !== undefined && key === presses[0]?.key);
    return !isOneKey || (hasCrash && world.losses > losses) || !sends.slice(0, -1).some(mayHaveStarted);
  },

  'a key is answered the same': (pressing, world) =>
    pressing.presses.every((press) => {
      const known = begunKeyOf(world, pressing.device, press);
      const { result } = press.answer;
      if (!known?.answer || !result) return true;
      if (result.__typename === known.answer.__typename && result.requestId === known.answer.requestId) return true;
      return mayBeForgotten(world, known) && [NOT_SENT, UNKNOWN].includes(result.__typename);
    }),

  'one user and device have one confirm under way': ({ sends, isWell }) =>
    !isWell || sends.every((send, i) => i === 0 || send.at >= endOf(sends[i - 1])),

  'presses that share a confirm are answered alike': (pressing) =>
    !isUndisturbed(pressing) || pressing.sends.length !== 1 || new Set(pressing.presses.map(toldOf)).size === 1,

  'where nothing is wrong, a press is sent and its answer told': (pressing, world) =>
    !isUndisturbed(pressing) ||
    pressing.presses.every((press) =>
      receiptOf(world, pressing, press)?.fault.expected.some(({ type }) => type === typeOf(press)),
    ),
};

/** Who waits for another's answer may be at its own deadline first: then the outcome is as unknown, under a number of its own. */
const toldOf = (press: Press): string =>
  typeOf(press) === UNKNOWN ? UNKNOWN : `${typeOf(press)} ${press.answer.result?.requestId}`;

const endOf = (send: Pressing['sends'][number] | undefined): number =>
  send ? send.at + underWayMs(send) : Number.NEGATIVE_INFINITY;

/** @throws Error that names the rule and shows what happened */
export function judge(pressing: Pressing, world: World): void {
  for (const [name, holds] of Object.entries(rules))
    if (!holds(pressing, world)) throw new Error(`broken: ${name}\n${shown(pressing)}`);
}

function shown({ presses, sends, isWell }: Pressing): string {
  const told = presses.map(
    ({ replica, key, answer: { result, body, startedAt, endedAt } }) =>
      `  on ${replica} with ${key ?? 'no key'}: ${result ? `${result.__typename} ${result.requestId}` : body || 'cut'} after ${Math.round(endedAt - startedAt)} ms`,
  );
  const arrived = sends.map(({ fault, requestId }) => `  arrived: ${requestId}, ${fault.name}`);
  return [...told, ...arrived, `  Redis ${isWell ? 'was well' : 'was not well'}`].join('\n');
}
