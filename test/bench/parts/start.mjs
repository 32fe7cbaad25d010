// From the start of the process to its first right answer, each time cold.

import { targets } from '../candidates.mjs';
import { ratiosOver, spreadOver, verdict, written } from '../figures.mjs';
import { startCandidate } from '../subject.mjs';

export async function measure({ candidates, upstream, starts, say }) {
  const rounds = new Map(candidates.map(({ name }) => [name, []]));
  // The first round fills the file cache and does not count.
  for (let round = 0; round <= starts * 2; round++)
    for (const candidate of candidates) {
      const subject = await startCandidate(candidate, upstream);
      await subject.stop();
      if (round === 0) continue;
      rounds.get(candidate.name).push({ startedMs: subject.startedMs });
      say(`start ${round}/${starts * 2}  ${candidate.title}: ${subject.startedMs.toFixed(0)} ms`);
    }
  const limit = rounds.get('limit');
  const rows = candidates.map(({ name, title }) => ({
    name,
    title,
    startedMs: spreadOver(rounds.get(name), 'startedMs'),
    ...(limit && { startToLimit: ratiosOver(rounds.get(name), limit, 'startedMs') }),
  }));
  const own = rows.find(({ name }) => name === 'gateway')?.startToLimit;
  return { rows, verdicts: own ? [verdict('start to limit', own.median, targets.startToLimit, false)] : [] };
}

export function print({ rows }, say) {
  say(`${'start to first answer'.padEnd(34)}${'ms'.padEnd(20)}to LIMIT`);
  for (const { title, startedMs, startToLimit } of rows)
    say(`${title.padEnd(34)}${written(startedMs, 'whole').padEnd(20)}${startToLimit ? written(startToLimit) : '–'}`);
}
