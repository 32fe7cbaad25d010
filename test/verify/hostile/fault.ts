// What an upstream can do to a request, and what a user must then get. The lists are in the files beside this one.

import type { Weighted } from '../random';

/** What a user must get: the type of the answer, and what else is agreed about it. */
export interface Expected {
  type: string;
  code?: string;
  nextStep?: string;
}

/** Faults of one kind, which a naive client gets wrong in one way. */
export const families = [
  'good',
  'connection dies',
  'late',
  'cut short',
  'not HTTP',
  'too large or encoded',
  'redirect',
  'undecided status',
  'no envelope',
  'whose answer',
  'odd code',
  'refusal',
  'refused by status',
] as const;
export type Family = (typeof families)[number];

/** One request as the hostile upstream has it before it. */
export interface Question {
  action: string;
  device: string;
  requestId: string;
  token: string;
}

export interface Exchange extends Question {
  readonly random: () => number;
  send(bytes: string | Buffer): void;
  /** Sends the rest, then FIN. */
  finish(bytes?: string | Buffer): void;
  /** RST: what the other side has not read yet is lost to it. */
  reset(): void;
  /** Does something later, unless the connection is gone by then. */
  later(ms: number, step: () => void): void;
  /** Whatever comes next on this connection meets this fault. */
  doom(fault: Fault): void;
}

export interface Fault extends Weighted {
  readonly name: string;
  readonly family: Family;
  /** Any of these is true. */
  readonly expected: readonly Expected[];
  /** Words of the upstream that must not reach a user. */
  readonly withheld?: string;
  play(exchange: Exchange): void;
}

/** What happens to a connection before anything was read from it. */
export interface ConnectionFault extends Weighted {
  readonly name: string;
  /** What a request that arrives nevertheless is entered as. */
  readonly fault: Fault;
  play(connection: Exchange): void;
}

export const accepted: Expected = { type: 'ConfirmFirmwareUpgradeSuccess' };

export const unknown: Expected = {
  type: 'FirmwareUpgradeOutcomeUnknownError',
  code: 'Gateway.OutcomeUnknown',
  nextStep: 'CHECK_STATUS',
};

export const refusedByStatus = (status: number): Expected =>
  status === 429
    ? { type: 'TokenApiRateLimitedError', code: 'HTTP_429', nextStep: 'RETRY' }
    : { type: 'TokenApiUnknownCodeError', code: `HTTP_${status}`, nextStep: 'GIVE_UP' };

export function faultOf(
  family: Family,
  name: string,
  expected: Expected | readonly Expected[],
  play: (exchange: Exchange) => void,
  { weight = 1, withheld }: { weight?: number; withheld?: string } = {},
): Fault {
  return {
    name,
    family,
    expected: 'type' in expected ? [expected] : expected,
    weight,
    ...(withheld !== undefined && { withheld }),
    play,
  };
}
