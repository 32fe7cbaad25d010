// Reads that are asked for at the same moment, in different operations with one token, share one call.

import type { Accepted, TokenApiClient } from '../tokenapi/client';
import type { Caller } from '../tokenapi/report';

/** Operations that began so close to each other may share a call: it is bounded by the end of the one that asked first. */
const SAME_MOMENT_MS = 1000;

interface UnderWay {
  readonly answer: Promise<Accepted<unknown>>;
  readonly endsAt: number;
  /** Of each who waits for it: whether its client has left. */
  readonly askers: (() => boolean)[];
}

/** The same client, whose reads are shared. What began before a confirm of the same user ended is not given to who asks after it. */
export function sharingReads(client: TokenApiClient): TokenApiClient {
  const readsOf = new Map<string, Map<string, UnderWay>>();

  function begun(
    name: string,
    { owner, endsAt, abandoned }: Caller,
    start: (abandoned: () => boolean) => UnderWay['answer'],
  ) {
    let reads = readsOf.get(owner);
    const known = reads?.get(name);
    if (known && Math.abs(known.endsAt - endsAt) < SAME_MOMENT_MS) {
      known.askers.push(abandoned);
      return known.answer;
    }
    if (!reads) {
      reads = new Map();
      readsOf.set(owner, reads);
    }
    const askers = [abandoned];
    const answer = start(() => askers.every((hasLeft) => hasLeft()));
    const read = { answer, endsAt, askers };
    reads.set(name, read);
    const end = () => {
      if (reads.get(name) === read) reads.delete(name);
      if (reads.size === 0 && readsOf.get(owner) === reads) readsOf.delete(owner);
    };
    answer.then(end, end);
    return answer;
  }

  const call: TokenApiClient['call'] = (action, parameters, caller, startedAt) => {
    if (action.writes) {
      const forget = () => void readsOf.delete(caller.owner);
      const written = client.call(action, parameters, caller, startedAt);
      // Before whoever waits for the answer is told: handlers are called in their order.
      written.then(forget, forget);
      return written;
    }
    // By the token, too: two tokens of one user may see different things.
    const name = `${caller.tokenHash} ${action.name} ${JSON.stringify(parameters)}`;
    const start = (abandoned: () => boolean) => client.call(action, parameters, { ...caller, abandoned }, startedAt);
    return begun(name, caller, start) as ReturnType<typeof start>;
  };

  return { ...client, call };
}
