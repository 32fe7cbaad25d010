// From an HTTP request to a GraphQL request, or to the reason why it is none. The body is whole and bounded by then.

import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import { LRUCache } from 'lru-cache';
import Negotiator from 'negotiator';
import type { GraphQLRequest } from '../engine/messages';
import type { forms } from './streams';

export const JSON_TYPE = 'application/json; charset=utf-8';
export const GRAPHQL_TYPE = 'application/graphql-response+json; charset=utf-8';

/** Values of a body's JSON, counted by its commas and opening brackets, before it is parsed. A thousand representations have 5,000. */
export const VALUES_LIMIT = 32_768;

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
  if (accept === undefined || accept === '*/*' || accept === 'application/json') return ACCEPTS_JSON;
  const known = acceptedBefore.get(accept);
  if (known !== undefined) return known;
  const answer = new Negotiator({ headers: { accept } }).mediaType([JSON_TYPE, GRAPHQL_TYPE]);
  const stream = streamFrom(accept);
  if (answer === undefined && stream !== 'sse')
    throw new BadRequest(
      406,
      'Accept is expected to admit application/json or application/graphql-response+json, or text/event-stream.',
    );
  const accepted = { answer, stream };
  if (accept.length <= ACCEPT_CHARACTERS) acceptedBefore.set(accept, accepted);
  return accepted;
}

/** Those of the headers that clients keep sending: to negotiate takes some microseconds. Longer headers are negotiated each time. */
const acceptedBefore = new LRUCache<string, Accepted>({ max: 100 });
const ACCEPT_CHARACTERS = 256;

/** By name: whoever accepts anything expects no stream. */
function streamFrom(accept: string): Accepted['stream'] {
  if (/\btext\/event-stream\b/i.test(accept)) return 'sse';
  return /\bmultipart\/mixed\b[^,]*;\s*subscriptionSpec="?1\.0\b/i.test(accept) ? 'multipart' : undefined;
}

/** @throws BadRequest on headers that a GraphQL request does not have */
export function checkHeaders({ headers, rawHeaders }: IncomingMessage): void {
  if (headers['content-encoding'] !== undefined)
    throw new BadRequest(415, 'The body is expected without a Content-Encoding.');
  checkContentType(headers['content-type']);
  checkAuthorizations(rawHeaders);
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

/**
 * The GraphQL request that a body holds.
 *
 * @throws BadRequest
 */
export function graphQLRequestFrom(body: Buffer): GraphQLRequest {
  if (!isUtf8(body)) throw new BadRequest(400, 'The body is expected to be UTF-8.');
  if (holdsTooManyValues(body))
    throw new BadRequest(400, `The body is expected to hold at most ${VALUES_LIMIT} values.`);
  let value: unknown;
  try {
    value = JSON.parse(body.toString());
  } catch {
    throw new BadRequest(400, 'The body is expected to be JSON.');
  }
  if (Array.isArray(value))
    throw new BadRequest(400, 'One operation a request is expected: batches are not supported.');
  if (typeof value !== 'object' || value === null)
    throw new BadRequest(400, 'The body is expected to be a JSON object.');
  return requestFrom(value as Record<string, unknown>);
}

/**
 * The GraphQL request that an object is.
 *
 * @throws BadRequest
 */
export function requestFrom({ query, operationName, variables, extensions }: Record<string, unknown>): GraphQLRequest {
  if (typeof query !== 'string' || query === '')
    throw new BadRequest(400, '`query` is expected to be a non-empty string.');
  if (!(operationName === undefined || operationName === null || typeof operationName === 'string'))
    throw new BadRequest(400, '`operationName` is expected to be a string.');
  return {
    query,
    operationName: operationName ?? null,
    variables: recordFrom('variables', variables),
    extensions: recordFrom('extensions', extensions),
  };
}

const [COMMA, BRACKET, BRACE] = [',', '[', '{'].map((character) => character.charCodeAt(0));

/** Half a megabyte of empty lists becomes ten megabytes of values. A text that is shorter than the limit cannot hold as many. */
export function holdsTooManyValues(body: Buffer): boolean {
  if (body.length <= VALUES_LIMIT) return false;
  let values = 0;
  for (const byte of body) if (byte === COMMA || byte === BRACKET || byte === BRACE) values++;
  return values > VALUES_LIMIT;
}

function recordFrom(name: string, value: unknown): Record<string, unknown> | null {
  if (value === undefined || value === null) return null;
  if (typeof value === 'object' && !Array.isArray(value)) return value as Record<string, unknown>;
  throw new BadRequest(400, `\`${name}\` is expected to be an object.`);
}
