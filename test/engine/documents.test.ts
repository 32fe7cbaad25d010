// The documents that clients keep sending. What is remembered shows over HTTP only as time, so these ask for documents themselves.

import { createDocuments, DOCUMENTS_LIMIT, DOCUMENTS_LIMIT_BYTES, type Documents } from '../../src/engine/documents';
import { DOCUMENT_BYTES_LIMIT } from '../../src/engine/limits';
import { createSchema } from '../../src/engine/schema';

const schema = createSchema();

/** A document like no other of these. */
const documentNamed = (name: number) => `query Q${name} { __typename }`;

/** A document is kept from its second use on. */
const kept = (documents: Documents, query: string) => {
  documents.get(query);
  return documents.get(query);
};

it('keeps a document from its second use on', () => {
  const documents = createDocuments(schema);
  const first = documents.get(documentNamed(1));
  expect(documents.size()).toBe(0);
  const second = documents.get(documentNamed(1));
  expect(second).toEqual(first);
  expect(documents.size()).toBe(1);
  expect(documents.get(documentNamed(1))).toBe(second);
  expect(documents.size()).toBe(1);
});

it('forgets the least recently used document when there is one too many', () => {
  const documents = createDocuments(schema);
  const first = Array.from({ length: DOCUMENTS_LIMIT }, (_, i) => kept(documents, documentNamed(i)));
  // The oldest is used again: now the second is the one that was not used for longest.
  expect(documents.get(documentNamed(0))).toBe(first[0]);
  kept(documents, documentNamed(DOCUMENTS_LIMIT));
  expect(documents.size()).toBe(DOCUMENTS_LIMIT);
  for (const i of [0, 2, DOCUMENTS_LIMIT - 1]) expect(documents.get(documentNamed(i))).toBe(first[i]);
  expect(documents.get(documentNamed(1))).not.toBe(first[1]);
});

it('keeps what is used while any number of others come once, and forgets those', () => {
  const documents = createDocuments(schema);
  const used = kept(documents, documentNamed(0));
  documents.get(documentNamed(1));
  for (let i = 2; i <= DOCUMENTS_LIMIT + 1; i++) documents.get(documentNamed(i));
  expect(documents.size()).toBe(1);
  expect(documents.get(documentNamed(0))).toBe(used);
  documents.get(documentNamed(1));
  expect(documents.size()).toBe(1);
});

/** A document of so many bytes and half as many characters. */
const documentOf = (bytes: number, name = 1) => {
  const text = `${documentNamed(name)}#`;
  return text + 'é'.repeat((bytes - text.length) / 2) + ' '.repeat((bytes - text.length) % 2);
};

it('counts the bytes of all documents together, not their characters', () => {
  const documents = createDocuments(schema);
  const bytes = DOCUMENTS_LIMIT_BYTES / 16;
  expect(bytes).toBe(DOCUMENT_BYTES_LIMIT);
  const first = Array.from({ length: 16 }, (_, i) => kept(documents, documentOf(bytes, i)));
  expect(documents.size()).toBe(16);
  kept(documents, documentOf(bytes, 16));
  expect(documents.size()).toBe(16);
  expect(documents.get(documentOf(bytes, 1))).toBe(first[1]);
  expect(documents.get(documentOf(bytes, 0))).not.toBe(first[0]);
});

it('remembers no document that is refused', () => {
  const documents = createDocuments(schema);
  expect(kept(documents, documentOf(DOCUMENT_BYTES_LIMIT + 1))).toMatchObject({ code: 'GRAPHQL_PARSE_FAILED' });
  expect(kept(documents, '{ broken')).toMatchObject({ code: 'GRAPHQL_PARSE_FAILED' });
  expect(documents.size()).toBe(0);
});

it('knows a document as valid once it is noted to be, if it is remembered', () => {
  const documents = createDocuments(schema);
  expect(documents.get(documentNamed(0))).toMatchObject({ isValid: false });
  documents.setValid(documentNamed(0));
  expect(documents.get(documentNamed(0))).toMatchObject({ isValid: true });
  expect(documents.get(documentNamed(0))).toMatchObject({ isValid: true });
  expect(kept(documents, documentNamed(3))).toMatchObject({ isValid: false });
  documents.setValid(documentNamed(3));
  expect(documents.get(documentNamed(3))).toMatchObject({ isValid: true });
  expect(documents.get(documentNamed(1))).toMatchObject({ isValid: false });
  expect(() => documents.setValid(documentNamed(2))).not.toThrow();
});
