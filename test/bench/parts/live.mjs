// What it costs to follow upgrades by streams, beside asking for them over connections that are kept alive: memory of each client while
// nothing changes, and CPU of the gateway for each change that a client is told.

import { setTimeout as pause } from 'node:timers/promises';
import { targets } from '../candidates.mjs';
import { spreadOver, verdict, written } from '../figures.mjs';
import { whyNotOpen } from '../load.mjs';
import { freePort, scriptOf, startBeside, startCandidate } from '../subject.mjs';

const WAYS = ['polling', 'websocket', 'sse'];
const WATCHERS_A_DEVICE = 10;
/** So few that each stays within its own share by default. */
const DEVICES_A_USER = 10;
const CHANGE_MS = 2000;
/** As many as one core answers with ease, so that polls are not cheaper for being late. */
const POLLS_A_SECOND = 1000;
/** Budgets that let every device be looked at every 2 s, and all clients in at once. Those of one user stay as they are. */
const LIVE = { LIVE_STREAMS: '100000', LIVE_CALLS_PER_SECOND: '10000' };
const FIRST_PART = 1 / 5;
const SETTLE_MS = 4000;
const OPENED_WITHIN_MS = 120_000;

export async function measure({ candidates, upstream, starts, watchers, liveSeconds, say }) {
  const gateway = candidates.find(({ name }) => name === 'gateway');
  const skipped = gateway === undefined ? 'the gateway is not among the servers' : whyNotOpen(watchers);
  if (skipped) return { skipped, rows: [], verdicts: [] };
  const candidate = { ...gateway, env: { ...gateway.env, ...LIVE } };
  const rounds = Object.fromEntries(WAYS.map((way) => [way, []]));
  for (let round = 1; round <= starts; round++)
    for (const way of WAYS) {
      const figures = await followed(way, { candidate, upstream, watchers, seconds: liveSeconds });
      rounds[way].push(figures);
      const { rssKbEach, cpuUs } = figures;
      say(`start ${round}/${starts}  ${way}: ${rssKbEach.toFixed(1)} kB each, ${cpuUs.toFixed(0)} µs a change`);
    }
  const rows = WAYS.map((way) => rowOf(way, rounds));
  const verdicts = rows
    .filter(({ way }) => way !== 'polling')
    .map(({ way, toPolling }) => verdict(`CPU of an event to a poll, ${way}`, toPolling, targets.eventToPoll, false));
  return { watchers, devices: watchers / WATCHERS_A_DEVICE, settings: LIVE, rows, verdicts };
}

/** One process, which all follow in the same way: first while nothing changes, then while all devices do. */
async function followed(way, { candidate, upstream, watchers, seconds }) {
  await upstream.change(0);
  const subject = await startCandidate(candidate, upstream);
  const clients = await startClients(way, subject.port, watchers / WATCHERS_A_DEVICE);
  // The first of them make the process grow by what it needs once.
  const first = watchers * FIRST_PART;
  await clients.open(first);
  const rssOfFirst = subject.rssMb();
  await clients.open(watchers);
  const rssMb = subject.rssMb();
  await upstream.change(CHANGE_MS);
  if (way === 'polling') await clients.counts(`/ask/${POLLS_A_SECOND}`);
  await pause(SETTLE_MS);
  const before = { cpu: subject.cpuSeconds(), calls: await upstream.calls(), told: (await clients.counts()).told };
  await pause(seconds * 1000);
  const cpuSeconds = subject.cpuSeconds() - before.cpu;
  const calls = (await upstream.calls()) - before.calls;
  const { told, closed } = await clients.counts();
  const changes = told - before.told;
  await clients.stop();
  await subject.stop();
  return {
    rssMb,
    rssKbEach: ((rssMb - rssOfFirst) * 1024) / (watchers - first),
    toldPerSecond: changes / seconds,
    cpuUs: (cpuSeconds * 1e6) / changes,
    callsEach: calls / changes,
    closed,
  };
}

/** Their process. `open` resolves once so many of them have been told how their devices stand. */
async function startClients(way, gatewayPort, devices) {
  const port = await freePort();
  const counts = async (path = '/counts') => (await fetch(`http://127.0.0.1:${port}${path}`)).json();
  const env = {
    PORT: String(port),
    GATEWAY_PORT: String(gatewayPort),
    WAY: way,
    DEVICES: String(devices),
    USERS: String(devices / DEVICES_A_USER),
  };
  const clients = await startBeside(scriptOf('watchers.mjs'), env, counts);
  async function open(all) {
    const deadline = performance.now() + OPENED_WITHIN_MS;
    for (let seen = await counts(`/open/${all}`); seen.open < all; seen = await counts()) {
      if (performance.now() > deadline || seen.closed > 0)
        throw new Error(`${way}: of ${all} clients ${seen.open} were told, ${seen.closed} failed`);
      await pause(100);
    }
    await pause(SETTLE_MS);
  }
  return { ...clients, counts, open };
}

function rowOf(way, rounds) {
  const own = rounds[way];
  const median = (of) => spreadOver(rounds[of], 'cpuUs').median;
  return {
    way,
    rssMb: spreadOver(own, 'rssMb'),
    rssKbEach: spreadOver(own, 'rssKbEach'),
    toldPerSecond: spreadOver(own, 'toldPerSecond'),
    cpuUs: spreadOver(own, 'cpuUs'),
    toPolling: median(way) / median('polling'),
    callsEach: spreadOver(own, 'callsEach'),
    closed: Math.max(...own.map(({ closed }) => closed)),
  };
}

export function print({ skipped, watchers, devices, settings, rows }, say) {
  if (skipped) return say(`skipped: ${skipped}`);
  const set = Object.entries(settings).map((setting) => setting.join('='));
  say(`${watchers} clients of ${devices} devices, with ${set.join(' ')}`);
  say(
    `${'way'.padEnd(12)}${'RSS MB, idle'.padEnd(18)}${'kB a client'.padEnd(18)}${'changes told/s'.padEnd(20)}${'CPU µs a change'.padEnd(20)}${'to polling'.padEnd(12)}calls a change`,
  );
  for (const { way, rssMb, rssKbEach, toldPerSecond, cpuUs, toPolling, callsEach, closed } of rows)
    say(
      `${way.padEnd(12)}${written(rssMb, 'whole').padEnd(18)}${written(rssKbEach, 'whole').padEnd(18)}${written(toldPerSecond, 'whole').padEnd(20)}${written(cpuUs, 'whole').padEnd(20)}${toPolling.toFixed(2).padEnd(12)}${written(callsEach)}${closed > 0 ? ` ${closed} failed` : ''}`,
    );
}
