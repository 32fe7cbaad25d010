// What connections cost that are open and idle: memory for each, and CPU for the confirms of another one beside them.

import { spreadOver, written } from '../figures.mjs';
import { requestText } from '../firstAnswer.mjs';
import { lineTo } from '../line.mjs';
import { measured, whyNotOpen, wrk } from '../load.mjs';
import { startCandidate } from '../subject.mjs';

/** All that are open, with the one that confirms. The last is the gateway's own limit, CONNECTIONS_LIMIT. */
const OPEN = [1, 100, 10_000];
export async function measure({ candidates, upstream, starts, seconds, warmUpSeconds, say }) {
  const subjects = candidates.filter(({ name }) => ['limit', 'gateway'].includes(name));
  const entries = subjects.flatMap((candidate) => OPEN.map((open) => ({ candidate, open, rounds: [] })));
  const measurable = entries.filter(({ open }) => whyNotOpen(open) === undefined);
  for (let round = 1; round <= starts; round++)
    for (const candidate of subjects) {
      const own = measurable.filter((entry) => entry.candidate === candidate);
      const figures = await grown(own, { candidate, upstream, seconds, warmUpSeconds });
      for (const [i, entry] of own.entries()) {
        entry.rounds.push(figures[i]);
        say(`start ${round}/${starts}  ${candidate.title}, ${entry.open} open: ${figures[i].cpuUs.toFixed(0)} µs`);
      }
    }
  return { rows: entries.map((entry) => rowOf(entry, entries)), verdicts: [] };
}

/** One process, to which more and more connections are opened. */
async function grown(entries, { candidate, upstream, seconds, warmUpSeconds }) {
  const subject = await startCandidate(candidate, upstream);
  const text = requestText(candidate.query);
  const lines = [];
  const figures = [];
  await wrk(subject.url, candidate.query, warmUpSeconds);
  for (const { open } of entries) {
    while (lines.length < open - 1) {
      const line = await lineTo(subject.port);
      lines.push(line);
      // A connection that has asked for nothing yet is closed after some seconds, as one that is too slow.
      if ((await line.ask(text)) === undefined) throw new Error(`${candidate.title}: no answer with ${open} open`);
    }
    const round = await measured(subject, upstream, candidate.query, seconds, { connections: 1 });
    const rssMb = subject.rssMb();
    const rssKbEach = open === 1 ? undefined : ((rssMb - figures[0].rssMb) * 1024) / (open - 1);
    figures.push({ ...round, rssMb, rssKbEach, closed: lines.filter((line) => !line.isOpen()).length });
  }
  for (const line of lines) line.close();
  await subject.stop();
  return figures;
}

function rowOf({ candidate: { name, title }, open, rounds }, entries) {
  if (rounds.length === 0) return { name, title, open, skipped: whyNotOpen(open) };
  const cpuUs = spreadOver(rounds, 'cpuUs');
  const fewest = entries.find((entry) => entry.candidate.name === name).rounds;
  return {
    name,
    title,
    open,
    cpuUs,
    cpuToFewest: cpuUs.median / spreadOver(fewest, 'cpuUs').median,
    rssMb: spreadOver(rounds, 'rssMb'),
    ...(open > 1 && { rssKbEach: spreadOver(rounds, 'rssKbEach') }),
    closed: Math.max(...rounds.map(({ closed }) => closed)),
    failed: rounds.reduce((sum, { failed }) => sum + failed, 0),
  };
}

export function print({ rows }, say) {
  say(
    `${'open connections, all but one idle'.padEnd(36)}${'CPU µs a confirm'.padEnd(20)}${'to fewest'.padEnd(11)}${'RSS MB'.padEnd(18)}kB a connection`,
  );
  for (const { title, open, skipped, cpuUs, cpuToFewest, rssMb, rssKbEach, closed, failed } of rows) {
    const name = `${title}, ${open}`.padEnd(36);
    if (skipped !== undefined) say(`${name}skipped: ${skipped}`);
    else
      say(
        `${name}${written(cpuUs, 'whole').padEnd(20)}${cpuToFewest.toFixed(2).padEnd(11)}${written(rssMb, 'whole').padEnd(18)}${rssKbEach ? written(rssKbEach, 'whole') : '–'}${closed > 0 ? ` ${closed} were closed` : ''}${failed > 0 ? ` ${failed} failed` : ''}`,
      );
  }
}
