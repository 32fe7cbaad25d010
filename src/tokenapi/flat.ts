// Texts that live as long as a request, or longer, in the form that costs the garbage collector least.

import { randomFillSync } from 'node:crypto';

const ANY = /^/;

/**
 * The same text, stored as one string. V8 keeps a concatenation as a tree of its fragments until something reads it, and the
 * garbage collector walks the whole tree for as long as it lives. Matching a regular expression makes V8 join the fragments.
 */
export function flat(text: string): string {
  ANY.test(text);
  return text;
}

const DIGITS = '0123456789abcdef';
/** The digits from which the first one of the fourth group is taken. */
const VARIANTS = '89ab';
const VERSION = '4'.charCodeAt(0);
/** Where the first digit of each byte stands. */
const PLACES = [0, 2, 4, 6, 9, 11, 14, 16, 19, 21, 24, 26, 28, 30, 32, 34];
const uuid = Buffer.from('00000000-0000-0000-0000-000000000000');
/** Of 256 UUIDs: to ask for few bytes takes as long. */
const random = Buffer.alloc(256 * PLACES.length);
let used = random.length;

/** A version 4 UUID of RFC 9562. Node concatenates one from twenty fragments, and to join those costs more than to make it so. */
export function flatUUID(): string {
  if (used === random.length) {
    randomFillSync(random);
    used = 0;
  }
  for (const place of PLACES) {
    const byte = random.readUInt8(used++);
    uuid[place] = DIGITS.charCodeAt(byte >> 4);
    uuid[place + 1] = DIGITS.charCodeAt(byte & 15);
  }
  uuid[14] = VERSION;
  uuid[19] = VARIANTS.charCodeAt(random.readUInt8(used - 8) & 3);
  return uuid.toString('latin1');
}
