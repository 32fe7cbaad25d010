// Many at once, boundedly: so many workers that each take the next number until there is none.

import { setTimeout as pause } from 'node:timers/promises';

/**
 * Does something for each number from 0, `workers` at a time.
 *
 * @param rampMs the workers come one after the other within so long
 */
export async function crowd(
  count: number,
  workers: number,
  act: (number: number) => Promise<void>,
  rampMs = 0,
): Promise<void> {
  let next = 0;
  const work = async (_: unknown, worker: number) => {
    if (rampMs > 0) await pause((worker / workers) * rampMs);
    while (next < count) await act(next++);
  };
  await Promise.all(Array.from({ length: Math.min(count, workers) }).map(work));
}
