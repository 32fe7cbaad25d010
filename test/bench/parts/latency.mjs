// The median latency at a modest, steady rate: requests are sent by the clock, whether or not earlier ones are answered.

import { targets } from '../candidates.mjs';
import { ratiosOver, spreadOf, spreadOver, verdict, written } from '../figures.mjs';
import { requestText } from '../firstAnswer.mjs';
import { latenciesOf } from '../line.mjs';
import { startCandidate } from '../subject.mjs';

const LOAD = { requestsPerSecond: 250, connections: 16 };

export async function measure({ candidates, upstream, rounds, seconds, say }) {
  const entries = [];
  for (const candidate of candidates) {
    const subject = await startCandidate(candidate, upstream);
    const text = requestText(candidate.query);
    const stretch = () => latenciesOf(subject.port, () => text, seconds, LOAD);
    await stretch();
    entries.push({ candidate, subject, stretch, rounds: [] });
  }
  for (let round = 1; round <= rounds; round++)
    for (const { candidate, stretch, rounds: own } of entries) {
      const latencies = await stretch();
      own.push({ p50Ms: spreadOf(latencies).median, p99Ms: latencies[Math.floor(latencies.length * 0.99)] });
      say(`round ${round}/${rounds}  ${candidate.title}: p50 ${own.at(-1).p50Ms.toFixed(2)} ms`);
    }
  for (const { subject } of entries) await subject.stop();
  const limit = entries.find(({ candidate }) => candidate.name === 'limit')?.rounds;
  const rows = entries.map(({ candidate: { name, title }, rounds: own }) => ({
    name,
    title,
    p50Ms: spreadOver(own, 'p50Ms'),
    p99Ms: spreadOver(own, 'p99Ms'),
    ...(limit && { p50ToLimit: ratiosOver(own, limit, 'p50Ms') }),
  }));
  const own = rows.find(({ name }) => name === 'gateway')?.p50ToLimit;
  return { rows, verdicts: own ? [verdict('p50 to limit', own.median, targets.p50ToLimit, false)] : [] };
}

export function print({ rows }, say) {
  say(`${`${LOAD.requestsPerSecond} requests/s`.padEnd(34)}${'p50 ms'.padEnd(22)}${'p99 ms'.padEnd(22)}p50 to LIMIT`);
  for (const { title, p50Ms, p99Ms, p50ToLimit } of rows)
    say(
      `${title.padEnd(34)}${written(p50Ms, 'ms').padEnd(22)}${written(p99Ms, 'ms').padEnd(22)}${p50ToLimit ? written(p50ToLimit) : '–'}`,
    );
}
