// What is stored under an idempotency key, as text: a confirm that was begun, or its answer. Records are parsed, never cast, since
// another release may have written them: whatever is not understood is an unknown outcome, never a success and never a send.

import { z } from 'zod';
import type { Device } from '../graph/device';
import { confirmErrorTypes } from '../graph/errors';
import { TokenApiNextStep } from '../graph/nextStep';
import { ACCEPTED_TYPE, type ConfirmAnswer, typeOf } from './answers';

const VERSION = 1;

/** `claim` is a random id of the claim itself, `claimedAt` is in milliseconds since 1970. */
export interface Claim {
  readonly claim: string;
  readonly claimedAt: number;
}

/** What a record says. `unknown`: it was written by a release that says more than this one understands. */
export type Understood =
  | { state: 'claimed'; claimedAt: number }
  | { state: 'answered'; answer: ConfirmAnswer }
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
  z.object({ v: z.literal(VERSION), state: z.literal('about-to-send'), claim: z.string(), claimedAt: z.number() }),
  z.object({ v: z.literal(VERSION), state: z.literal('answered'), answer }),
]);

/** What 0.1.0 wrote, without a version. */
const formerRecord = z.object({
  v: z.undefined().optional(),
  deviceId: z.string(),
  claimedAt: z.number(),
  answer: z.unknown().optional(),
});

/** A claim as it is stored: from here on a call may be under way. */
export const claimText = (claim: Claim): string => JSON.stringify({ v: VERSION, state: 'about-to-send', ...claim });

/** The device of an answer is not stored: it is the key's. */
export const answerText = (given: ConfirmAnswer): string =>
  JSON.stringify({ v: VERSION, state: 'answered', answer: { ...given, type: typeOf(given), device: undefined } });

/** @param device whose key it is */
export function understood(text: string, device: Device): Understood {
  const { data } = record.safeParse(valueFrom(text));
  if (!data) return { state: 'unknown' };
  if (data.state === 'answered') return { state: 'answered', answer: answerFrom(data.answer, device) };
  // Stryker disable next-line StringLiteral: the other two states are asked for, and this is what is left.
  return { state: 'claimed', claimedAt: data.claimedAt };
}

/**
 * The same of a record of 0.1.0.
 *
 * @returns undefined if it is about another device: then it is another key
 */
export function understoodFormer(text: string, device: Device): Understood | undefined {
  const { data } = formerRecord.safeParse(valueFrom(text));
  if (!data) return { state: 'unknown' };
  if (data.deviceId !== device.id) return undefined;
  // Stryker disable next-line StringLiteral: as above.
  if (data.answer === undefined) return { state: 'claimed', claimedAt: data.claimedAt };
  const stored = answer.safeParse(data.answer);
  return stored.data ? { state: 'answered', answer: answerFrom(stored.data, device) } : { state: 'unknown' };
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
