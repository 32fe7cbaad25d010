// What the checks of Redis' states share: replicas behind a hop to Redis, and what can be seen of each from outside.

import { setTimeout as pause } from 'node:timers/promises';
import { request } from 'undici';
import { type Answer, type Client, createClient, keyed } from '../client';
import { errorsOf, type Gateway, startGateway } from '../gateway';
import { answerOf, documented } from '../hostile/exchange';
import { accepted, type Fault, faultOf, unknown } from '../hostile/fault';
import { type HostileUpstream, startHostileUpstream } from '../hostile/upstream';
import { SUCCESS } from '../protocol/model';
import type { RedisServer } from '../redis';
import { type RedisRelay, startRedisRelay } from '../redisRelay';
import type { Run } from '../run';

export const TIMEOUT_MS = 2000;
/** So soon the figure follows what happened. */
export const UP_LIMIT_MS = 1000;
const HEAL_LIMIT_MS = 7000;
/** Redis takes any password until it is told to take one alone. */
const PASSWORD = 'any-password';

const after = (name: string, ms: number) =>
  faultOf('good', name, accepted, (x) => x.later(ms, () => x.send(answerOf(200, documented(x.requestId)))));
const quick = after('quick', 10);
/** How the upstream answers, by the beginning of a device's name. */
const paces: readonly Fault[] = [after('slow', 600), faultOf('late', 'held', unknown, () => undefined)];

export interface Replica {
  readonly gateway: Gateway;
  readonly client: Client;
}

export class Scene {
  private tokens = 0;

  private constructor(
    readonly run: Run,
    readonly redis: RedisServer,
    readonly relay: RedisRelay,
    readonly upstream: HostileUpstream,
  ) {}

  static async open(run: Run, redis: RedisServer): Promise<Scene> {
    const upstream = await startHostileUpstream({
      seed: run.seed,
      faultFor: (device) => paces.find(({ name }) => device.startsWith(name)) ?? quick,
    });
    return new Scene(run, redis, await startRedisRelay(redis.port), upstream);
  }

  async replica(env: Record<string, string> = {}): Promise<Replica> {
    const gateway = await startGateway(this.run, this.upstream.url, {
      TOKENAPI_TIMEOUT_MS: String(TIMEOUT_MS),
      REDIS_URL: `redis://default:${PASSWORD}@127.0.0.1:${this.relay.port}`,
      ...env,
    });
    return { gateway, client: createClient(this.run, gateway.origin) };
  }

  token(): string {
    return this.run.canary.token(++this.tokens);
  }

  sends(device: string): number {
    return this.upstream.ledger.of(device).length;
  }

  close(): Promise<void> {
    this.relay.close();
    return this.upstream.close();
  }
}

export const isAccepted = ({ result }: Answer): boolean => result?.__typename === SUCCESS;
export const isNotSent = ({ result }: Answer): boolean => result?.code === 'Gateway.NotSent';
export const msOf = ({ startedAt, endedAt }: Answer): number => endedAt - startedAt;
/** Another type, or the answer to another call. */
export const differs = (a: Answer, b: Answer): boolean =>
  a.result?.__typename !== b.result?.__typename || a.result?.requestId !== b.result?.requestId;
export const textOf = (answer: Answer): string =>
  `${answer.result?.__typename ?? answer.body} ${answer.result?.code ?? answer.result?.requestId ?? ''} after ${Math.round(msOf(answer))} ms`;

/** A figure of `/metrics`; undefined if there is none of this name. */
export async function metricOf({ gateway }: Replica, name: string): Promise<number | undefined> {
  const { body } = await request(`${gateway.adminOrigin}/metrics`);
  const found = new RegExp(`^${name} (\\S+)$`, 'm').exec(await body.text());
  return found ? Number(found[1]) : undefined;
}

export const redisUp = (replica: Replica) => metricOf(replica, 'firmware_gateway_redis_up');

/** What a replica logged about Redis at level error, from a line on. */
export const redisErrors = ({ gateway }: Replica, from = 0): string[] =>
  errorsOf(gateway)
    .map((line) => JSON.stringify(line))
    .filter((line) => /redis/i.test(line))
    .slice(from);

/** Whether something comes true in time. */
export async function within(limitMs: number, isTrue: () => Promise<boolean>): Promise<boolean> {
  for (const deadline = performance.now() + limitMs; ; await pause(50)) {
    if (await isTrue()) return true;
    if (performance.now() > deadline) return false;
  }
}

/** Devices that were confirmed to see whether a state has ended. */
let healed = 0;

/** Which replicas do not take keys, or do not say that Redis is up, although it has served for a while. */
export async function unhealed(scene: Scene, replicas: readonly Replica[]): Promise<string[]> {
  const found = await Promise.all(
    replicas.map(async (replica, number) => {
      const takesKeys = await within(HEAL_LIMIT_MS, async () => {
        const device = `healed-${healed++}`;
        return isAccepted(await replica.client.confirm(device, keyed(scene.token(), device)));
      });
      const isUp = await within(UP_LIMIT_MS, async () => (await redisUp(replica)) === 1);
      return takesKeys && isUp ? [] : [`${number}: takes keys again: ${takesKeys}, redis_up 1: ${isUp}`];
    }),
  );
  return found.flat();
}

export async function stop({ gateway, client }: Replica): Promise<void> {
  client.close();
  await gateway.stop();
}
