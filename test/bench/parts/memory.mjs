// Peak memory with a thousand requests in flight against an upstream that takes two seconds, each time in a fresh process.

import { targets } from '../candidates.mjs';
import { spreadOver, verdict, written } from '../figures.mjs';
import { measured, wrk } from '../load.mjs';
import { startCandidate } from '../subject.mjs';

const IN_FLIGHT = 1000;
const UPSTREAM_MS = 2000;
const WARM_UP_SECONDS = 1;
/** Three waves. */
const SECONDS = 6;

export async function measure({ candidates, upstream, starts, say }) {
  const rounds = new Map(candidates.map(({ name }) => [name, []]));
  for (let round = 1; round <= starts; round++)
    for (const candidate of candidates) {
      const subject = await startCandidate(candidate, upstream);
      const idleRssMb = subject.rssMb();
      // Each user may have more than one call under way once the upstream has answered them.
      await wrk(subject.url, candidate.query, WARM_UP_SECONDS);
      await upstream.delay(UPSTREAM_MS);
      const { requests, failed, callsPerRequest } = await measured(subject, upstream, candidate.query, SECONDS, {
        connections: IN_FLIGHT,
      });
      await upstream.delay(0);
      const peakRssMb = subject.peakRssMb();
      await subject.stop();
      rounds.get(candidate.name).push({ idleRssMb, peakRssMb, requests, failed, callsPerRequest });
      say(`start ${round}/${starts}  ${candidate.title}: peak ${peakRssMb.toFixed(0)} MB after ${requests} answers`);
    }
  const rows = candidates.map(({ name, title }) => ({
    name,
    title,
    peakRssMb: spreadOver(rounds.get(name), 'peakRssMb'),
    idleRssMb: spreadOver(rounds.get(name), 'idleRssMb'),
    answers: spreadOver(rounds.get(name), 'requests'),
    callsPerRequest: spreadOver(rounds.get(name), 'callsPerRequest'),
    failed: rounds.get(name).reduce((sum, { failed }) => sum + failed, 0),
  }));
  const own = rows.find(({ name }) => name === 'gateway');
  return {
    rows,
    verdicts: own ? [verdict('peak RSS in MB', own.peakRssMb.median, targets.peakRssMb, false, 'whole')] : [],
  };
}

export function print({ rows }, say) {
  say(`${'MB, median (min–max)'.padEnd(34)}${'idle'.padEnd(20)}${`peak, ${IN_FLIGHT} in flight`.padEnd(24)}answers`);
  for (const { title, idleRssMb, peakRssMb, answers, callsPerRequest, failed } of rows)
    say(
      `${title.padEnd(34)}${written(idleRssMb, 'whole').padEnd(20)}${written(peakRssMb, 'whole').padEnd(24)}${written(answers, 'whole')}${doubtsOf(callsPerRequest, failed)}`,
    );
}

/** What makes the row's figure another one than it says: who refuses or shares calls does not hold a thousand requests. */
const doubtsOf = (callsPerRequest, failed) =>
  [
    ...(callsPerRequest.median < 0.98
      ? [` only ${callsPerRequest.median.toFixed(2)} calls upstream an answer: the rest was refused or shared`]
      : []),
    ...(failed > 0 ? [` ${failed} failed`] : []),
  ].join(',');
