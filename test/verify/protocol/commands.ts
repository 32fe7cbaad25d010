// What can happen, as fast-check's commands: presses, alone or together, with what befalls the replicas or Redis meanwhile.

import { setTimeout as pause } from 'node:timers/promises';
import * as fc from 'fast-check';
import { DAY_MS, HOUR_MS } from '../clock/clock';
import { type RedisFaultName, redisFaults } from '../redisFaults';
import { followed } from './follow';
import { type DeviceModel, learn, type Model, type Press } from './model';
import { type Manner, manners } from './platform';
import { judge } from './rules';
import type { Replica, World } from './world';

export type Command = fc.AsyncCommand<Model, World>;

export const DEVICES = 2;
const device = fc.nat(DEVICES - 1);
const replica = fc.nat(1);
const faultName = fc.constantFrom(...(Object.keys(redisFaults) as RedisFaultName[]));
const loss = fc.constantFrom('flushed' as const, 'restarted empty' as const);

const command = (
  name: string,
  run: (model: Model, world: World) => Promise<unknown>,
  check: (model: Readonly<Model>) => boolean = () => true,
): Command => ({
  check,
  toString: () => `${name};`,
  async run(model, world) {
    world.counts.commands++;
    await run(model, world);
  },
});

/** Something that happens `afterMs` after the presses were made. */
interface Meanwhile {
  name: string;
  crashes?: number;
  happen?: (world: World) => Promise<void>;
}

const meanwhile: fc.Arbitrary<Meanwhile> = fc.oneof(
  { weight: 40, arbitrary: fc.constant({ name: '' }) },
  { weight: 2, arbitrary: replica.map((crashes) => ({ name: `while replica ${crashes} crashes`, crashes })) },
  {
    weight: 2,
    arbitrary: faultName.map((fault) => ({
      name: `while Redis gets ${fault}`,
      happen: (world: World) => world.spoilRedis(fault),
    })),
  },
  {
    weight: 1,
    arbitrary: loss.map((how) => ({ name: `while Redis is ${how}`, happen: (world: World) => world.emptyRedis(how) })),
  },
);

const MANNER_WEIGHTS: Readonly<Record<Manner, number>> = {
  accepts: 10,
  'accepts slowly': 4,
  'says offline': 3,
  'says too many': 2,
  'reports an error': 2,
  'accepts and cuts': 2,
  'accepts in silence': 1,
};
const manner = fc.oneof(
  ...(Object.keys(manners) as Manner[]).map((name) => ({
    weight: MANNER_WEIGHTS[name],
    arbitrary: fc.constant(name),
  })),
);

const press = fc.record({ replica, key: fc.constantFrom(undefined, 'k1', 'k2') });

const pressing = fc
  .record({
    at: device,
    presses: fc.array(press, { minLength: 1, maxLength: 3 }),
    manner,
    meanwhile,
    afterMs: fc.constantFrom(0, 3, 10, 60),
  })
  .map(({ at, presses, manner, meanwhile, afterMs }) => {
    const made = presses.map(({ replica, key }) => `on ${replica} with ${key ?? 'no key'}`).join(' and ');
    const also = meanwhile.name && `, ${meanwhile.name} after ${afterMs} ms`;
    return command(`press device ${at} ${made}, the platform ${manner}${also}`, async ({ token, devices }, world) => {
      const model = devices[at] as DeviceModel;
      const { platform, replicas, troubles, losses, isWell } = world;
      platform.answerBy(model.name, manner);
      const made = presses.map(async ({ replica, key }): Promise<Press> => {
        const { client, life } = replicas[replica] as Replica;
        const headers = key === undefined ? {} : { 'idempotency-key': key };
        return { replica, life, key, answer: await client.confirm(model.name, { token, headers }) };
      });
      if (meanwhile.name) await pause(afterMs);
      await meanwhile.happen?.(world);
      const crashed = meanwhile.crashes === undefined ? undefined : (replicas[meanwhile.crashes] as Replica);
      if (crashed) await world.crash(crashed);
      const all = await Promise.all(made);
      if (crashed) await world.raise(crashed);
      const done = {
        device: model,
        presses: all,
        sends: platform.confirmsOf(model.name).slice(model.judged),
        isWell: isWell && world.troubles === troubles,
        hasCrash: crashed !== undefined,
        troubles,
        losses,
      };
      judge(done, world);
      learn(world, done);
    });
  });

const crash = replica.map((number) =>
  command(`replica ${number} crashes`, async (_, world) => {
    await world.crash(world.replicas[number] as Replica);
    await world.raise(world.replicas[number] as Replica);
  }),
);

const spoil = faultName.map((fault) => command(`Redis gets ${fault}`, (_, world) => world.spoilRedis(fault)));
const empty = loss.map((how) => command(`Redis is ${how}`, (_, world) => world.emptyRedis(how)));
const heal = fc.constant(command('Redis serves again', (_, world) => world.heal()));

const clock = fc
  .tuple(replica, fc.constantFrom(-HOUR_MS, 0, DAY_MS))
  .map(([number, shiftMs]) =>
    command(`the clock of replica ${number} steps to ${shiftMs / HOUR_MS} h`, async (_, world) =>
      world.replicas[number]?.clock.stepTo(shiftMs),
    ),
  );

const follow = fc
  .tuple(replica, device)
  .map(([number, at]) =>
    command(`follow device ${at} on ${number}`, ({ token, devices }, world) =>
      followed(world, number, token, devices[at] as DeviceModel),
    ),
  );
const show = fc
  .tuple(device, fc.constantFrom('moving' as const, 'ended' as const))
  .map(([at, what]) =>
    command(`the platform shows device ${at} ${what}`, async ({ devices }, world) =>
      world.platform.show(devices[at]?.name ?? '', what),
    ),
  );

const weighted = (weight: number, arbitrary: fc.Arbitrary<Command>) =>
  Array<fc.Arbitrary<Command>>(weight).fill(arbitrary);

/** fast-check picks each as often as it is named. */
export const arbitraries: fc.Arbitrary<Command>[] = [
  ...weighted(20, pressing),
  ...weighted(6, follow),
  ...weighted(3, show),
  ...weighted(4, heal),
  ...[crash, spoil, empty, clock],
];
