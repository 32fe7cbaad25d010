// Two replicas in front of one platform, with a Redis or without, and what was done to them. It outlives the runs of the state
// machine: each run has users and devices of its own.

import { setTimeout as pause } from 'node:timers/promises';
import { type Client, createClient } from '../client';
import { type Clock, createClock } from '../clock/clock';
import { type Gateway, startGateway } from '../gateway';
import type { RedisServer } from '../redis';
import { type RedisFaultName, redisFaults } from '../redisFaults';
import type { Run } from '../run';
import { type Platform, startPlatform } from './platform';

export const TIMEOUT_MS = 1000;
const HEAL_LIMIT_MS = 8000;
const SUCCESS = 'ConfirmFirmwareUpgradeSuccess';

export interface Replica {
  readonly clock: Clock;
  gateway: Gateway;
  client: Client;
  /** How often it was started: what an earlier life knew, it has forgotten. */
  life: number;
}

export class World {
  /** Commands so far, and presses that Redis' loss and a crash together allowed to be sent again. */
  readonly counts = { commands: 0, sendsPermitted: 0 };
  /** How often Redis got into trouble or lost its data. */
  troubles = 0;
  /** How often it lost its data. */
  losses = 0;
  /** Redis has served without a break since both replicas were last seen to take keys. */
  isWell = true;
  private fault: RedisFaultName | undefined;
  private users = 0;

  private constructor(
    readonly name: string,
    readonly run: Run,
    readonly platform: Platform,
    readonly redis: RedisServer | undefined,
    readonly replicas: readonly Replica[],
  ) {}

  static async start(name: string, run: Run, redis: RedisServer | undefined): Promise<World> {
    const platform = await startPlatform();
    const replicas = [createClock(), createClock()].map((clock) => ({ clock, life: 0 }) as Replica);
    const world = new World(name, run, platform, redis, replicas);
    await Promise.all(replicas.map((replica) => world.raise(replica)));
    return world;
  }

  /** A user that nobody has seen. */
  newUser(): { name: string; token: string } {
    const name = `${this.name}-${++this.users}`;
    return { name, token: this.run.canary.token(Number.parseInt(name.replaceAll('-', ''), 36)) };
  }

  async raise(replica: Replica): Promise<void> {
    replica.gateway = await startGateway(this.run, this.platform.upstream.url, {
      TOKENAPI_TIMEOUT_MS: String(TIMEOUT_MS),
      ...replica.clock.env,
      ...(this.redis && { REDIS_URL: this.redis.url }),
    });
    replica.client = createClient(this.run, replica.gateway.origin);
    replica.life++;
  }

  async crash(replica: Replica): Promise<void> {
    replica.gateway.kill('SIGKILL');
    await replica.gateway.exited;
    replica.client.close();
  }

  async spoilRedis(fault: RedisFaultName): Promise<void> {
    if (!this.redis || this.fault) return;
    this.trouble();
    this.fault = fault;
    await redisFaults[fault].enter(this.redis);
  }

  private trouble(): void {
    this.troubles++;
    this.isWell = false;
  }

  async emptyRedis(how: 'flushed' | 'restarted empty'): Promise<void> {
    if (!this.redis || this.fault) return;
    this.trouble();
    this.losses++;
    if (how === 'flushed') {
      await this.redis.client.flushall();
      return;
    }
    this.redis.signal('SIGKILL');
    await this.redis.restart({ empty: true });
  }

  /** Redis serves again, and both replicas have noticed. @throws Error if one does not */
  async heal(): Promise<void> {
    if (this.redis && this.fault) {
      await redisFaults[this.fault].leave(this.redis);
      this.fault = undefined;
    }
    const deadline = performance.now() + HEAL_LIMIT_MS;
    await Promise.all(
      this.replicas.map(async ({ client }, number) => {
        while (!(await this.takesKeys(client))) {
          if (performance.now() > deadline)
            throw new Error(`replica ${number} takes no key ${HEAL_LIMIT_MS} ms after Redis serves again`);
          await pause(50);
        }
      }),
    );
    this.isWell = true;
  }

  private async takesKeys(client: Client): Promise<boolean> {
    const { name, token } = this.newUser();
    const { result } = await client.confirm(name, { token, headers: { 'idempotency-key': name } });
    return result?.__typename === SUCCESS;
  }

  /** As it was at first, so that the next run finds nothing of this one. */
  async restore(): Promise<void> {
    await Promise.all(this.replicas.map(({ clock }) => clock.stepTo(0)));
    await this.heal();
  }

  async close(): Promise<void> {
    for (const { client, clock, gateway } of this.replicas) {
      client.close();
      await gateway.stop();
      clock.remove();
    }
    await this.redis?.close();
    await this.platform.upstream.close();
  }
}
