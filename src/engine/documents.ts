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
  /** When it was last asked for, as a count. */
  usedAt: number;
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
  let uses = 0;

  /** Looks through all: rarer than reading a document, and cheaper. */
  const forgetLeastRecentlyUsed = () => {
    let least = ['', Number.POSITIVE_INFINITY] as [query: string, usedAt: number];
    for (const [query, { usedAt }] of known) if (usedAt < least[1]) least = [query, usedAt];
    known.delete(least[0]);
    bytes -= least[0].length;
  };

  return {
    get(query) {
      const found = known.get(query);
      if (found) {
        found.usedAt = ++uses;
        return found;
      }
      const read = documentFrom(query);
      if (!('kind' in read)) return read;
      const entry = { document: read, isValid: false, usedAt: ++uses };
      known.set(query, entry);
      bytes += query.length;
      while (known.size > DOCUMENTS_LIMIT || bytes > DOCUMENTS_LIMIT_BYTES) forgetLeastRecentlyUsed();
      return entry;
    },
    size: () => known.size,
  };
}
