// From an HTTP request to a GraphQL request, or to the reason why it is none. Bounds everything before it parses anything.

import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import Negotiator from 'negotiator';
import { BODY_LIMIT_BYTES } from '../engine/limits';
import type { GraphQLRequest } from '../engine/messages';

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
  500: 'INTERNAL_SERVER_ERROR',
  503: 'SERVICE_UNAVAILABLE',
};

/**
 * The type of answer that the client accepts.
 *
 * @throws BadRequest
 */
export function answerTypeFrom(accept: string | undefined): string {
  if (accept === undefined || accept === '*/*' || accept === 'application/json') return JSON_TYPE;
  const chosen = new Negotiator({ headers: { accept } }).mediaType([
    'application/json',
    'application/graphql-response+json',
  ]);
  if (chosen === undefined)
    throw new BadRequest(406, 'Accept is expected to admit application/json or application/graphql-response+json.');
  return chosen === 'application/json' ? JSON_TYPE : GRAPHQL_TYPE;
}

/** @throws BadRequest on headers that a GraphQL request does not have */
export function checkHeaders({ headers, rawHeaders }: IncomingMessage): void {
  if (headers['content-encoding'] !== undefined)
    throw new BadRequest(415, 'The body is expected without a Content-Encoding.');
  checkContentType(headers['content-type']);
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

/** What has come of a body. It is kept on its request, so that the listeners below are the same functions for all. */
interface Arriving {
  chunks: Buffer[];
  size: number;
  resolve(request: GraphQLRequest): void;
  reject(cause: Error): void;
}

const ARRIVING = Symbol('arriving');
type Request = IncomingMessage & { [ARRIVING]: Arriving };

/**
 * The GraphQL request that a body holds, once it is whole; the body itself is not kept.
 *
 * @throws BadRequest if it is too large, or holds none
 * @throws Error if the client leaves before its end
 */
export function graphQLRequestOf(request: IncomingMessage): Promise<GraphQLRequest> {
  return new Promise((resolve, reject) => {
    if (Number(request.headers['content-length']) > BODY_LIMIT_BYTES) return reject(tooLarge());
    (request as Request)[ARRIVING] = { chunks: [], size: 0, resolve, reject };
    // `close` always comes last. After `end` it changes nothing, since the promise is settled by then.
    request.on('data', onData).on('end', onEnd).on('close', onClose);
  });
}

function onData(this: Request, chunk: Buffer): void {
  const arriving = this[ARRIVING];
  arriving.chunks.push(chunk);
  arriving.size += chunk.length;
  if (arriving.size <= BODY_LIMIT_BYTES) return;
  // The rest is read and dropped, so that the client gets to see the answer.
  this.off('data', onData).resume();
  arriving.chunks = [];
  arriving.reject(tooLarge());
}

function onEnd(this: Request): void {
  const { chunks, resolve, reject } = this[ARRIVING];
  this[ARRIVING].chunks = [];
  try {
    resolve(graphQLRequestFrom(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks)));
  } catch (cause) {
    reject(cause as Error);
  }
}

function onClose(this: Request): void {
  this[ARRIVING].reject(new Error('The client left.'));
}

const tooLarge = () => new BadRequest(413, `The body is expected to have at most ${BODY_LIMIT_BYTES} bytes.`);

/** @throws BadRequest */
function graphQLRequestFrom(body: Buffer): GraphQLRequest {
  if (!isUtf8(body)) throw new BadRequest(400, 'The body is expected to be UTF-8.');
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
  const { query, operationName, variables, extensions } = value as Record<string, unknown>;
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

function recordFrom(name: string, value: unknown): Record<string, unknown> | null {
  if (value === undefined || value === null) return null;
  if (typeof value === 'object' && !Array.isArray(value)) return value as Record<string, unknown>;
  throw new BadRequest(400, `\`${name}\` is expected to be an object.`);
}
