// Members of a payload, taken for what they are meant to be: numbers come as strings at times, and anything may be absent.

import { z } from 'zod';
import { bounded, TEXT_LIMIT_CHARACTERS } from './text';

/** An integer, or a string of one. Anything else is undefined. */
export const integer = z
  .union([
    z.int(),
    z
      .string()
      .regex(/^\s*-?\d{1,15}\s*$/)
      .transform(Number),
  ])
  .optional()
  .catch(undefined);

/** A number, or a string of one. Anything else is undefined. */
export const number = z
  .union([
    z.number(),
    z
      .string()
      .regex(/^\s*-?\d{1,15}(\.\d{1,15})?%?\s*$/)
      .transform(Number.parseFloat),
  ])
  .optional()
  .catch(undefined);

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is cut off
const PADDING = /^[\s\x00-\x1f\x7f]+|[\s\x00-\x1f\x7f]+$/g;

/** A version, without the blanks and control characters that some devices send around theirs. If nothing is left, undefined. */
export const version = z
  .string()
  .transform((value) => bounded(value).replace(PADDING, '') || undefined)
  .optional()
  .catch(undefined);

/** A text that is not empty, cut at `limit` characters. Anything else is undefined. */
export const text = (limit = TEXT_LIMIT_CHARACTERS) =>
  z
    .string()
    .transform((value) => (value === '' ? undefined : bounded(value, limit)))
    .optional()
    .catch(undefined);
