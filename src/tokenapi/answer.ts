// What the bytes of an answer mean. Knows both envelopes, and which member of them decides; knows no sockets.

import { isKnownCode, knownCodeFrom } from './codes';
import { NoAnswer, Refused, RefusedByStatus } from './errors';
import { type Redact, redactFor, redactTexts } from './redaction';
import { retryAfterMsFrom } from './retryAfter';
import { bounded } from './text';

/** A complete HTTP answer: its last status and its whole body. */
export interface Reply {
  status: number;
  body: string;
  /** The header as it came. */
  retryAfter: string | undefined;
}

type Fields = Record<string, unknown>;

/** The 4xx statuses that do not mean "refused": the platform may have acted on the request, or may yet. */
const undecided4xx: ReadonlySet<number> = new Set([408, 421, 425]);

/** Of these statuses a `Retry-After` counts. */
const PAUSING: ReadonlySet<number> = new Set([429, 503]);

/** A code with which the `msg` of an answer begins that has no other: it counts if it is known. Blanks, brackets or quotation marks may be around it. */
const LEADING_CODE = /^[\s"'[(\u3010]{0,8}([A-Za-z0-9_]{1,64}(?:\.[A-Za-z0-9_]{1,64}){0,3})(?!\.?[A-Za-z0-9_])/;
const SEPARATOR = /^[\s"'\])\u3011|:\uff1a.\u3002,\uff0c]{0,8}/;
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
 * The fields of a successful answer: the members beside `RequestId`. No text of them holds the token. What decides is the table in
 * docs/errors.md.
 *
 * @throws Refused if the platform says so about this very call, whatever the HTTP status
 * @throws RefusedByStatus on a 4xx that says no more
 * @throws NoAnswer on everything else: nothing may be concluded from it
 */
export function fieldsOf({ status, body, retryAfter }: Reply, { requestId, token, compared }: AnsweredCall): Fields {
  const envelope = fieldsFrom(parsed(body));
  const redact = redactFor(token, body);
  const response = fieldsFrom(envelope?.Response);
  const data = fieldsFrom(envelope?.data);
  const isOurs = isOf(requestId, envelope, response ?? {}, data ?? {});
  const number = numberFrom(envelope?.code);

  const refused = envelope && isOurs ? refusalFrom(envelope, response, data, number) : undefined;
  const retryAfterMs = PAUSING.has(status) ? retryAfterMsFrom(retryAfter) : undefined;
  if (refused)
    throw new Refused(shownCode(refused.code, redact), bounded(redact(refused.text)), requestId, retryAfterMs);
  if (status >= 400 && status < 500 && !undecided4xx.has(status))
    throw new RefusedByStatus(status, requestId, retryAfterMs);
  // Stryker disable next-line ConditionalExpression: the wire brings no final status below 200.
  if (status < 200 || status > 299)
    throw new NoAnswer(`The platform answered with HTTP status ${status}.`, requestId, { retryAfterMs });

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

/**
 * Whether the answer is of this call. A RequestId beside `Response` and `data` may be of a gateway on the way: it counts where these
 * have none.
 *
 * @throws NoAnswer if it is of another call
 */
function isOf(requestId: string, envelope: Fields | undefined, response: Fields, data: Fields): boolean {
  const isInside = isGiven(response.RequestId) || isGiven(data.RequestId);
  // An error is of the call that the RequestId beside it names.
  const beside = !isInside || hasError(envelope) ? envelope?.RequestId : undefined;
  const isOther = (id: unknown) => isGiven(id) && id !== requestId;
  if (isOther(response.RequestId) || isOther(data.RequestId) || isOther(beside))
    throw new NoAnswer('The answer carries the RequestId of another call.', requestId, { hasWrongRequestId: true });
  return isInside || isGiven(beside);
}

/** An empty RequestId is none. */
const isGiven = (id: unknown): boolean => id !== undefined && id !== null && id !== '';

interface Refusal {
  code: string;
  text: string;
}

function refusalFrom(
  envelope: Fields,
  response: Fields | undefined,
  data: Fields | undefined,
  number: number | undefined,
): Refusal | undefined {
  for (const holder of [response, data, envelope]) {
    const error = fieldsFrom(holder?.Error);
    if (typeof error?.Code === 'string' && error.Code !== '')
      return refusalOf(error.Code, typeof error.Message === 'string' ? error.Message : '');
  }
  if (number === 0 || (number === undefined && response)) return undefined;
  const text = typeof envelope.msg === 'object' ? '' : String(envelope.msg ?? '').trimStart();
  const [before = '', code] = LEADING_CODE.exec(text) ?? [];
  if (code !== undefined && knownCodeFrom(code))
    return refusalOf(code, text.slice(before.length).replace(SEPARATOR, ''));
  return number === undefined ? undefined : { code: String(number), text };
}

/** The code that counts, and the text that goes with it: the one in an `InternalError`'s message, where there is one. */
function refusalOf(code: string, text: string): Refusal {
  const hidden = code.split('.', 1)[0] === 'InternalError' ? HIDDEN_CODE.exec(text)?.[1] : undefined;
  if (!hidden || !(hidden.includes('.') || isKnownCode(hidden))) return { code, text };
  return { code: hidden, text: text.slice(hidden.length + 1) };
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
    return JSON.parse(withoutPadding(body));
  } catch {
    return undefined;
  }
}

/** Without the byte order mark, blanks and control characters that some software puts around a text: they say nothing. */
function withoutPadding(text: string): string {
  const isPadding = (at: number) => text.charCodeAt(at) <= 0x20 || text.charCodeAt(at) === 0xfeff;
  let [start, end] = [0, text.length];
  while (start < end && isPadding(start)) start++;
  while (end > start && isPadding(end - 1)) end--;
  return text.slice(start, end);
}
