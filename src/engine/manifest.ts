// The file of trusted documents, in the two forms that tools write: an object of documents by their ids, as graphql-codegen's client
// preset and relay-compiler do, and Apollo's list of operations.

import { readFile } from 'node:fs/promises';
import { DOCUMENT_BYTES_LIMIT } from './limits';

export const TRUSTED_DOCUMENTS_LIMIT = 1000;
/** Of the texts of all trusted documents together. They stay parsed, which takes 25 times their text and more. */
export const TRUSTED_DOCUMENTS_LIMIT_BYTES = 1_048_576;

/** The text of each trusted document, by its id without a prefix. */
export type Manifest = ReadonlyMap<string, string>;

/** A manifest that cannot be used. The message says why, for whoever starts the gateway. */
export class ManifestFault extends Error {
  constructor(reason: string) {
    super(`TRUSTED_DOCUMENTS: ${reason}`);
  }
}

export const faultOfDocument = (id: string, reason: string): ManifestFault =>
  new ManifestFault(`the document ${JSON.stringify(id)} cannot be trusted: ${reason}`);

/** A SHA-256 is the same id with and without the prefix that GraphQL over HTTP gives it. */
export const withoutPrefix = (id: string): string => (id.startsWith('sha256:') ? id.slice('sha256:'.length) : id);

/** @throws ManifestFault */
export async function readManifest(path: string): Promise<Manifest> {
  let json: unknown;
  try {
    json = JSON.parse((await readFile(path, 'utf8')).replace(/^\uFEFF/, ''));
  } catch (cause) {
    throw new ManifestFault(`${path} cannot be read as JSON: ${(cause as Error).message}`);
  }
  return manifestFrom(json, path);
}

function manifestFrom(json: unknown, path: string): Manifest {
  if (typeof json !== 'object' || json === null || Array.isArray(json))
    throw new ManifestFault(`${path} is expected to hold a JSON object`);
  const entries = isApollos(json) ? entriesOfApollo(json, path) : Object.entries(json);
  if (entries.length === 0) throw new ManifestFault(`${path} holds no document`);
  if (entries.length > TRUSTED_DOCUMENTS_LIMIT)
    throw new ManifestFault(
      `${path} holds ${entries.length} documents; at most ${TRUSTED_DOCUMENTS_LIMIT} are allowed`,
    );
  const texts = new Map<string, string>();
  let bytes = 0;
  for (const [given, text] of entries) {
    if (typeof given !== 'string' || given === '') throw faultOfDocument(String(given), 'its id is no text');
    if (typeof text !== 'string') throw faultOfDocument(given, 'it is no text');
    const id = withoutPrefix(given);
    if (texts.has(id) && texts.get(id) !== text) throw faultOfDocument(given, 'another document has the same id');
    texts.set(id, text);
    // One that is too large is refused by itself.
    bytes += Math.min(Buffer.byteLength(text), DOCUMENT_BYTES_LIMIT);
  }
  if (bytes > TRUSTED_DOCUMENTS_LIMIT_BYTES)
    throw new ManifestFault(
      `${path} holds ${bytes} bytes of documents; at most ${TRUSTED_DOCUMENTS_LIMIT_BYTES} are allowed`,
    );
  return texts;
}

/** @see https://www.npmjs.com/package/@apollo/generate-persisted-query-manifest */
const isApollos = (json: object): boolean => 'format' in json && json.format === 'apollo-persisted-query-manifest';

function entriesOfApollo(json: object, path: string): [unknown, unknown][] {
  const { version, operations } = json as { version?: unknown; operations?: unknown };
  if (version !== 1) throw new ManifestFault(`${path} is expected to have the version 1`);
  if (!Array.isArray(operations)) throw new ManifestFault(`${path} is expected to have a list of operations`);
  return operations.map((operation) => [operation?.id, operation?.body]);
}
