// The judgement: what each user got, held against what the upstream wrote down.

import type { Answer } from './client';
import type { Expected } from './hostile/fault';
import type { LagMeter } from './lag';
import type { Ledger, Receipt } from './ledger';
import { ANSWER_GRACE_MS } from './run';

export interface Verdict {
  /** Devices whose confirm arrived more than once. */
  doubleSends: string[];
  /** "Not sent" of one that arrived. */
  falseNotSent: string[];
  /** "Accepted" of one that the upstream did not accept. */
  unprovenSuccess: string[];
  /** Anything else that is not what had to be answered. */
  contradicted: string[];
}

export const NOT_SENT = 'TokenApiUnavailableError';
const SUCCESS = 'ConfirmFirmwareUpgradeSuccess';
const UNKNOWN = 'FirmwareUpgradeOutcomeUnknownError';

/**
 * Judges confirms that were each for a device of their own.
 *
 * @param timeoutMs the gateway's deadline: whoever waited that long may get the answer that the outcome is unknown
 */
export function verdictOf(answers: readonly Answer[], ledger: Ledger, timeoutMs: number): Verdict {
  const verdict: Verdict = { doubleSends: [], falseNotSent: [], unprovenSuccess: [], contradicted: [] };
  for (const answer of answers) {
    const receipts = ledger.of(answer.device);
    const [receipt] = receipts;
    const line = lineOf(answer, receipts);
    if (receipts.length > 1) verdict.doubleSends.push(line);
    if (answer.left) continue;
    const type = answer.result?.__typename;
    if (type === NOT_SENT && receipt) verdict.falseNotSent.push(line);
    else if (type === SUCCESS && !isAccepted(receipt)) verdict.unprovenSuccess.push(line);
    else if (!isAsExpected(answer, receipt, timeoutMs)) verdict.contradicted.push(line);
  }
  return verdict;
}

const isAccepted = (receipt: Receipt | undefined): boolean =>
  receipt?.complete === true && receipt.fault.expected.some(({ type }) => type === SUCCESS);

function isAsExpected(answer: Answer, receipt: Receipt | undefined, timeoutMs: number): boolean {
  const { result, status, headers, body } = answer;
  if (!result || status !== 200 || headers['retry-after'] !== undefined) return false;
  if (!receipt) return result.__typename === NOT_SENT || result.__typename === UNKNOWN;
  if (result.requestId !== receipt.requestId) return false;
  if (receipt.fault.withheld !== undefined && body.includes(receipt.fault.withheld)) return false;
  if (result.nextStep !== undefined && (result.nextStep === 'RETRY') !== (typeof result.retryAfterMs === 'number'))
    return false;
  const timedOut = answer.endedAt - answer.startedAt >= timeoutMs;
  if (result.__typename === UNKNOWN && (timedOut || !receipt.complete)) return true;
  return receipt.fault.expected.some(
    (expected: Expected) =>
      expected.type === result.__typename &&
      (expected.code === undefined || expected.code === result.code) &&
      (expected.nextStep === undefined || expected.nextStep === result.nextStep),
  );
}

export interface Lateness {
  /** Answers that came later than promised. */
  late: string[];
  /** How many more there would be, had the machine lost nothing meanwhile. */
  forgiven: number;
}

export function latenessOf(answers: readonly Answer[], timeoutMs: number, lag: LagMeter): Lateness {
  const late: string[] = [];
  let forgiven = 0;
  for (const { device, startedAt, endedAt, result, left } of answers) {
    const ms = endedAt - startedAt;
    if (left || ms <= timeoutMs + ANSWER_GRACE_MS) continue;
    const lost = lag.within(startedAt, endedAt);
    if (ms - lost <= timeoutMs + ANSWER_GRACE_MS) forgiven++;
    else
      late.push(
        `${device}: ${result?.__typename} after ${Math.round(ms)} ms (${Math.round(lost)} lost by the machine)`,
      );
  }
  return { late, forgiven };
}

function lineOf({ device, status, result, body, endedAt, startedAt }: Answer, receipts: readonly Receipt[]): string {
  const answered = result ? `${result.__typename} ${result.code ?? ''} ${result.nextStep ?? ''}` : body.slice(0, 200);
  const happened = receipts.map(({ fault, complete }) => `${complete ? '' : 'a part, '}${fault.name}`);
  const ms = Math.round(endedAt - startedAt);
  return `${device}: got ${status} ${answered} after ${ms} ms; arrived ${receipts.length} times: ${happened.join('; ')}`;
}
