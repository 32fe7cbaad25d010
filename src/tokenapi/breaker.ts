// The circuit breaker: stops asking a platform that does not answer at all. Any HTTP status, a refusal's too, is an answer.

/** So many failures in a row open the circuit. */
export const BREAKER_FAILURES = 20;
/** So long it stays open, in milliseconds, before one call is let through as a probe. */
export const BREAKER_OPEN_MS = 2000;

export type BreakerState = 'closed' | 'open' | 'half-open';

/** What a call showed of the platform: an HTTP status, none in all of its time, or nothing because it was not given its time. */
export type Sign = 'answers' | 'silent' | 'none';

/** To be called once, when the call has ended. */
type ReportResult = (sign: Sign) => void;

export interface Breaker {
  /** Milliseconds until a call may be tried; undefined if one may be tried now. */
  refusedForMs(): number | undefined;
  /** Only for a call that is about to be made and that `refusedForMs` lets through. */
  begin(): ReportResult;
  state(): BreakerState;
}

/**
 * Times are of the monotonic clock: a wall clock that is set back must not keep the circuit open.
 *
 * @param mayOpen asked when there were enough failures in a row
 */
export function createBreaker(onChange: (state: BreakerState) => void, mayOpen = () => true): Breaker {
  let state: BreakerState = 'closed';
  let failures = 0;
  let openedAt = 0;

  function enter(next: BreakerState): void {
    state = next;
    // Stryker disable next-line ConditionalExpression: only an open circuit looks at it.
    if (next === 'open') openedAt = performance.now();
    failures = 0;
    onChange(next);
  }

  /** Of a call that began while the circuit was closed. If it has opened since, this result says nothing new. */
  const reportCall: ReportResult = (sign) => {
    if (state !== 'closed' || sign === 'none') return;
    failures = sign === 'silent' ? failures + 1 : 0;
    if (failures >= BREAKER_FAILURES && mayOpen()) enter('open');
  };
  const reportProbe: ReportResult = (sign) => {
    enter(sign === 'answers' ? 'closed' : 'open');
    // The next call may try at once what this one did not find out.
    if (sign === 'none') openedAt = Number.NEGATIVE_INFINITY;
  };

  return {
    refusedForMs() {
      // Stryker disable next-line ConditionalExpression,StringLiteral: a shortcut, for a circuit closes after its time has passed.
      if (state === 'closed') return undefined;
      // A probe is under way. How long it takes nobody knows; if it fails, the circuit stays open for this long.
      if (state === 'half-open') return BREAKER_OPEN_MS;
      const remainingMs = openedAt + BREAKER_OPEN_MS - performance.now();
      // Stryker disable next-line EqualityOperator: no test can hit the millisecond.
      return remainingMs > 0 ? remainingMs : undefined;
    },
    begin() {
      if (state === 'closed') return reportCall;
      enter('half-open');
      return reportProbe;
    },
    state: () => state,
  };
}
