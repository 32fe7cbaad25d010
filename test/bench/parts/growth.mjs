// How the cost grows: with the devices that one operation reads, and with the connections that are open.

import { CONNECTIVITY, targets } from '../candidates.mjs';
import { spreadOver, verdict, written } from '../figures.mjs';
import { ask, requestText } from '../firstAnswer.mjs';
import { measured, wrk } from '../load.mjs';
import { startCandidate } from '../subject.mjs';

const DEVICES = [1, 10, 50, 100];
const CONNECTIONS = [64, 256, 1024];

const idsOf = (count) => Array.from({ length: count }, (_, i) => `PR1234567890/device-${String(i).padStart(4, '0')}`);

export async function measure(settings) {
  const devices = await growthOfDevices(settings);
  const connections = await growthOfConnections(settings);
  const [one, ...more] = devices.rows ?? [];
  const hundred = more.at(-1);
  const ratio = hundred && hundred.cpuUs.median / one.cpuUs.median;
  return {
    devices,
    connections,
    verdicts: ratio ? [verdict('CPU of 100 devices to one', ratio, targets.cpuOf100DevicesToOne, false)] : [],
  };
}

async function growthOfDevices({ candidates, upstream, rounds, seconds, warmUpSeconds, say }) {
  const candidate = candidates.find(({ name }) => name === 'gateway');
  if (!candidate) return { skipped: 'the gateway is not among the candidates' };
  const subject = await startCandidate(candidate, upstream);
  try {
    for (const count of DEVICES) {
      const answer = await ask(subject.port, requestText(CONNECTIVITY, { ids: idsOf(count) }));
      if ((answer.match(/"ONLINE"/g) ?? []).length !== count)
        return { skipped: `unexpected answer: ${answer.slice(answer.indexOf('\r\n\r\n') + 4, 600)}` };
    }
    await wrk(subject.url, CONNECTIVITY, warmUpSeconds, { variables: { ids: idsOf(10) } });
    const all = DEVICES.map(() => []);
    for (let round = 1; round <= rounds; round++)
      for (const [i, count] of DEVICES.entries()) {
        all[i].push(await measured(subject, upstream, CONNECTIVITY, seconds, { variables: { ids: idsOf(count) } }));
        say(`round ${round}/${rounds}  ${count} devices: ${all[i].at(-1).cpuUs.toFixed(0)} µs an operation`);
      }
    const rows = DEVICES.map((count, i) => ({
      devices: count,
      cpuUs: spreadOver(all[i], 'cpuUs'),
      requestsPerSecond: spreadOver(all[i], 'requestsPerSecond'),
      callsPerRequest: spreadOver(all[i], 'callsPerRequest'),
    }));
    return { rows };
  } finally {
    await subject.stop();
  }
}

async function growthOfConnections({ candidates, upstream, rounds, seconds, warmUpSeconds, say }) {
  const rows = [];
  for (const candidate of candidates.filter(({ name }) => ['limit', 'gateway', 'mercurius'].includes(name))) {
    const subject = await startCandidate(candidate, upstream);
    await wrk(subject.url, candidate.query, warmUpSeconds);
    const all = CONNECTIONS.map(() => []);
    for (let round = 1; round <= rounds; round++)
      for (const [i, connections] of CONNECTIONS.entries()) {
        all[i].push(await measured(subject, upstream, candidate.query, seconds, { connections }));
        say(
          `round ${round}/${rounds}  ${candidate.title}, ${connections} connections: ${all[i].at(-1).cpuUs.toFixed(0)} µs`,
        );
      }
    await subject.stop();
    for (const [i, connections] of CONNECTIONS.entries())
      rows.push({
        name: candidate.name,
        title: candidate.title,
        connections,
        cpuUs: spreadOver(all[i], 'cpuUs'),
        requestsPerSecond: spreadOver(all[i], 'requestsPerSecond'),
        p99Us: spreadOver(all[i], 'p99Us'),
        failed: all[i].reduce((sum, { failed }) => sum + failed, 0),
      });
  }
  return { rows };
}

export function print({ devices, connections }, say) {
  if (devices.skipped) say(`connectivity of many devices: skipped, ${devices.skipped}`);
  else
    say(
      `${'connectivity in one operation'.padEnd(40)}${'CPU µs'.padEnd(22)}${'µs a device'.padEnd(14)}${'to one'.padEnd(9)}${'req/s'.padEnd(22)}calls upstream an operation`,
    );
  for (const { devices: count, cpuUs, requestsPerSecond, callsPerRequest } of devices.rows ?? [])
    say(
      `${`${count} devices`.padEnd(40)}${written(cpuUs, 'whole').padEnd(22)}${(cpuUs.median / count).toFixed(1).padEnd(14)}${(cpuUs.median / devices.rows[0].cpuUs.median).toFixed(2).padEnd(9)}${written(requestsPerSecond, 'whole').padEnd(22)}${callsPerRequest.median.toFixed(2)}`,
    );
  say(`${'busy connections'.padEnd(40)}${'CPU µs'.padEnd(22)}${'to fewest'.padEnd(11)}${'req/s'.padEnd(22)}p99 ms`);
  for (const { name, title, connections: count, cpuUs, requestsPerSecond, p99Us, failed } of connections.rows) {
    const fewest = connections.rows.find((row) => row.name === name);
    say(
      `${`${title}, ${count}`.padEnd(40)}${written(cpuUs, 'whole').padEnd(22)}${(cpuUs.median / fewest.cpuUs.median).toFixed(2).padEnd(11)}${written(requestsPerSecond, 'whole').padEnd(22)}${(p99Us.median / 1000).toFixed(0)}${failed > 0 ? ` ${failed} failed` : ''}`,
    );
  }
}
