// The table: requests a second and CPU a request of every candidate, in interleaved rounds over one upstream, in each form in which
// clients send a confirm.

import { targets } from '../candidates.mjs';
import { ratiosOver, spreadOver, verdict, written } from '../figures.mjs';
import { forms } from '../forms.mjs';
import { measured, wrk } from '../load.mjs';
import { startCandidate } from '../subject.mjs';

const [BARE, APOLLO_CLIENT] = Object.keys(forms);

export async function measure({ candidates, upstream, rounds, seconds, warmUpSeconds, say }) {
  const entries = [];
  for (const candidate of candidates) {
    const subject = await startCandidate(candidate, upstream);
    entries.push({ candidate, subject, rounds: { [BARE]: [], [APOLLO_CLIENT]: [] } });
    say(`${candidate.title}: started, warming up`);
    for (const form of Object.values(forms))
      await wrk(subject.url, candidate.query, Math.ceil(warmUpSeconds / 2), { form });
  }
  const direct = [];
  for (let round = 1; round <= rounds; round++) {
    const { requests, us } = await wrk(upstream.url, candidates[0].query, seconds);
    direct.push({ requestsPerSecond: requests / (us / 1e6) });
    for (const { candidate, subject, rounds: own } of entries)
      for (const [name, form] of Object.entries(forms)) {
        const figures = await measured(subject, upstream, candidate.query, seconds, { form });
        own[name].push(figures);
        say(
          `round ${round}/${rounds}  ${candidate.title}, ${name}: ${figures.requestsPerSecond.toFixed(0)} req/s, ${figures.cpuUs.toFixed(0)} µs`,
        );
      }
  }
  for (const { subject } of entries) await subject.stop();

  const limit = entries.find(({ candidate }) => candidate.name === 'limit')?.rounds[BARE];
  return {
    rows: rowsOf(entries, BARE),
    /** The same confirm, sent as Apollo Client 4 sends it; to LIMIT that is sent the same. */
    apolloClientRows: rowsOf(entries, APOLLO_CLIENT),
    ...(limit && { upstreamToLimit: ratiosOver(direct, limit, 'requestsPerSecond') }),
    verdicts: verdictsOf(entries),
  };
}

function rowsOf(entries, form) {
  const limit = entries.find(({ candidate }) => candidate.name === 'limit')?.rounds[form];
  return entries.map(({ candidate: { name, title, about }, rounds: { [form]: own } }) => ({
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
}

/** Each ratio, and the same of what Apollo Client sends: the form of a request is to change it by no more than a tenth. */
function verdictsOf(entries) {
  const ratioTo = (name, form) => {
    const roundsOf = (wanted) => entries.find(({ candidate }) => candidate.name === wanted)?.rounds[form];
    const [own, others] = [roundsOf('gateway'), roundsOf(name)];
    return own && others && ratiosOver(own, others, 'requestsPerSecond').median;
  };
  const aims = { limit: targets.requestsToLimit, ...targets.requestsTo };
  return Object.entries(aims).flatMap(([name, target]) => {
    const [ratio, ofApolloClient] = [ratioTo(name, BARE), ratioTo(name, APOLLO_CLIENT)];
    if (ratio === undefined) return [];
    return [
      verdict(`req/s to ${name}`, ratio, target, true),
      verdict(`req/s to ${name}, sent by Apollo Client`, ofApolloClient, ratio * targets.apolloClientToBare, true),
    ];
  });
}

export function print({ rows, apolloClientRows, upstreamToLimit }, say) {
  if (upstreamToLimit)
    say(`The upstream asked directly, on the core that it shares with wrk: ${written(upstreamToLimit)} × LIMIT`);
  printRows(rows, say);
  say('The same confirm as Apollo Client 4 sends it');
  printRows(apolloClientRows, say);
}

function printRows(rows, say) {
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
