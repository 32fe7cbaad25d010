// Whether what was asked of the platform stays within what streams may ask of it.

import type { Poll } from './platform';

const WINDOW_MS = 5000;
/** What was sent evenly arrives a little closer now and then: as much as this of a second. */
const ARRIVAL_SLACK = 0.3;

export interface Budget {
  readonly perSecond: number;
  readonly perSecondPerUser: number;
}

/** Every window in which one process asked for more than it may, of all users or of one. A process may save a twentieth of a second, a user one. */
export function overBudget(polls: readonly Poll[], { perSecond, perSecondPerUser }: Budget): string[] {
  return [
    ...over(polls, ({ asker }) => asker, perSecond, 1 / 20),
    ...over(polls, ({ asker, token }) => `${asker} for one user, ${token.split('.').at(-1)}`, perSecondPerUser, 1),
  ];
}

function over(polls: readonly Poll[], whose: (poll: Poll) => string, perSecond: number, burst: number): string[] {
  const limit = perSecond * (WINDOW_MS / 1000 + burst + ARRIVAL_SLACK) + 1;
  const callsOf = new Map<string, Poll[]>();
  for (const poll of polls) {
    const name = whose(poll);
    const calls = callsOf.get(name);
    if (calls) calls.push(poll);
    else callsOf.set(name, [poll]);
  }
  return [...callsOf].flatMap(([name, calls]) => {
    const most = mostInAWindow(calls);
    return most > limit ? [`${name}: ${most} polls within ${WINDOW_MS} ms, of ${limit} at most`] : [];
  });
}

function mostInAWindow(calls: readonly Poll[]): number {
  let first = 0;
  let most = 0;
  for (const [i, { at }] of calls.entries()) {
    while ((calls[first] as Poll).at <= at - WINDOW_MS) first++;
    most = Math.max(most, i - first + 1);
  }
  return most;
}
