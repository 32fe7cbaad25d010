// Stops asking an upstream that does not answer at all. A refusal, or any HTTP status, is a sign of life.

/** So many attempts in a row without a sign of life open the circuit. */
export const BREAKER_FAILURES = 20;
/** So long it stays open before one call is let through as a probe. */
export const BREAKER_OPEN_MS = 2000;

type State = 'closed' | 'open' | 'half-open';

export interface Breaker {
  /** Milliseconds until a call may be tried; undefined if now. */
  closedFor(): number | undefined;
  /** A call is about to be made, which may be. True if it is the probe; `ended` is to be told. */
  begin(): boolean;
  /** `isSilence`: it ended without a sign of life. */
  ended(isProbe: boolean, isSilence: boolean): void;
  state(): State;
}

export function createBreaker(onChange: (state: State) => void): Breaker {
  let state: State = 'closed';
  let failures = 0;
  let openedAt = 0;

  function become(next: State): void {
    state = next;
    failures = 0;
    if (next === 'open') openedAt = performance.now();
    onChange(next);
  }

  return {
    closedFor() {
      if (state === 'closed') return undefined;
      if (state === 'half-open') return BREAKER_OPEN_MS;
      const remainingMs = openedAt + BREAKER_OPEN_MS - performance.now();
      return remainingMs > 0 ? remainingMs : undefined;
    },
    begin() {
      if (state === 'closed') return false;
      become('half-open');
      return true;
    },
    ended(isProbe, isSilence) {
      if (isProbe) become(isSilence ? 'open' : 'closed');
      else if (!isSilence) failures = 0;
      else if (++failures >= BREAKER_FAILURES && state === 'closed') become('open');
    },
    state: () => state,
  };
}
