// The table: requests a second and CPU a request of every candidate, in interleaved rounds over one upstream.

import { targets } from '../candidates.mjs';
import { ratiosOver, spreadOver, verdict, written } from '../figures.mjs';
import { measured, wrk } from '../load.mjs';
import { startCandidate } from '../subject.mjs';

export async function measure({ candidates, upstream, rounds, seconds, warmUpSeconds, say }) {
  const entries = [];
  for (const candidate of candidates) {
    const subject = await startCandidate(candidate, upstream);
    entries.push({ candidate, subject, rounds: [] });
    say(`${candidate.title}: started, warming up`);
    await wrk(subject.url, candidate.query, warmUpSeconds);
  }
  const direct = [];
  for (let round = 1; round <= rounds; round++) {
    const { requests, us } = await wrk(upstream.url, candidates[0].query, seconds);
    direct.push({ requestsPerSecond: requests / (us / 1e6) });
    for (const entry of entries) {
      const figures = await measured(entry.subject, upstream, entry.candidate.query, seconds);
      entry.rounds.push(figures);
      say(
        `round ${round}/${rounds}  ${entry.candidate.title}: ${figures.requestsPerSecond.toFixed(0)} req/s, ${figures.cpuUs.toFixed(0)} µs`,
      );
    }
  }
  for (const { subject } of entries) await subject.stop();

  const limit = entries.find(({ candidate }) => candidate.name === 'limit')?.rounds;
  const rows = entries.map(({ candidate: { name, title, about }, rounds: own }) => ({
    name,
    title,
    about,
    requestsPerSecond: spreadOver(own, 'requestsPerSecond'),
    cpuUs: spreadOver(own, 'cpuUs'),
    p50Us: spreadOver(own, 'p50Us'),
    p99Us: spreadOver(own, 'p99Us'),
    callsPerRequest: spreadOver(own, 'callsPerRequest'),
    failed: own.reduce((sum, { failed }) => sum + failed, 0),
    ...(limit && {
      requestsToLimit: ratiosOver(own, limit, 'requestsPerSecond'),
      cpuToLimit: ratiosOver(own, limit, 'cpuUs'),
    }),
  }));
  return {
    rows,
    ...(limit && { upstreamToLimit: ratiosOver(direct, limit, 'requestsPerSecond') }),
    verdicts: verdictsOf(entries),
  };
}

function verdictsOf(entries) {
  const roundsOf = (name) => entries.find(({ candidate }) => candidate.name === name)?.rounds;
  const own = roundsOf('gateway');
  const aims = { limit: targets.requestsToLimit, ...targets.requestsTo };
  return Object.entries(aims).flatMap(([name, target]) => {
    const others = roundsOf(name);
    if (!own || !others) return [];
    return [verdict(`req/s to ${name}`, ratiosOver(own, others, 'requestsPerSecond').median, target, true)];
  });
}

export function print({ rows, upstreamToLimit }, say) {
  if (upstreamToLimit)
    say(`The upstream asked directly, on the core that it shares with wrk: ${written(upstreamToLimit)} × LIMIT`);
  say(
    `${'median (min–max)'.padEnd(34)}${'req/s to LIMIT'.padEnd(20)}${'req/s'.padEnd(22)}${'CPU µs'.padEnd(16)}p50 ms`,
  );
  for (const row of rows) {
    const ratio = row.requestsToLimit ? written(row.requestsToLimit) : '–';
    const p50 = (row.p50Us.median / 1000).toFixed(1);
    const doubts = [
      ...(row.failed > 0 ? [`${row.failed} failed`] : []),
      ...(Math.abs(row.callsPerRequest.median - 1) > 0.02
        ? [`${row.callsPerRequest.median.toFixed(2)} calls upstream a request`]
        : []),
    ];
    say(
      `${row.title.padEnd(34)}${ratio.padEnd(20)}${written(row.requestsPerSecond, 'whole').padEnd(22)}${written(row.cpuUs, 'whole').padEnd(16)}${p50} ${doubts.join(', ')}`,
    );
  }
}
