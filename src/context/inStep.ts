// Timers of many that go off together: a process that sleeps in between pays for each time that it is woken.

const STEP_MS = 50;

/** @returns the first moment after so many milliseconds that it shares with others, in milliseconds from now */
export function inStep(ms: number): number {
  const now = performance.now();
  return Math.ceil((now + ms) / STEP_MS) * STEP_MS - now;
}
