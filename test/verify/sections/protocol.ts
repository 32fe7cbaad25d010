// PROTOCOL: whatever presses, crashes and losses come in whatever order, two replicas keep the promises. A state machine looks for
// an order in which they do not, and shortens it to what matters.

import * as fc from 'fast-check';
import { arbitraries, type Command, DEVICES } from '../protocol/commands';
import { modelFor } from '../protocol/model';
import { World } from '../protocol/world';
import { startRedisIfThere } from '../redis';
import { KEEPS } from '../redisFaults';
import type { Section } from '../report';
import type { Run } from '../run';

const COMMANDS = 2000;
const COMMANDS_QUICK = 500;
/** Each with its own replicas and Redis, so that what one does to them does not reach the others. */
const WORLDS = 3;
const COMMANDS_A_RUN = 25;
const RUNS_A_ROUND = 10;
/** Shortening takes as long as this at most. */
const ROUND_LIMIT_MS = 60_000;
const CONTROL_COMMANDS = 400;

export async function protocol(run: Run, section: Section): Promise<void> {
  const servers = await Promise.all(Array.from({ length: WORLDS }, () => startRedisIfThere(run, section, KEEPS)));
  if (!servers[0]) return;
  const worlds = await Promise.all(servers.map((redis, number) => World.start(`w${number}`, run, redis)));
  const wanted = run.quick ? COMMANDS_QUICK : COMMANDS;
  const commands = () => worlds.reduce((sum, { counts }) => sum + counts.commands, 0);
  const progress = section.progress(() => `${commands()} of ${wanted} commands`);
  const broken = await Promise.all(
    worlds.map((world, number) => explore(world, run.seed + number, () => commands() >= wanted)),
  );
  progress.stop();
  section.figure('commands', commands());
  section.figure(
    'sent',
    worlds.reduce((sum, { platform }) => sum + platform.upstream.ledger.receipts.length, 0),
  );
  section.figure(
    'sent-again-after-loss-and-crash',
    worlds.reduce((sum, { counts }) => sum + counts.sendsPermitted, 0),
  );
  section.none('promises-broken', broken.flat());
  await Promise.all(worlds.map((world) => world.close()));

  const naive = await World.start('naive', run, undefined);
  const caught = await explore(naive, run.seed, () => naive.counts.commands >= CONTROL_COMMANDS);
  section.check('control-without-redis-caught', caught.length, caught.length > 0);
  section.figure('control-commands', naive.counts.commands);
  await naive.close();
}

/** Runs of the state machine until enough was tried, or until a promise was broken: then the shortest order that breaks it. */
async function explore(world: World, seed: number, isEnough: () => boolean): Promise<string[]> {
  const property = fc.asyncProperty(
    fc.commands(arbitraries, { maxCommands: COMMANDS_A_RUN, size: 'max', disableReplayLog: true }),
    async (commands) => {
      if (isEnough()) return;
      try {
        await fc.asyncModelRun(async () => ({ model: modelFor(world, DEVICES), real: world }), commands);
      } finally {
        await world.restore();
      }
    },
  );
  for (let round = 0; !isEnough(); round++) {
    const details = await fc.check(property, {
      seed: seed + round * WORLDS,
      numRuns: RUNS_A_ROUND,
      interruptAfterTimeLimit: ROUND_LIMIT_MS,
    });
    if (details.failed && details.counterexample)
      return [`${listed(details.counterexample[0])}\n${details.errorInstance}`];
  }
  return [];
}

/** The commands of a counterexample, one a line. */
const listed = (commands: Iterable<Command>): string => ['', ...String(commands).split(';,')].join('\n      ');
