// The median latency at a modest, steady rate: requests are sent by the clock, whether or not earlier ones are answered.

import { connect } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { targets } from '../candidates.mjs';
import { ratiosOver, spreadOf, spreadOver, verdict, written } from '../figures.mjs';
import { requestText } from '../firstAnswer.mjs';
import { startCandidate } from '../subject.mjs';

const REQUESTS_PER_SECOND = 250;
const CONNECTIONS = 16;

/** A kept-alive connection that carries one request at a time. */
function createLine(port) {
  const socket = connect(port, '127.0.0.1').setNoDelay(true);
  let answered;
  let answer = '';
  socket.on('error', () => answered?.(undefined));
  socket.on('data', (chunk) => {
    answer += chunk.latin1Slice();
    if (!/[}\]]\s*(?:\r\n0\r\n\r\n)?$/.test(answer)) return;
    answer = '';
    answered?.(performance.now());
  });
  return {
    ask(text) {
      return new Promise((resolve) => {
        answered = resolve;
        socket.write(text);
      });
    },
    close: () => socket.destroy(),
  };
}

/** Latencies in ms of a steady rate for so many seconds. */
async function latenciesOf(port, text, seconds) {
  const free = Array.from({ length: CONNECTIONS }, () => createLine(port));
  const all = [...free];
  const latencies = [];
  const startedAt = performance.now();
  const count = Math.round(seconds * REQUESTS_PER_SECOND);
  const asked = [];
  for (let i = 0; i < count; i++) {
    const waitMs = startedAt + (i * 1000) / REQUESTS_PER_SECOND - performance.now();
    if (waitMs > 0) await pause(waitMs);
    const line = free.shift() ?? createLine(port);
    if (!all.includes(line)) all.push(line);
    const sentAt = performance.now();
    asked.push(
      line.ask(text).then((answeredAt) => {
        if (answeredAt !== undefined) latencies.push(answeredAt - sentAt);
        free.push(line);
      }),
    );
  }
  await Promise.race([Promise.all(asked), pause(5000)]);
  for (const line of all) line.close();
  return latencies.sort((a, b) => a - b);
}

export async function measure({ candidates, upstream, rounds, seconds, say }) {
  const entries = [];
  for (const candidate of candidates) {
    const subject = await startCandidate(candidate, upstream);
    const text = requestText(candidate.query);
    await latenciesOf(subject.port, text, seconds);
    entries.push({ candidate, subject, text, rounds: [] });
  }
  for (let round = 1; round <= rounds; round++)
    for (const { candidate, subject, text, rounds: own } of entries) {
      const latencies = await latenciesOf(subject.port, text, seconds);
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
  say(`${`${REQUESTS_PER_SECOND} requests/s`.padEnd(34)}${'p50 ms'.padEnd(22)}${'p99 ms'.padEnd(22)}p50 to LIMIT`);
  for (const { title, p50Ms, p99Ms, p50ToLimit } of rows)
    say(
      `${title.padEnd(34)}${written(p50Ms, 'ms').padEnd(22)}${written(p99Ms, 'ms').padEnd(22)}${p50ToLimit ? written(p50ToLimit) : '–'}`,
    );
}
