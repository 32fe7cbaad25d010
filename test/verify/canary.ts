// Tokens that are recognised wherever they turn up, and the watch over everything that the gateway lets out.

import { randomFor } from './random';

const BASE64_SHIFTS = [0, 1, 2];

export interface Canary {
  /** A token, different for each number, that holds the mark. */
  token(number: number): string;
  /** A value that a client sends and must not get back. */
  readonly value: string;
  /** Watches one stream of bytes for tokens, across the borders of its chunks. */
  watch(source: string): (chunk: Buffer | string) => void;
  /** Watches one whole text. */
  inspect(source: string, whole: Buffer | string): void;
  /** Where tokens were found. */
  readonly found: string[];
  /** How many bytes of each kind of source were watched. */
  readonly watchedBytes: ReadonlyMap<string, number>;
}

export function createCanary(seed: number): Canary {
  const random = randomFor('canary', seed);
  const mark = `CANARY${letters(random, 14)}`;
  const needles = [mark, Buffer.from(mark).toString('hex'), ...base64Of(mark)].map((text) => Buffer.from(text));
  const tailBytes = Math.max(...needles.map(({ length }) => length)) - 1;
  const found: string[] = [];
  const watchedBytes = new Map<string, number>();

  const watch = (source: string) => {
    let tail: Buffer = Buffer.alloc(0);
    return (chunk: Buffer | string) => {
      const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
      watchedBytes.set(source, (watchedBytes.get(source) ?? 0) + bytes.length);
      const text = Buffer.concat([tail, bytes]);
      for (const needle of needles) {
        const at = text.indexOf(needle);
        if (at >= 0) found.push(`${source}: …${text.subarray(Math.max(0, at - 120), at + 60).toString('latin1')}…`);
      }
      tail = text.subarray(Math.max(0, text.length - tailBytes));
    };
  };

  return {
    token: (number) => `${mark}.${number.toString(36)}`,
    value: `ECHO${letters(random, 14)}`,
    watch,
    inspect: (source, whole) => watch(source)(whole),
    found,
    watchedBytes,
  };
}

const letters = (random: () => number, count: number): string =>
  Array.from({ length: count }, () => String.fromCharCode(97 + Math.floor(random() * 26))).join('');

/** What a text looks like inside a longer one that was encoded: one spelling for each place it can start at. */
function base64Of(text: string): string[] {
  return BASE64_SHIFTS.map((shift) => {
    const encoded = Buffer.from(`${'\0'.repeat(shift)}${text}`)
      .toString('base64')
      .replace(/=+$/, '');
    // The letters at either end depend on the neighbours.
    return encoded.slice(shift === 0 ? 0 : shift + 1, -1);
  });
}
