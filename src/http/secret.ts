// Whether a request comes from a router that knows this subgraph's secret.

import { createHash, timingSafeEqual } from 'node:crypto';

/**
 * Compares digests, which are of one length, and with each secret, so that the time it takes says nothing of them.
 *
 * @param secrets that are accepted; without any, whoever reaches the port may ask
 */
export function secretCheck(secrets: readonly string[]): (given: string | string[] | undefined) => boolean {
  if (secrets.length === 0) return () => true;
  const expected = secrets.map(digestOf);
  return (given) => {
    if (typeof given !== 'string') return false;
    const digest = digestOf(given);
    return expected.filter((one) => timingSafeEqual(one, digest)).length > 0;
  };
}

const digestOf = (text: string): Buffer => createHash('sha256').update(text).digest();
