// Parts of the platform's words are remembered: the whole of them is not kept for that.

import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { bounded, TEXT_LIMIT_CHARACTERS } from '../../src/tokenapi/text';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

const COUNT = 500;
const CHARACTERS = 60_000;

function heldBytes(partOf: (text: string) => string): number {
  collect();
  const before = process.memoryUsage().heapUsed;
  const parts = Array.from({ length: COUNT }, (_, i) => partOf(`${i}${'a'.repeat(CHARACTERS)}`));
  collect();
  const held = process.memoryUsage().heapUsed - before;
  expect(parts[COUNT - 1]).toHaveLength(TEXT_LIMIT_CHARACTERS);
  return held;
}

it('a part of a long text holds no more than itself', () => {
  expect(heldBytes(bounded)).toBeLessThan(COUNT * TEXT_LIMIT_CHARACTERS * 4);
  // What is cut and not copied holds the whole.
  expect(heldBytes((text) => JSON.parse(JSON.stringify(text)).slice(0, TEXT_LIMIT_CHARACTERS))).toBeGreaterThan(
    (COUNT * CHARACTERS) / 2,
  );
});

it('is cut at the limit, and well-formed', () => {
  expect(bounded('ab')).toBe('ab');
  expect(bounded(`a\ud800`)).toBe('a\ufffd');
  expect(bounded('新😀b', 2)).toBe('新\ufffd');
});
