// Whom a trusted router names in a header: the user to whom keys, shared presses and shares belong, whatever the token.

import { ownerFromUser } from '../confirms/names';

/** 1 to 256 visible ASCII characters. A space is not among them: Node joins several headers of one name with one. */
const USER = /^[\x21-\x7e]{1,256}$/;

/**
 * @param name of the header, in small letters
 * @returns the hash that stands for the user; undefined if the header is not there exactly once, or holds what cannot be a name
 */
export function ownerNamedIn(rawHeaders: readonly string[], name: string): string | undefined {
  const users = rawHeaders.filter((_value, i) => i % 2 === 1 && rawHeaders[i - 1]?.toLowerCase() === name);
  const [user = ''] = users;
  return users.length === 1 && USER.test(user) ? ownerFromUser(user) : undefined;
}
