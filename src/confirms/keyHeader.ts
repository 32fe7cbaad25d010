// The header Idempotency-Key: as everybody sends it, which is the key itself, and as the IETF's draft writes it, which is a string of
// a structured field.

import { InvalidArgument } from '../tokenapi/errors';

/** A string: printable ASCII in which a backslash stands before a quotation mark and before another backslash, and nowhere else. */
const STRING = String.raw`"((?:[ !#-[\]-~]|\\["\\])*)"`;
/** Parameters that may follow it. The draft gives none a meaning, and unknown ones are to be ignored. */
const PARAMETERS = String.raw`(?:; *[a-z*][a-z0-9_.*-]*(?:=(?:"(?:[ !#-[\]-~]|\\["\\])*"|[\w:/*+.?=%-]+))?)*`;
const QUOTED = new RegExp(`^${STRING}${PARAMETERS}$`);

/**
 * The key that the header names; undefined if it names none.
 *
 * @see https://www.rfc-editor.org/rfc/rfc8941#section-3.3.3
 * @see https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header
 * @throws InvalidArgument if it begins as such a string and is none
 */
export function keyFromHeader(header: string | undefined): string | undefined {
  if (!header?.startsWith('"')) return header || undefined;
  const [, text] = QUOTED.exec(header) ?? [];
  if (text === undefined)
    throw new InvalidArgument(
      'The Idempotency-Key header is expected to be the key, or the key between quotation marks, in which `"` and `\\` follow a `\\`.',
    );
  return text.replace(/\\(.)/g, '$1') || undefined;
}
