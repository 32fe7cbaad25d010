// What the figures and the info lines of one confirm cost, kept by src/telemetry and kept by prom-client and pino: side by side
// in a gateway under load, where the processor's caches are as cold as they are in service. Own code stands only where the
// library would cost more than a share of a request's CPU, which is measured of an unchanged gateway in the same rounds.

import { candidates } from '../candidates.mjs';
import { spreadOver, written } from '../figures.mjs';
import { measured, wrk } from '../load.mjs';
import { freePort, startCandidate } from '../subject.mjs';

/** A library that costs at most so much more of a request is used. */
const LIMIT_PERCENT = 2;
const probedGateway = new URL('../servers/probedGateway.mjs', import.meta.url);

export async function measure({ upstream, rounds, seconds, warmUpSeconds, say }) {
  const gateway = candidates.find(({ name }) => name === 'gateway');
  const adminPort = String(await freePort());
  const env = { ...gateway.env, ADMIN_PORT: adminPort };
  const [plain, probed] = [
    await startCandidate(gateway, upstream),
    await startCandidate({ ...gateway, title: 'The gateway with the probe', script: probedGateway, env }, upstream),
  ];
  const timesSoFar = async () => (await fetch(`http://127.0.0.1:${adminPort}/metrics`)).json();
  for (const { url } of [plain, probed]) await wrk(url, gateway.query, warmUpSeconds);
  const all = [];
  for (let round = 1; round <= rounds; round++) {
    const { cpuUs: requestUs } = await measured(plain, upstream, gateway.query, seconds);
    await timesSoFar();
    await wrk(probed.url, gateway.query, seconds);
    all.push(roundFrom(requestUs, await timesSoFar()));
    const { promPercent, pinoPercent } = all.at(-1);
    say(
      `round ${round}/${rounds}  prom-client: ${promPercent.toFixed(2)} %, pino: ${pinoPercent.toFixed(2)} % of ${requestUs.toFixed(0)} µs`,
    );
  }
  await plain.stop();
  await probed.stop();
  const row = (what, own, library, percent) => ({
    what,
    ownUs: spreadOver(all, own),
    libraryUs: spreadOver(all, library),
    morePercent: spreadOver(all, percent),
  });
  return {
    requestUs: spreadOver(all, 'requestUs'),
    rows: [
      row('six figures, prom-client', 'ownFigures', 'promFigures', 'promPercent'),
      row('three info lines, pino', 'ownLines', 'pinoLines', 'pinoPercent'),
    ],
    // What this decides is a matter of the code, not an aim of the gateway.
    verdicts: [],
  };
}

/** µs a confirm: each method is called once. */
function roundFrom(requestUs, times) {
  const us = Object.fromEntries(
    Object.entries(times).map(([way, methods]) => [
      way,
      Object.values(methods).reduce((sum, { ms, count }) => sum + (ms * 1000) / count, 0),
    ]),
  );
  return {
    ...us,
    requestUs,
    promPercent: ((us.promFigures - us.ownFigures) / requestUs) * 100,
    pinoPercent: ((us.pinoLines - us.ownLines) / requestUs) * 100,
  };
}

export function print({ requestUs, rows }, say) {
  say(`A request takes ${written(requestUs, 'whole')} µs of CPU.`);
  say(`${'µs a confirm'.padEnd(34)}${'own'.padEnd(20)}${'library'.padEnd(22)}more, in % of a request`);
  for (const { what, ownUs, libraryUs, morePercent } of rows) {
    const decision = morePercent.median > LIMIT_PERCENT ? 'own code is kept' : 'the library is to be used';
    say(
      `${what.padEnd(34)}${written(ownUs).padEnd(20)}${written(libraryUs).padEnd(22)}${written(morePercent)}, limit ${LIMIT_PERCENT}: ${decision}`,
    );
  }
}
