// What the headers of a GraphQL request say, or the reason why they are none of one.

import type { IncomingMessage } from 'node:http';
import { LRUCache } from 'lru-cache';
import Negotiator from 'negotiator';
import type { forms } from './streams';

export const JSON_TYPE = 'application/json; charset=utf-8';
export const GRAPHQL_TYPE = 'application/graphql-response+json; charset=utf-8';

/** A request that is not a GraphQL request. Nothing of it was executed. */
export class BadRequest extends Error {
  constructor(
    readonly status: number,
    message: string,
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(message);
  }

  /** The answer's body, in the shape of a GraphQL error. */
  get body(): string {
    const code = codes[this.status] ?? 'BAD_REQUEST';
    return `${JSON.stringify({ errors: [{ message: this.message, extensions: { code } }] })}\n`;
  }
}

const codes: Readonly<Record<number, string>> = {
  401: 'UNAUTHENTICATED',
  403: 'FORBIDDEN',
  429: 'TOO_MANY_OPERATIONS',
  500: 'INTERNAL_SERVER_ERROR',
  503: 'SERVICE_UNAVAILABLE',
};

/** What a client accepts: for an answer that comes whole, and for a stream. At least one of them is there. */
export interface Accepted {
  readonly answer: string | undefined;
  readonly stream: keyof typeof forms | undefined;
}

const ACCEPTS_JSON: Accepted = { answer: JSON_TYPE, stream: undefined };

/**
 * What the client accepts.
 *
 * @throws BadRequest
 */
export function acceptedFrom(accept: string | undefined): Accepted {
  // An empty header names nothing, as none does.
  if (!accept || accept === '*/*' || accept === 'application/json') return ACCEPTS_JSON;
  const known = acceptedBefore.get(accept);
  if (known) return known;
  const answer = new Negotiator({ headers: { accept } }).mediaType([JSON_TYPE, GRAPHQL_TYPE]);
  const stream = streamFrom(accept);
  if (answer === undefined && stream !== 'sse')
    throw new BadRequest(
      406,
      'Accept is expected to admit application/json or application/graphql-response+json, or text/event-stream. The callback protocol is not supported.',
    );
  const accepted = { answer, stream };
  if (accept.length <= ACCEPT_CHARACTERS) acceptedBefore.set(accept, accepted);
  return accepted;
}

/** By name: whoever accepts anything expects no stream. */
function streamFrom(accept: string): Accepted['stream'] {
  if (/\btext\/event-stream\b/i.test(accept)) return 'sse';
  return /\bmultipart\/mixed\b[^,]*;\s*subscriptionSpec="?1\.0\b/i.test(accept) ? 'multipart' : undefined;
}

/** Those of the headers that clients keep sending: to negotiate takes some microseconds. Longer headers are negotiated each time. */
const acceptedBefore = new LRUCache<string, Accepted>({ max: 100 });
const ACCEPT_CHARACTERS = 256;

/** @throws BadRequest on headers that a GraphQL request does not have */
export function checkHeaders({ headers, rawHeaders }: IncomingMessage): void {
  // Which says that it is not encoded.
  if (headers['content-encoding']?.split(',').some((coding) => !/^(identity)?$/i.test(coding.trim())))
    throw new BadRequest(415, 'The body is expected without a Content-Encoding.');
  checkContentType(headers['content-type']);
  checkAuthorizations(rawHeaders);
}

/** HTTP/1.1 requires it; HTTP/1.0 does not. */
export const lacksHost = ({ httpVersion, headers }: IncomingMessage): boolean =>
  httpVersion === '1.1' && headers.host === undefined;

/** @throws BadRequest if it lacks what HTTP/1.1 requires */
export function checkHost(request: IncomingMessage): void {
  if (lacksHost(request)) throw new BadRequest(400, 'The header host is expected.');
}

/** @throws BadRequest on more than one token */
export function checkAuthorizations(rawHeaders: readonly string[]): void {
  // Node keeps the first of several silently; which one a proxy in front checked, nobody knows.
  let authorizations = 0;
  for (let i = 0; i < rawHeaders.length; i += 2)
    if (rawHeaders[i]?.length === 13 && rawHeaders[i]?.toLowerCase() === 'authorization') authorizations++;
  if (authorizations > 1) throw new BadRequest(400, 'At most one Authorization header is expected.');
}

function checkContentType(contentType: string | undefined): void {
  if (contentType === 'application/json') return;
  const [essence, ...parameters] = (contentType ?? '').split(';').map((part) => part.trim().toLowerCase());
  if (essence !== 'application/json') throw new BadRequest(415, 'Content-Type is expected to be application/json.');
  const charset = parameters.find((parameter) => parameter.startsWith('charset='));
  if (charset !== undefined && !/^charset="?utf-?8"?$/.test(charset))
    throw new BadRequest(415, 'The charset is expected to be utf-8.');
}
