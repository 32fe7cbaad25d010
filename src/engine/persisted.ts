// Documents that a client names instead of sending them: by an id that the operator trusts, or by the hash of a text that a client
// has sent before. Here a request gets its text, before any lane sees it; all that holds of a text that was sent holds of this one.

import { hash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { isHealthCheck } from './healthCheck';
import { DOCUMENT_BYTES_LIMIT } from './limits';
import { type Manifest, withoutPrefix } from './manifest';
import { type AskedRequest, type FoundRequest, type GraphQLAnswer, type GraphQLRequest, refusal } from './messages';

export const PERSISTED_LIMIT = 1000;
/** Of the texts of all documents that clients have persisted. They are kept as texts. */
export const PERSISTED_LIMIT_BYTES = 1_048_576;

export interface PersistedOptions {
  /** Clients may persist documents by themselves. */
  readonly automatic: boolean;
  readonly trusted: Manifest | undefined;
  /** No document that is not trusted is executed. */
  readonly trustedOnly: boolean;
}

/** `unsupported`: neither kind is on. `refused`: its document may not be executed here, or is not what its hash says. */
export type PersistedResult = 'hit' | 'miss' | 'stored' | 'refused' | 'unsupported';

export interface Persisted {
  found(asked: AskedRequest): FoundRequest;
  /** The document of a request has been found valid. */
  validated(request: GraphQLRequest): void;
}

export function createPersisted(
  { automatic, trusted, trustedOnly }: PersistedOptions,
  report: (result: PersistedResult) => void,
): Persisted {
  const isAutomatic = automatic && !trustedOnly;
  const trustedTexts = new Set(trusted?.values());
  const stored = createStored();
  const isSupported = automatic || trusted !== undefined;

  function named(id: string | undefined, asked: AskedRequest): FoundRequest {
    // The two are worded, and have the status, as Apollo Server has them: clients that read them send the text.
    if (!isSupported) {
      report('unsupported');
      return refusal(200, 'PERSISTED_QUERY_NOT_SUPPORTED', 'PersistedQueryNotSupported');
    }
    if (id === undefined) return refused(WRONG_VERSION);
    const query = trusted?.get(id) ?? stored.get(id);
    report(query === undefined ? 'miss' : 'hit');
    if (query === undefined) return refusal(200, 'PERSISTED_QUERY_NOT_FOUND', 'PersistedQueryNotFound');
    return { ...asked, query };
  }

  function sent(request: GraphQLRequest, persistedQuery: unknown): FoundRequest {
    const { query, isGet } = request;
    if (trustedOnly && !trustedTexts.has(query) && !isHealthCheck(query)) return refused(NOT_TRUSTED);
    const persists = isAutomatic && Boolean(persistedQuery);
    if (isGet && !persists && !isHealthCheck(query)) return NO_DOCUMENT;
    if (!persists || Buffer.byteLength(query) > DOCUMENT_BYTES_LIMIT) return request;
    const persistAs = hashOf(persistedQuery);
    if (persistAs === undefined) return refused(WRONG_VERSION);
    if (stored.get(persistAs) === query) return request;
    return persistAs === hash('sha256', query) ? { ...request, persistAs } : refused(WRONG_HASH);
  }

  function refused(answer: GraphQLAnswer): GraphQLAnswer {
    report('refused');
    return answer;
  }

  return {
    found(asked) {
      const { query, documentId } = asked;
      const { persistedQuery } = asked.extensions ?? NOTHING;
      // Apollo Server has nothing to find any more, and would refuse what asks it to.
      const request = persistedQuery === undefined ? asked : withoutPersisted(asked);
      if (query !== null) return sent(request as GraphQLRequest, persistedQuery);
      return named(documentId === null ? hashOf(persistedQuery) : withoutPrefix(documentId), request);
    },
    validated({ query, persistAs }) {
      // A trusted id is found first whatever is stored, so none is ever taken over.
      if (persistAs === undefined || trusted?.has(persistAs) || stored.has(persistAs)) return;
      stored.set(persistAs, query);
      report('stored');
    },
  };
}

const WRONG_VERSION = refusal(400, 'BAD_REQUEST', 'Unsupported persisted query version');
const WRONG_HASH = refusal(400, 'BAD_REQUEST', 'provided sha does not match query');
const NOT_TRUSTED = refusal(
  400,
  'QUERY_NOT_IN_SAFELIST',
  'Trusted documents alone are executed here, and this is none of them.',
);
const NO_DOCUMENT = refusal(
  405,
  'BAD_REQUEST',
  'Documents are expected as POST requests. A GET names one that is persisted.',
);
const NOTHING: Readonly<Record<string, unknown>> = {};

function withoutPersisted(asked: AskedRequest): AskedRequest {
  const { persistedQuery: _, ...extensions } = asked.extensions ?? NOTHING;
  return { ...asked, extensions };
}

/** What stands for the document; undefined if it is not of the version that is spoken here. */
function hashOf(persistedQuery: unknown): string | undefined {
  const { version, sha256Hash } = Object(persistedQuery) as Record<string, unknown>;
  return version === 1 && typeof sha256Hash === 'string' ? withoutPrefix(sha256Hash) : undefined;
}

/** Texts by their hashes. One that was only stored is forgotten before one that was asked for: whoever stores many drives out nobody's. */
function createStored() {
  const [once, kept] = [leastRecentlyUsed(), leastRecentlyUsed()];
  return {
    has: (sha256: string) => kept.has(sha256) || once.has(sha256),
    get(sha256: string): string | undefined {
      const query = kept.get(sha256);
      if (query !== undefined) return query;
      const before = once.get(sha256);
      if (before === undefined) return undefined;
      once.delete(sha256);
      kept.set(sha256, before);
      return before;
    },
    set: (sha256: string, query: string) => void once.set(sha256, query),
  };
}

/** Half of what may be kept: there are two. */
const leastRecentlyUsed = () =>
  new LRUCache<string, string>({
    max: PERSISTED_LIMIT / 2,
    maxSize: PERSISTED_LIMIT_BYTES / 2,
    sizeCalculation: (query) => Buffer.byteLength(query),
  });
