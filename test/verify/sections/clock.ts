// CLOCK: the wall clock of a running gateway is set an hour back or a day forward, and no time that it measures changes by it.

import { circuitAfterSteps, naiveAfterStep, stepsAlone } from '../clock/alone';
import { clocksApart, stepsWithRedis } from '../clock/replicas';
import { World } from '../protocol/world';
import { startRedisIfThere } from '../redis';
import { KEEPS } from '../redisFaults';
import type { Section } from '../report';
import type { Run } from '../run';

export async function clock(run: Run, section: Section): Promise<void> {
  section.none('circuit-wrong', await circuitAfterSteps(run));
  section.none('alone-wrong', await stepsAlone(run));
  const redis = await startRedisIfThere(run, section, KEEPS);
  if (redis) {
    const world = await World.start('clock', run, redis);
    section.none('with-redis-wrong', await stepsWithRedis(world));
    section.none('clocks-apart-wrong', await clocksApart(world));
    await world.close();
  }
  const caught = await naiveAfterStep(run);
  section.check('control-caught', caught.length, caught.length > 0);
}
