// Memory under a flood of documents of which no two are alike: what a cache without bounds does not survive.

import { targets } from '../candidates.mjs';
import { verdict } from '../figures.mjs';
import { wrk } from '../load.mjs';
import { startCandidate } from '../subject.mjs';

const STRETCHES = 4;
/** Almost as long as the gateway reads a document: a longer one is refused unread. */
const LONG_BYTES = 15 * 1024;

export async function measure({ candidates, upstream, floodSeconds, say }) {
  const rows = [];
  for (const candidate of candidates.filter(({ name }) => name !== 'limit')) {
    rows.push(await flooded(candidate, 0, { upstream, floodSeconds, say }));
    if (candidate.name.startsWith('gateway'))
      rows.push(await flooded(candidate, LONG_BYTES, { upstream, floodSeconds, say }));
  }
  return { rows, verdicts: verdictsOf(rows.filter(({ name }) => name === 'gateway')) };
}

/** Of the worst of its floods. */
function verdictsOf(own) {
  if (own.length === 0) return [];
  const worst = (figure) => Math.max(...own.map(figure));
  return [
    verdict(
      'RSS in MB under a flood',
      worst(({ peakRssMb }) => peakRssMb),
      targets.floodRssMb,
      false,
      'whole',
    ),
    verdict(
      'RSS under a flood, last quarter to first',
      worst(({ rssMb }) => rssMb.at(-1) / rssMb[1]),
      targets.floodGrowth,
      false,
    ),
  ];
}

async function flooded(candidate, paddingBytes, { upstream, floodSeconds, say }) {
  const subject = await startCandidate(candidate, upstream);
  const title = `${candidate.title}${paddingBytes > 0 ? `, ${paddingBytes / 1024} kB each` : ''}`;
  await wrk(subject.url, candidate.query, 2);
  const rssMb = [subject.rssMb()];
  let documents = 0;
  let failed = 0;
  for (let stretch = 1; stretch <= STRETCHES; stretch++) {
    const counts = await wrk(subject.url, candidate.query, floodSeconds, { paddingBytes });
    documents += counts.requests;
    failed += counts.failed;
    rssMb.push(subject.rssMb());
    say(`stretch ${stretch}/${STRETCHES}  ${title}: ${rssMb.at(-1).toFixed(0)} MB after ${documents} documents`);
  }
  const peakRssMb = subject.peakRssMb();
  await subject.stop();
  return { name: candidate.name, title, paddingBytes, documents, failed, rssMb, peakRssMb };
}

export function print({ rows }, say) {
  say(`${'distinct documents'.padEnd(44)}${'count'.padEnd(10)}RSS in MB before and after each quarter; peak`);
  for (const { title, documents, rssMb, peakRssMb, failed } of rows)
    say(
      `${title.padEnd(44)}${String(documents).padEnd(10)}${rssMb.map((mb) => mb.toFixed(0)).join(' → ')}; ${peakRssMb.toFixed(0)}${failed > 0 ? ` ${failed} failed` : ''}`,
    );
}
