// The documents that clients keep sending: parsed and measured once, and bounded, since each distinct text costs memory.

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
  /** Notes that a document is valid, if it is remembered. */
  setValid(query: string): void;
  size(): number;
}

export const isFault = (found: WithinLimits | DocumentFault): found is DocumentFault => 'message' in found;

/** The least recently used documents go first. */
export function createDocuments(schema: GraphQLSchema): Documents {
  const remembered = new LRUCache<string, WithinLimits>({
    max: DOCUMENTS_LIMIT,
    maxSize: DOCUMENTS_LIMIT_BYTES,
    sizeCalculation: (_document, query) => Buffer.byteLength(query),
  });
  return {
    get(query) {
      const found = remembered.get(query);
      if (found) return found;
      const document = documentFrom(query);
      if (!('kind' in document)) return document;
      const entry = { document, plans: plansFrom(document, schema), isValid: false };
      remembered.set(query, entry);
      return entry;
    },
    setValid(query) {
      const found = remembered.peek(query);
      if (found) found.isValid = true;
    },
    size: () => remembered.size,
  };
}
