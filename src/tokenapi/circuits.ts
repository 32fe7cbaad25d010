// The circuit of all users together, and that of a user whose own calls bring no answer: what one user asks for may be what the
// platform chokes on, and says nothing about what others ask for.

import { LRUCache } from 'lru-cache';
import { type Breaker, type BreakerState, createBreaker, type Sign } from './breaker';

/** The circuit of all opens only if the failures in a row are of so many users. Those whom the platform has not accepted count as one. */
export const BREAKER_USERS = 3;
/** Users whose calls fail that are remembered. The least recently used is forgotten first. */
export const BREAKER_USERS_LIMIT = 1000;

const STRANGERS = 'strangers';

export interface Circuits {
  /** Milliseconds until this user's call may be tried; undefined if one may be tried now. */
  refusedForMs(owner: string): number | undefined;
  /** Only for a call that is about to be made and that `refusedForMs` lets through. To be called with what it showed. */
  begin(owner: string, isProven: boolean): (sign: Sign) => void;
  isClosedFor(owner: string): boolean;
  isClosedForAll(): boolean;
  /** That of all; while it is closed, the worst of a user's own. */
  state(): BreakerState;
}

export function createCircuits(onChange: (state: BreakerState) => void): Circuits {
  /** Whose calls the failures in a row are. */
  const troubled = new Set<string>();
  const own = new LRUCache<string, Breaker>({ max: BREAKER_USERS_LIMIT });
  /** Until the platform has answered anybody, it knows nobody: then each counts. */
  let hasAnswered = false;
  let told: BreakerState = 'closed';

  function state(): BreakerState {
    if (all.state() !== 'closed') return all.state();
    const states = [...own.values()].map((circuit) => circuit.state());
    return (['open', 'half-open'] as const).find((worst) => states.includes(worst)) ?? 'closed';
  }
  function changed(): void {
    const now = state();
    if (now === told) return;
    told = now;
    onChange(now);
  }
  const all: Breaker = createBreaker(changed, () => troubled.size >= BREAKER_USERS);

  /** Counts a failure. Where the user's circuit has opened meanwhile, it says nothing new. */
  function countFor(owner: string): void {
    let circuit = own.get(owner);
    if (!circuit) {
      circuit = createBreaker(changed);
      own.set(owner, circuit);
    }
    if (circuit.state() === 'closed') circuit.begin()('silent');
  }

  return {
    refusedForMs(owner) {
      const [ofAll, ofUser] = [all.refusedForMs(), own.get(owner)?.refusedForMs()];
      return ofAll === undefined ? ofUser : Math.max(ofAll, ofUser ?? 0);
    },
    begin(owner, isProven) {
      const circuit = own.get(owner);
      // A user in trouble tries for nobody else: a failure would keep the circuit of all open.
      if (circuit && circuit.state() !== 'closed') return circuit.begin();
      const reportOfAll = all.begin();
      return (sign) => {
        if (sign === 'silent' && troubled.size < BREAKER_USERS)
          troubled.add(isProven || !hasAnswered ? owner : STRANGERS);
        if (sign === 'answers') {
          hasAnswered = true;
          troubled.clear();
        }
        reportOfAll(sign);
        if (sign === 'answers') own.delete(owner);
        if (sign === 'silent') countFor(owner);
      };
    },
    isClosedForAll: () => all.state() === 'closed',
    isClosedFor: (owner) => all.state() === 'closed' && (own.get(owner)?.state() ?? 'closed') === 'closed',
    state,
  };
}
