// The forms of the environment's values: what each accepts, and what it says that it expected.

import { isIP } from 'node:net';
import { z } from 'zod';
import { redisAddressFrom } from './confirms/store/redisAddress';

/** Where the platform's documentation says the tokenapi is. @see https://cloud.tencent.com/document/product/1081/40773 */
export const DEFAULT_TOKENAPI_URL = 'https://iot.cloud.tencent.com/api/exploreropen/tokenapi';

export const port = (fallback: number) => whole(fallback, 0, 65_535);

export const whole = (fallback: number, least: number, most: number) =>
  anyWhole(least, most).prefault(String(fallback));

/** Without a default of its own. */
export const anyWhole = (least: number, most: number) =>
  z
    .string()
    .refine((text) => /^\d{1,9}$/.test(text) && Number(text) >= least && Number(text) <= most, {
      error: `expected a whole number from ${least} to ${most}`,
    })
    .transform(Number);

export const choice = <const Values extends readonly [string, ...string[]]>(values: Values, fallback: Values[number]) =>
  z.enum(values, { error: `expected ${values.join(' or ')}` }).default(fallback as never);

export const tokenApiUrl = z
  .string()
  .default(DEFAULT_TOKENAPI_URL)
  .refine((text) => URL.canParse(text) && isSafe(new URL(text)), {
    error: 'expected an https URL without credentials (http for loopback only)',
  })
  .transform((text) => new URL(text));

export const redisUrl = z
  .string()
  .refine((text) => redisAddressFrom(text) !== undefined, {
    error:
      'expected redis://host:port/database, redis+sentinel://host,host/name/database or redis+cluster://host,host (rediss for TLS)',
  })
  .optional();

export const proxyUrl = z
  .string()
  .refine((text) => URL.canParse(text) && /^https?:$/.test(new URL(text).protocol), {
    error: 'expected an http:// or https:// URL',
  })
  .optional();

/** What a header can carry whole: a line break at the end would be cut off on the way, and the secret never match. */
export const secret = z
  .string()
  .regex(/^[\x21-\x7e]{16,4096}$/, {
    error: 'expected 16 to 4096 visible ASCII characters, without spaces or line breaks, at the end either',
  })
  .optional();

/** Texts between commas, each of which is one that is expected. */
export const list = (expected: string, isExpected: (text: string) => boolean) =>
  z
    .string()
    .default('')
    .transform((text) =>
      text
        .split(',')
        .map((part) => part.trim())
        .filter((part) => part !== ''),
    )
    .refine((parts) => parts.every(isExpected), { error: expected });

/** Headers that mean something else here, or that HTTP itself reads. */
const TAKEN_HEADERS =
  /^(authorization|idempotency-key|x-router-secret|x-request-id|traceparent|tracestate|accept|origin|host|cookie|upgrade|connection|content-.*|sec-.*|transfer-encoding)$/;

export const ownerHeader = z
  .string()
  .toLowerCase()
  .regex(/^[a-z0-9-]{1,64}$/, { error: 'expected the name of a header: letters, digits and hyphens' })
  .refine((name) => !TAKEN_HEADERS.test(name), { error: 'expected a header that means nothing else' })
  .optional();

function isSafe(url: URL): boolean {
  if (url.username !== '' || url.password !== '' || url.hash !== '') return false;
  return url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url.hostname));
}

function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || (isIP(hostname) === 4 && hostname.startsWith('127.'));
}
