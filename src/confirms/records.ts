// What is stored of a confirm, as text: that it is claimed, that it may be sent from now on, or its answer. Records are parsed, never
// cast, since another release may have written them: whatever is not understood is an unknown outcome, never a success and never
// a send.

import { z } from 'zod';
import type { Device } from '../graph/device';
import { confirmErrorTypes } from '../graph/errors';
import { TokenApiNextStep } from '../graph/nextStep';
import { ACCEPTED_TYPE, type ConfirmAnswer, typeOf } from './answers';

const VERSION = 1;

/** `claimed`: nothing was sent, and will not be before the next state is written. `about-to-send`: a call may be under way. */
export type ClaimState = 'claimed' | 'about-to-send';

/** What a record says; `claim` is the random id of whoever wrote it. `unknown`: a release wrote it that says more than this one understands. */
export type Understood =
  | { state: ClaimState; claim: string }
  | { state: 'answered'; claim: string | undefined; answer: ConfirmAnswer }
  | { state: 'unknown' };

const errorTypes = new Map(confirmErrorTypes.map((type) => [type.name, type]));

const storedSuccess = z.object({ type: z.literal(ACCEPTED_TYPE), requestId: z.string() });
const storedError = z.object({
  type: z.string().transform((name, check) => {
    const errorType = errorTypes.get(name);
    if (!errorType) check.addIssue(`expected a type that this version knows, got ${name}`);
    return errorType ?? z.NEVER;
  }),
  code: z.string(),
  message: z.string(),
  requestId: z.string(),
  nextStep: z.enum(TokenApiNextStep),
  retryAfterMs: z.number().nullable(),
});
const answer = z.union([storedSuccess, storedError]);
type StoredAnswer = z.output<typeof answer>;

const record = z.union([
  z.object({ v: z.literal(VERSION), state: z.enum(['claimed', 'about-to-send']), claim: z.string() }),
  z.object({ v: z.literal(VERSION), state: z.literal('answered'), claim: z.string().optional(), answer }),
]);

/** What 0.1.0 wrote, without a version. */
const formerRecord = z.object({
  v: z.undefined().optional(),
  deviceId: z.string(),
  claimedAt: z.number(),
  answer: z.unknown().optional(),
});

export const claimText = (state: ClaimState, claim: string): string => JSON.stringify({ v: VERSION, state, claim });

/** The device of an answer is not stored: it is the name's. */
export const answerText = (claim: string, given: ConfirmAnswer): string =>
  JSON.stringify({
    v: VERSION,
    state: 'answered',
    claim,
    answer: { ...given, type: typeOf(given), device: undefined },
  });

export const stateOf = (text: string): Understood['state'] =>
  record.safeParse(valueFrom(text)).data?.state ?? 'unknown';

/** @param device which the record's name is about */
export function understood(text: string, device: Device): Understood {
  const { data } = record.safeParse(valueFrom(text));
  if (!data) return { state: 'unknown' };
  if (data.state !== 'answered') return data;
  return { state: 'answered', claim: data.claim, answer: answerFrom(data.answer, device) };
}

/**
 * The same of a record of 0.1.0, which knew no state before the send.
 *
 * @returns undefined if it is about another device: then it is another key
 */
export function understoodFormer(text: string, device: Device): Understood | undefined {
  const { data } = formerRecord.safeParse(valueFrom(text));
  if (!data) return { state: 'unknown' };
  if (data.deviceId !== device.id) return undefined;
  if (data.answer === undefined) return { state: 'about-to-send', claim: '' };
  const stored = answer.safeParse(data.answer);
  return stored.data
    ? { state: 'answered', claim: undefined, answer: answerFrom(stored.data, device) }
    : { state: 'unknown' };
}

const answerFrom = (stored: StoredAnswer, device: Device): ConfirmAnswer =>
  'code' in stored ? new stored.type(stored, device) : { requestId: stored.requestId };

function valueFrom(text: string): unknown {
  try {
    return JSON.parse(text);
    // Stryker disable next-line BlockStatement: an empty block returns the same.
  } catch {
    return undefined;
  }
}
