// What the bytes of an answer mean. Knows both envelopes, and which member of them decides; knows no sockets.

import { isKnownCode, knownCodeFrom } from './codes';
import { NoAnswer, Refused, RefusedByStatus } from './errors';
import { type Redact, redactFor, redactTexts } from './redaction';
import { bounded } from './text';

/** A complete HTTP answer: its last status and its whole body. */
export interface Reply {
  status: number;
  body: string;
}

type Fields = Record<string, unknown>;

/** The 4xx statuses that do not mean "refused": the platform may have acted on the request, or may yet. */
const undecided4xx: ReadonlySet<number> = new Set([408, 421, 425]);

const NUMBER = /^-?\d{1,16}$/;
/** A code that an `InternalError` carries in its message, as in `InvalidParameterValue.UserLoginFailed|…`. */
const HIDDEN_CODE = /^([A-Za-z0-9_]{1,64}(?:\.[A-Za-z0-9_]{1,64}){0,3})\|/;

/** The call that an answer belongs to. */
export interface AnsweredCall {
  readonly requestId: string;
  readonly token: string;
  /** See `Action.compared`. */
  readonly compared: ReadonlySet<string> | undefined;
}

/**
 * The fields of a successful answer: the members beside `RequestId`. No text of them holds the token.
 *
 * @throws Refused if the platform says so about this very call, whatever the HTTP status
 * @throws RefusedByStatus on a 4xx that says no more
 * @throws NoAnswer on everything else: nothing may be concluded from it
 */
export function fieldsOf({ status, body }: Reply, { requestId, token, compared }: AnsweredCall): Fields {
  const envelope = fieldsFrom(parsed(body));
  const redact = redactFor(token, body);
  const response = fieldsFrom(envelope?.Response);
  const data = fieldsFrom(envelope?.data);
  const holders = [response, data, envelope];
  let isOurs = false;
  for (const holder of holders) {
    const echoed = holder?.RequestId;
    if (echoed === requestId) isOurs = true;
    else if (echoed !== undefined)
      throw new NoAnswer('The answer carries the RequestId of another call.', requestId, { hasWrongRequestId: true });
  }
  const number = numberFrom(envelope?.code);

  const refusal = envelope && isOurs ? refusalFrom(holders, envelope.msg, number, requestId, redact) : undefined;
  if (refusal) throw refusal;
  if (status >= 400 && status < 500 && !undecided4xx.has(status)) throw new RefusedByStatus(status, requestId);
  // Stryker disable next-line ConditionalExpression: the wire brings no final status below 200.
  if (status < 200 || status > 299) throw new NoAnswer(`The platform answered with HTTP status ${status}.`, requestId);

  const payload = response ?? (number === 0 ? data : undefined);
  if (!payload) throw new NoAnswer('The answer has neither of the known envelopes.', requestId);
  if (!isOurs)
    throw new NoAnswer('The answer does not carry the RequestId that was sent.', requestId, {
      hasWrongRequestId: true,
    });
  if (hasError(response) || hasError(data) || hasError(envelope))
    throw new NoAnswer('The answer has an error without a code.', requestId);
  redactTexts(payload, redact, compared);
  return payload;
}

function refusalFrom(
  holders: readonly (Fields | undefined)[],
  message: unknown,
  number: number | undefined,
  requestId: string,
  redact: Redact,
): Refused | undefined {
  const refused = (code: string, text: string) =>
    new Refused(shownCode(code, redact), bounded(redact(text)), requestId);
  for (const holder of holders) {
    const error = fieldsFrom(holder?.Error);
    if (typeof error?.Code === 'string' && error.Code !== '') {
      const [code, text] = codeAndTextFrom(error.Code, typeof error.Message === 'string' ? error.Message : '');
      return refused(code, text);
    }
  }
  if (number === undefined || number === 0) return undefined;
  return refused(String(number), typeof message === 'object' ? '' : String(message ?? ''));
}

/** The code that counts, and the text that goes with it: the one in an `InternalError`'s message, where there is one. */
function codeAndTextFrom(code: string, message: string): [string, string] {
  if (code.split('.', 1)[0] !== 'InternalError') return [code, message];
  const hidden = HIDDEN_CODE.exec(message)?.[1];
  if (!hidden || !(hidden.includes('.') || isKnownCode(hidden))) return [code, message];
  return [hidden, message.slice(hidden.length + 1)];
}

/** The code without the token. Where it would mean something else then, the known code is shown that it means: it is no secret. */
function shownCode(code: string, redact: Redact): string {
  const known = knownCodeFrom(codeFrom(code));
  const shown = codeFrom(redact(code));
  return known === undefined || knownCodeFrom(shown) === known ? shown : known;
}

/** The code verbatim if it looks like one; otherwise what is left of it, so that no other text is taken for a code. */
function codeFrom(code: string): string {
  return NUMBER.test(code) ? code : code.slice(0, 128).replace(/[^A-Za-z0-9_.]/g, '_');
}

const hasError = (holder: Fields | undefined): boolean => holder?.Error !== undefined && holder.Error !== null;

function numberFrom(value: unknown): number | undefined {
  if (typeof value === 'number') return value;
  return typeof value === 'string' && NUMBER.test(value) ? Number(value) : undefined;
}

function fieldsFrom(value: unknown): Fields | undefined {
  // Stryker disable next-line ConditionalExpression: null is read like undefined.
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : undefined;
}

/** The value of a JSON text; undefined if it is none. */
function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
