// The members of a GraphQL request, from a body that is whole and bounded, from the parameters of a GET or from a message; or the
// reason why they are none.

import { isUtf8 } from 'node:buffer';
import type { AskedRequest } from '../engine/messages';
import { BadRequest } from './request';

/** Values of a body's JSON, counted by its commas and opening brackets, before it is parsed. A thousand representations have 5,000. */
export const VALUES_LIMIT = 32_768;

/**
 * The GraphQL request that a body holds.
 *
 * @throws BadRequest
 */
export function graphQLRequestFrom(body: Buffer): AskedRequest {
  if (!isUtf8(body)) throw new BadRequest(400, 'The body is expected to be UTF-8.');
  if (holdsTooManyValues(body))
    throw new BadRequest(400, `The body is expected to hold at most ${VALUES_LIMIT} values.`);
  const value = jsonFrom('The body', body.toString());
  if (Array.isArray(value))
    throw new BadRequest(400, 'One operation a request is expected: batches are not supported.');
  if (typeof value !== 'object' || value === null)
    throw new BadRequest(400, 'The body is expected to be a JSON object.');
  return requestFrom(value as Record<string, unknown>);
}

/** Whether the parameters of a GET ask for something. */
export const holdsOperation = (search: string): boolean => /(^|&)(query|documentId|extensions)=/.test(search);

/**
 * The GraphQL request that the parameters of a GET are.
 *
 * @throws BadRequest
 */
export function graphQLRequestIn(search: string): AskedRequest {
  const parameters = new URLSearchParams(search);
  const only = (name: string) => {
    const [value, ...others] = parameters.getAll(name);
    // Which one a proxy in front has looked at, nobody knows.
    if (others.length > 0) throw new BadRequest(400, `\`${name}\` is expected once.`);
    return value;
  };
  const json = (name: string) => {
    const text = only(name);
    return text ? jsonFrom(`\`${name}\``, text) : undefined;
  };
  const [query, documentId, operationName] = ['query', 'documentId', 'operationName'].map(only);
  const [variables, extensions] = ['variables', 'extensions'].map(json);
  return requestFrom({ query, documentId, operationName, variables, extensions }, true);
}

/**
 * The GraphQL request that an object is.
 *
 * @throws BadRequest
 */
export function requestFrom(members: Readonly<Record<string, unknown>>, isGet = false): AskedRequest {
  const query = textFrom('query', members.query);
  const documentId = textFrom('documentId', members.documentId);
  const extensions = recordFrom('extensions', members.extensions);
  if (query === null && documentId === null && !extensions?.persistedQuery)
    throw new BadRequest(400, '`query` is expected to be a non-empty string.');
  return {
    query,
    documentId,
    operationName: textFrom('operationName', members.operationName),
    variables: recordFrom('variables', members.variables),
    extensions,
    isGet,
  };
}

/** Some clients begin a text with a byte order mark, which is none of it. */
export const withoutMark = (text: string): string => (text.startsWith('\uFEFF') ? text.slice(1) : text);

function jsonFrom(what: string, text: string): unknown {
  try {
    return JSON.parse(withoutMark(text));
  } catch {
    throw new BadRequest(400, `${what} is expected to be JSON.`);
  }
}

const [COMMA, BRACKET, BRACE] = [',', '[', '{'].map((character) => character.charCodeAt(0));

/** Half a megabyte of empty lists becomes ten megabytes of values. A text that is shorter than the limit cannot hold as many. */
export function holdsTooManyValues(body: Buffer): boolean {
  if (body.length <= VALUES_LIMIT) return false;
  let values = 0;
  for (const byte of body) if (byte === COMMA || byte === BRACKET || byte === BRACE) values++;
  return values > VALUES_LIMIT;
}

/** Clients leave out what they have not, or send it empty. */
function textFrom(name: string, value: unknown): string | null {
  if (value === undefined || value === null || value === '') return null;
  if (typeof value === 'string') return value;
  throw new BadRequest(400, `\`${name}\` is expected to be a string.`);
}

function recordFrom(name: string, value: unknown): Record<string, unknown> | null {
  if (value === undefined || value === null) return null;
  if (typeof value === 'object' && !Array.isArray(value)) return value as Record<string, unknown>;
  throw new BadRequest(400, `\`${name}\` is expected to be an object.`);
}
