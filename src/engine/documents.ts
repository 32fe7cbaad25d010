// The documents that clients keep sending: parsed and measured once, and bounded, since each distinct text costs memory. One that
// came once is remembered by its text alone: whoever sends none twice fills the memory with texts, and drives out nobody's document.

import type { DocumentNode, GraphQLSchema } from 'graphql';
import { LRUCache } from 'lru-cache';
import { type Plan, plansFrom } from './costPlan';
import { type DocumentFault, documentFrom } from './limits';

export const DOCUMENTS_LIMIT = 250;
/** Of the texts of all remembered documents together. A parsed document takes some hundred times its text. */
export const DOCUMENTS_LIMIT_BYTES = 262_144;

/** A document that is within the limits. */
export interface WithinLimits {
  readonly document: DocumentNode;
  /** Of each of its operations. */
  readonly plans: readonly Plan[];
  /** Apollo Server has validated it: it may be executed. */
  isValid: boolean;
}

export interface Documents {
  get(query: string): WithinLimits | DocumentFault;
  /** The same, and it is never forgotten. */
  keep(query: string): WithinLimits | DocumentFault;
  /** Notes that a document is valid, if it is remembered. */
  setValid(query: string): void;
  /** Those that are kept whole. */
  size(): number;
}

export const isFault = (found: WithinLimits | DocumentFault): found is DocumentFault => 'message' in found;

export function createDocuments(schema: GraphQLSchema): Documents {
  const once = leastRecentlyUsed<Pick<WithinLimits, 'isValid'>>();
  const kept = leastRecentlyUsed<WithinLimits>();
  const forGood = new Map<string, WithinLimits>();

  function readFrom(query: string, isValid = false): WithinLimits | DocumentFault {
    const document = documentFrom(query);
    return 'kind' in document ? { document, plans: plansFrom(document, schema), isValid } : document;
  }

  return {
    get(query) {
      const found = forGood.get(query) ?? kept.get(query);
      if (found) return found;
      const before = once.get(query);
      const entry = readFrom(query, before?.isValid);
      if (isFault(entry)) return entry;
      if (before) {
        once.delete(query);
        kept.set(query, entry);
      } else once.set(query, { isValid: false });
      return entry;
    },
    keep(query) {
      const entry = readFrom(query);
      if (!isFault(entry)) forGood.set(query, entry);
      return entry;
    },
    setValid(query) {
      const found = forGood.get(query) ?? kept.peek(query) ?? once.peek(query);
      if (found) found.isValid = true;
    },
    size: () => forGood.size + kept.size,
  };
}

/** The least recently used go first. */
const leastRecentlyUsed = <Value extends object>() =>
  new LRUCache<string, Value>({
    max: DOCUMENTS_LIMIT,
    maxSize: DOCUMENTS_LIMIT_BYTES,
    sizeCalculation: (_value, query) => Buffer.byteLength(query),
  });
