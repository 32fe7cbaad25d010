// What is generated is current.

import { staleFiles } from '../../src/generate/generate';

it('has no stale generated file: if it has, run `npm run generate`', () => {
  expect(staleFiles()).toEqual([]);
});
