// Stops asking an upstream that does not answer at all. A refusal, or any HTTP status, is a sign of life.

import { CircuitState, ConsecutiveBreaker, circuitBreaker, handleWhen } from 'cockatiel';
import type { Reply } from './answer';
import { WireFailure } from './wire';

/** So many attempts in a row without a sign of life open the circuit. */
export const BREAKER_FAILURES = 20;
/** So long it stays open before one call is let through as a probe. */
export const BREAKER_OPEN_MS = 2000;

export interface Breaker {
  /** Milliseconds until a call may be tried; undefined if now. */
  closedFor(): number | undefined;
  run(attempt: () => Promise<Reply>): Promise<Reply>;
  state(): 'closed' | 'open' | 'half-open';
}

export function createBreaker(onChange: (state: string) => void): Breaker {
  const isSilence = (cause: Error) => cause instanceof WireFailure && !cause.answered && !cause.distrusted;
  const policy = circuitBreaker(handleWhen(isSilence), {
    halfOpenAfter: BREAKER_OPEN_MS,
    breaker: new ConsecutiveBreaker(BREAKER_FAILURES),
  });
  let openedAt = 0;
  policy.onBreak(() => {
    openedAt = Date.now();
  });
  policy.onStateChange((state) => onChange(names[state]));

  return {
    closedFor() {
      if (policy.state === CircuitState.Closed) return undefined;
      // While the probe is under way cockatiel would make others wait for it: they are told at once instead.
      if (policy.state === CircuitState.HalfOpen) return BREAKER_OPEN_MS;
      const remainingMs = openedAt + BREAKER_OPEN_MS - Date.now();
      return remainingMs > 0 ? remainingMs : undefined;
    },
    run: (attempt) => policy.execute(attempt),
    state: () => names[policy.state],
  };
}

const names = {
  [CircuitState.Closed]: 'closed',
  [CircuitState.Open]: 'open',
  [CircuitState.HalfOpen]: 'half-open',
  [CircuitState.Isolated]: 'open',
} as const;
