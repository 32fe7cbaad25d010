// LIVE: whoever follows an upgrade is told no step backwards, no older upgrade's end and its own end in time, whatever the platform
// shows, clients do, gateways are restarted and Redis hangs for a moment; the platform is asked no more than it may be, and others are
// served as before.

import { setTimeout as pause } from 'node:timers/promises';
import { steadily } from '../bystander/steadily';
import { startLagMeter } from '../lag';
import { type Budget, overBudget } from '../live/budget';
import { Fleet } from '../live/fleet';
import { startNaiveStreams } from '../live/naiveStreams';
import { type LivePlatform, startLivePlatform } from '../live/platform';
import { Round } from '../live/round';
import { type RedisServer, startRedisIfThere } from '../redis';
import type { Section } from '../report';
import type { Run } from '../run';

const WHOLE = {
  users: 8,
  devices: 200,
  watchers: 1000,
  perSecond: 50,
  perSecondPerUser: 10,
  betweenMs: 9000,
  calmMs: 15_000,
};
const QUICK = {
  users: 8,
  devices: 60,
  watchers: 300,
  perSecond: 15,
  perSecondPerUser: 4,
  betweenMs: 2000,
  calmMs: 5000,
};
const CONTROL = { users: 4, devices: 20, watchers: 60, transports: ['sse'] as const };
type Size = typeof WHOLE;

const RESTARTS = 5;
const DRAIN_DELAY_MS = 2000;
const COME_WITHIN_MS = 2000;
const SILENCE_MS = 3000;
const REDIS_SILENCE_MS = 800;
const IDLE_MS = 2000;
const CONTROL_MS = 6000;
const MEMORY_LIMIT_MB = 10;
const BYSTANDER_EVERY_MS = 100;
/** Of the calm time. */
const SLOWER_LIMIT = 1.3;

export async function live(run: Run, section: Section): Promise<void> {
  const redis = await startRedisIfThere(run, section);
  if (!redis) return;
  const size = run.quick ? QUICK : WHOLE;
  const platform = await startLivePlatform(run.seed);
  const tokensFound = run.canary.found.length;
  const fleet = await fleetOf(run, platform, redis, size);

  const restarted = await round(run, section, platform, fleet, { ...size, name: 'a' }, async (watched) => {
    for (let i = 0; i < RESTARTS; i++) {
      if (i === 2) watched.refuse();
      if (i === 3) platform.beSilent(SILENCE_MS);
      await pause(size.betweenMs / 2);
      await hang(redis);
      await pause(size.betweenMs / 2);
      await fleet.restartOne();
    }
  });
  const heldBefore = await idle(section, fleet);
  const calm = await confirmSteadily(run, fleet, 'calm', () => pause(size.calmMs));
  const busy = await confirmSteadily(run, fleet, 'busy', async () => {
    const steady = await round(run, section, platform, fleet, { ...size, name: 'b' }, () => pause(size.calmMs));
    section.figure('watched', `${restarted}+${steady}`);
  });
  const heldAfter = await idle(section, fleet);

  section.none('over-budget', overBudget(platform.polls, size));
  section.figure('polls', platform.polls.length);
  section.figure('memory-mb', `${heldBefore.map(Math.round)}→${heldAfter.map(Math.round)}`);
  const grown = heldAfter.map((mb, i) => mb - (heldBefore[i] as number));
  section.check(
    'memory-grown-mb',
    Math.max(...grown).toFixed(1),
    grown.every((mb) => Math.abs(mb) <= MEMORY_LIMIT_MB),
  );
  section.none('bystander-refused', [...calm.faults, ...busy.faults]);
  section.figure('calm-p95-ms', calm.p95Ms);
  section.check('p95-ms', busy.p95Ms, busy.p95Ms <= calm.p95Ms * SLOWER_LIMIT);
  await fleet.close();
  section.none(
    'unclean-exits',
    fleet.exits.filter(({ code }) => code !== 0).map(({ code, signal }) => `${code ?? signal}`),
  );
  await redis.close();
  section.none('tokens-found', run.canary.found.slice(tokensFound));
  platform.close();
  await control(run, section, size);
}

/** As while it saves what it has, or while another one takes over from it. */
async function hang(redis: RedisServer): Promise<void> {
  redis.signal('SIGSTOP');
  await pause(REDIS_SILENCE_MS);
  redis.signal('SIGCONT');
}

const fleetOf = (
  run: Run,
  platform: LivePlatform,
  redis: RedisServer,
  { perSecond, perSecondPerUser, watchers }: Size,
) =>
  new Fleet(run, platform.url, {
    REDIS_URL: redis.url,
    TOKENAPI_TIMEOUT_MS: '1500',
    DRAIN_DELAY_MS: String(DRAIN_DELAY_MS),
    LIVE_CALLS_PER_SECOND: String(perSecond),
    LIVE_CALLS_PER_SECOND_PER_USER: String(perSecondPerUser),
    LIVE_STREAMS_PER_USER: String(watchers),
  }).start();

/** All watch while something happens, and until the last end. @returns how many events they were told */
async function round(
  run: Run,
  section: Section,
  platform: LivePlatform,
  fleet: Fleet,
  size: Size & { name: string },
  happens: (watched: Round) => Promise<void>,
): Promise<number> {
  const watched = new Round(run, platform, fleet, size);
  const events = () => watched.watchers.reduce((sum, watcher) => sum + watcher.events, 0);
  const progress = section.progress(() => `${events()} events told`);
  await watched.begin(COME_WITHIN_MS);
  await happens(watched);
  await watched.end();
  progress.stop();
  for (const [kind, found] of Object.entries(watched.faults)) section.none(`${size.name}-${kind}`, found);
  section.figure(`${size.name}-upgrades`, watched.confirms + size.devices);
  section.figure(`${size.name}-slowest-end-ms`, watched.worstEndMs);
  return events();
}

/** Nobody watches, and nobody is left. @returns what each gateway holds in memory, in MB */
async function idle(section: Section, fleet: Fleet): Promise<number[]> {
  await pause(IDLE_MS);
  section.none('left-open', await fleet.leftOpen());
  return fleet.heldMb();
}

/** A user who confirms steadily meanwhile. */
async function confirmSteadily(run: Run, fleet: Fleet, name: string, meanwhile: () => Promise<unknown>) {
  const token = run.canary.token(1);
  const lag = startLagMeter(fleet.pids()[0] as number);
  const steady = steadily(BYSTANDER_EVERY_MS, lag, async (number) => {
    const type = await fleet.confirm(`bystander-${name}-${number}`, token);
    return type === 'ConfirmFirmwareUpgradeSuccess' ? undefined : String(type);
  });
  await meanwhile();
  const figures = await steady.end();
  lag.stop();
  return figures;
}

/** The same checks find what is wrong with streams that tell whatever is shown. */
async function control(run: Run, section: Section, budget: Budget): Promise<void> {
  const platform = await startLivePlatform(run.seed);
  const naive = await startNaiveStreams(platform.url);
  const watched = new Round(run, platform, naive, { ...CONTROL, name: 'control' });
  await watched.begin(COME_WITHIN_MS);
  await pause(CONTROL_MS);
  await watched.leave();
  for (const kind of ['steps-backwards', 'old-ends', 'alike-in-a-row'] as const)
    section.check(`control-${kind}`, watched.faults[kind].length, watched.faults[kind].length > 0);
  const over = overBudget(platform.polls, budget);
  section.check('control-over-budget', over.length, over.length > 0);
  naive.close();
  platform.close();
}
