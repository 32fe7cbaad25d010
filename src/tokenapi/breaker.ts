// Stops asking an upstream that does not answer at all. A refusal, or any HTTP status, is a sign of life.

import { CircuitState, ConsecutiveBreaker, circuitBreaker, handleAll } from 'cockatiel';

/** So many attempts in a row without a sign of life open the circuit. */
export const BREAKER_FAILURES = 20;
/** So long it stays open before one call is let through as a probe. */
export const BREAKER_OPEN_MS = 2000;

/** How a call ended: without a sign of life, or with one. */
type End = (isSilence: boolean) => void;

export interface Breaker {
  /** Milliseconds until a call may be tried; undefined if now. */
  closedFor(): number | undefined;
  /** A call that may be made is about to be. The end is to be told. */
  begin(): End;
  state(): 'closed' | 'open' | 'half-open';
}

/**
 * cockatiel holds the circuit. While all is well it is not told of each call, which would cost every one of them several promises:
 * only of silences, and of the first sign of life after one.
 */
export function createBreaker(onChange: (state: string) => void): Breaker {
  const policy = circuitBreaker(handleAll, {
    halfOpenAfter: BREAKER_OPEN_MS,
    breaker: new ConsecutiveBreaker(BREAKER_FAILURES),
  });
  let openedAt = 0;
  let isWell = true;
  policy.onBreak(() => {
    openedAt = Date.now();
  });
  policy.onStateChange((state) => onChange(names[state]));

  const tell = (outcome: () => Promise<void>) => void policy.execute(outcome).catch(() => undefined);
  const outcomeOf = async (isSilence: boolean): Promise<void> => {
    if (isSilence) throw new Error('silence');
  };

  const endOfCall: End = (isSilence) => {
    if ((isWell && !isSilence) || policy.state !== CircuitState.Closed) return;
    isWell = !isSilence;
    tell(() => outcomeOf(isSilence));
  };

  function beginProbe(): End {
    let end: End = () => undefined;
    tell(() => new Promise<boolean>((resolve) => (end = resolve)).then(outcomeOf));
    return end;
  }

  return {
    closedFor() {
      if (policy.state === CircuitState.Closed) return undefined;
      // While the probe is under way cockatiel would make others wait for it: they are told at once instead.
      if (policy.state === CircuitState.HalfOpen) return BREAKER_OPEN_MS;
      const remainingMs = openedAt + BREAKER_OPEN_MS - Date.now();
      return remainingMs > 0 ? remainingMs : undefined;
    },
    begin: () => (policy.state === CircuitState.Closed ? endOfCall : beginProbe()),
    state: () => names[policy.state],
  };
}

const names = {
  [CircuitState.Closed]: 'closed',
  [CircuitState.Open]: 'open',
  [CircuitState.HalfOpen]: 'half-open',
  [CircuitState.Isolated]: 'open',
} as const;
