// The documents for GraphQL libraries, with the types of their answers: an app that uses them needs no code generator.

export * from './generated/documents.js';
export type * from './generated/types.js';
export type { TypedDocumentNode } from './typedDocument.js';
