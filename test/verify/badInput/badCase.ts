// One request that must not get through, and how its answer is judged.

import { CONFIRM } from '../client';
import { bytesOf, type RawReply, type RawRequest } from '../rawHttp';
import type { Run } from '../run';
import { PRODUCT } from '../run';

/** Rows of bad input; for each the naive gateway must be caught. */
export const rows = [
  'many at once',
  'transport',
  'accept',
  'authorization',
  'encoding',
  'body',
  'document',
  'names',
  'types',
  'values',
  'token',
  'parser',
] as const;
export type Row = (typeof rows)[number];

export interface BadCase {
  readonly row: Row;
  readonly name: string;
  readonly bytes: Buffer;
  /** The statuses that are right; any 4xx if absent. */
  readonly status?: readonly number[];
  /** HTTP 200 and this type of error. */
  readonly expectedType?: string;
  /** It can happen to be right: then it must not be executed for want of a token. */
  readonly mayBeRight?: boolean;
  /** The client says that nothing more comes. */
  readonly halfClose?: boolean;
}

export interface CaseFactory {
  /** A value that must not come back. */
  readonly value: string;
  readonly authorization: readonly [string, string];
  /** Headers of a request that would be right. */
  readonly headers: readonly (readonly [string, string])[];
  /** The body of a confirm that would be right. */
  readonly confirm: string;
  request(row: Row, name: string, request: RawRequest, expected?: Pick<BadCase, 'status' | 'expectedType'>): BadCase;
  /** A right request but for its document. */
  document(row: Row, name: string, query: string, variables?: object): BadCase;
  raw(row: Row, name: string, text: string | Buffer, expected?: Partial<BadCase>): BadCase;
}

export const JSON_TYPE = ['Content-Type', 'application/json'] as const;

export function caseFactoryFor(run: Run): CaseFactory {
  const authorization = ['Authorization', `Bearer ${run.canary.token(0)}`] as const;
  const headers = [JSON_TYPE, authorization];
  const confirm = JSON.stringify({ query: CONFIRM, variables: { productId: PRODUCT, deviceName: 'never' } });
  const request: CaseFactory['request'] = (row, name, given, expected) => ({
    row,
    name,
    bytes: bytesOf({ headers, body: confirm, ...given }),
    ...expected,
  });
  return {
    value: run.canary.value,
    authorization,
    headers,
    confirm,
    request,
    document: (row, name, query, variables = {}) =>
      request(row, name, { body: JSON.stringify({ query, variables }) }, { status: [400] }),
    raw: (row, name, text, expected) => ({ row, name, bytes: Buffer.from(text), ...expected }),
  };
}

/** What is wrong about the answer to a request that was bad. */
export function faultsOf(
  { row, status, expectedType, mayBeRight }: BadCase,
  reply: RawReply,
  canaryValue: string,
): string[] {
  const faults: string[] = [];
  const text = `${reply.head}\n${reply.body}`;
  if (reply.status === undefined) faults.push('no answer');
  else if (reply.status >= 500) faults.push(`status ${reply.status}`);
  else if (expectedType !== undefined) {
    const type = /"__typename":"(\w+)"/.exec(reply.body)?.[1];
    if (reply.status !== 200 || type !== expectedType)
      faults.push(`expected ${expectedType}, got ${reply.status} ${type}`);
  } else if (reply.status < 400 && !mayBeRight) faults.push(`status ${reply.status}`);
  else if (status && !status.includes(reply.status)) faults.push(`expected ${status}, got ${reply.status}`);
  if (/text\/html/i.test(reply.head) || /^\s*</.test(reply.body)) faults.push('HTML');
  // What the parser itself refuses has no body.
  if (!isJson(reply.body) && !(row === 'parser' && reply.body === '')) faults.push('the body is not JSON');
  if (/did you mean/i.test(text)) faults.push('a suggestion');
  if (text.includes(canaryValue)) faults.push('repeats a value');
  if (/\.js:\d|node_modules|"stacktrace"/.test(text)) faults.push('a stack');
  return faults;
}

function isJson(body: string): boolean {
  try {
    return typeof JSON.parse(body) === 'object';
  } catch {
    return false;
  }
}
