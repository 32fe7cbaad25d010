export * from './generated/documents.js';
export type * from './generated/types.js';
export type { TypedDocumentNode } from './typedDocument.js';
