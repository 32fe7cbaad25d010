// How the cost of one operation grows with the entities that a router asks for at once: what is worse than linear shows in what
// each entity more costs.

import { candidates } from '../candidates.mjs';
import { spreadOf, spreadOver, written } from '../figures.mjs';
import { requestText } from '../firstAnswer.mjs';
import { lineTo, msOf } from '../line.mjs';
import { startCandidate } from '../subject.mjs';

const COUNTS = [1, 10, 100, 1000];
/** Of each figure, every round. */
const SECONDS = 1;
const WARM_UP_SECONDS = 2;

const STATE = 'connectivity { __typename ... on DeviceConnectivity { state } }';
const queryOf = (fields) =>
  `query Entities($of: [_Any!]!) { _entities(representations: $of) { __typename ... on Device { id ${fields} } } }`;
const shapes = [
  { shape: 'connectivity', query: queryOf(STATE) },
  {
    shape: 'connectivity and firmwareUpgrade',
    query: queryOf(`${STATE} firmwareUpgrade { __typename ... on FirmwareUpgrade { phase pollAfterMs } }`),
  },
];

const representationsOf = (count) =>
  Array.from({ length: count }, (_, i) => ({
    __typename: 'Device',
    id: `PR1234567890/device-${String(i).padStart(4, '0')}`,
  }));

export async function measure({ upstream, rounds, say }) {
  const gateway = candidates.find(({ name }) => name === 'gateway');
  const subject = await startCandidate(gateway, upstream);
  const line = await lineTo(subject.port);
  const entries = shapes.flatMap(({ shape, query }) =>
    COUNTS.map((count) => ({ shape, count, text: requestText(query, { of: representationsOf(count) }), rounds: [] })),
  );
  for (const entry of entries) Object.assign(entry, await answerOf(line, entry));
  const answered = entries.filter(({ refusedBy }) => refusedBy === undefined);
  for (const entry of answered) await stretch(entry, WARM_UP_SECONDS, { subject, line, upstream });
  for (let round = 1; round <= rounds; round++)
    for (const entry of answered) {
      const figures = await stretch(entry, SECONDS, { subject, line, upstream });
      entry.rounds.push(figures);
      say(`round ${round}/${rounds}  ${entry.count} entities, ${entry.shape}: ${figures.p50Ms.toFixed(2)} ms`);
    }
  line.close();
  await subject.stop();
  return { rows: rowsOf(entries), verdicts: [] };
}

/** What one operation is answered: how long the answer is, or the code by which it is refused. @throws Error if it is neither */
async function answerOf(line, { count, shape, text }) {
  const answer = (await line.ask(text)) ?? '';
  const body = answer.slice(answer.indexOf('\r\n\r\n') + 4);
  if (body.match(/"ONLINE"/g)?.length === count && !/"errors"|Error"/.test(body)) return { answerBytes: body.length };
  const refusedBy = /^HTTP\/1\.1 400 .*"code":"(\w+)"/s.exec(answer)?.[1];
  if (refusedBy === undefined) throw new Error(`${count} entities, ${shape}: unexpected answer ${body.slice(0, 600)}`);
  return { refusedBy };
}

/** One operation after another over one connection. */
async function stretch({ text }, seconds, { subject, line, upstream }) {
  const cpuBefore = subject.cpuSeconds();
  const callsBefore = await upstream.calls();
  const latencies = [];
  const endAt = performance.now() + seconds * 1000;
  while (performance.now() < endAt) latencies.push(await msOf(line, text));
  return {
    p50Ms: spreadOf(latencies).median,
    cpuUs: ((subject.cpuSeconds() - cpuBefore) * 1e6) / latencies.length,
    calls: ((await upstream.calls()) - callsBefore) / latencies.length,
  };
}

function rowsOf(entries) {
  return entries.map(({ shape, count, answerBytes, refusedBy, rounds }, i) => {
    if (refusedBy !== undefined) return { shape, entities: count, refusedBy };
    const cpuUs = spreadOver(rounds, 'cpuUs');
    const fewer = entries[i - 1]?.shape === shape ? entries[i - 1] : undefined;
    return {
      shape,
      entities: count,
      p50Ms: spreadOver(rounds, 'p50Ms'),
      cpuUs,
      calls: spreadOver(rounds, 'calls').median,
      answerBytes,
      cpuUsAnEntity: cpuUs.median / count,
      ...(fewer && {
        cpuUsEachMore: (cpuUs.median - spreadOver(fewer.rounds, 'cpuUs').median) / (count - fewer.count),
      }),
    };
  });
}

export function print({ rows }, say) {
  say(
    `${'entities in one operation'.padEnd(42)}${'p50 ms'.padEnd(22)}${'CPU µs'.padEnd(24)}${'calls'.padEnd(8)}${'bytes'.padEnd(10)}${'µs an entity'.padEnd(14)}µs each more`,
  );
  for (const { shape, entities, refusedBy, p50Ms, cpuUs, calls, answerBytes, cpuUsAnEntity, cpuUsEachMore } of rows)
    say(
      `${`${entities}, ${shape}`.padEnd(42)}${
        refusedBy === undefined
          ? `${written(p50Ms, 'ms').padEnd(22)}${written(cpuUs, 'whole').padEnd(24)}${calls.toFixed(0).padEnd(8)}${String(answerBytes).padEnd(10)}${cpuUsAnEntity.toFixed(1).padEnd(14)}${cpuUsEachMore?.toFixed(1) ?? '–'}`
          : `refused: ${refusedBy}`
      }`,
    );
}
