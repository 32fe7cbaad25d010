// The documents that clients keep sending: read and measured once, and bounded, since each distinct text costs memory.

import type { DocumentNode } from 'graphql';
import { type DocumentRefusal, documentFrom } from './limits';

export const DOCUMENTS_LIMIT = 250;
/** Of their texts together. A document takes some hundred times its text. */
export const DOCUMENTS_LIMIT_BYTES = 262_144;

/** A document that is within the limits. */
export interface KnownDocument {
  readonly document: DocumentNode;
  /** Apollo Server has validated it: it may be executed. */
  isValid: boolean;
}

export interface Documents {
  get(query: string): KnownDocument | DocumentRefusal;
  size(): number;
}

export const isRefusal = (known: KnownDocument | DocumentRefusal): known is DocumentRefusal => 'message' in known;

/** The least recently used documents go first. */
export function createDocuments(): Documents {
  const known = new Map<string, KnownDocument>();
  let bytes = 0;

  const forget = (query: string) => {
    known.delete(query);
    bytes -= query.length;
  };

  return {
    get(query) {
      const found = known.get(query);
      if (found) {
        known.delete(query);
        known.set(query, found);
        return found;
      }
      const read = documentFrom(query);
      if (!('kind' in read)) return read;
      const entry = { document: read, isValid: false };
      known.set(query, entry);
      bytes += query.length;
      for (const oldest of known.keys()) {
        if (known.size <= DOCUMENTS_LIMIT && bytes <= DOCUMENTS_LIMIT_BYTES) break;
        forget(oldest);
      }
      return entry;
    },
    size: () => known.size,
  };
}
