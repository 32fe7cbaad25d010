// Two gateways over one Redis, which are restarted one after the other while they are watched. Whoever comes is sent to those that
// stay, in turns, as a balancer would.

import { request } from 'undici';
import { type Client, createClient } from '../client';
import { type Exit, type Gateway, startGateway } from '../gateway';
import type { Run } from '../run';
import { createMemoryMeter, type MemoryMeter } from './memory';

const SIZE = 2;
const GAUGES = ['live_watchers', 'live_pollers'];

interface Member {
  readonly gateway: Gateway;
  readonly client: Client;
  readonly memory: MemoryMeter;
}

export class Fleet {
  readonly exits: Exit[] = [];
  private members: Member[] = [];
  private readonly gone = new Set<string>();
  private started = 0;
  private turn = 0;

  constructor(
    private readonly run: Run,
    private readonly platformUrl: string,
    private readonly env: Record<string, string>,
  ) {}

  async start(): Promise<this> {
    while (this.members.length < SIZE) this.members.push(await this.startOne());
    return this;
  }

  private async startOne(): Promise<Member> {
    const memory = createMemoryMeter();
    const url = `${this.platformUrl}/${++this.started}`;
    const gateway = await startGateway(this.run, url, { ...this.env, ...memory.env });
    return { gateway, memory, client: createClient(this.run, gateway.origin) };
  }

  private next(): Member {
    return this.members[this.turn++ % this.members.length] as Member;
  }

  origin(): string {
    return this.next().gateway.origin;
  }

  hasLeft(origin: string): boolean {
    return this.gone.has(origin);
  }

  async confirm(device: string, token: string): Promise<string | undefined> {
    const { result } = await this.next().client.confirm(device, { token });
    return result?.__typename;
  }

  /** The oldest goes, and a new one comes. */
  async restartOne(): Promise<void> {
    const { gateway, client, memory } = this.members.shift() as Member;
    this.gone.add(gateway.origin);
    this.exits.push(await gateway.stop());
    client.close();
    memory.remove();
    this.members.push(await this.startOne());
  }

  heldMb(): Promise<number[]> {
    return Promise.all(this.members.map(({ gateway, memory }) => memory.heldMb(gateway)));
  }

  /** What is still watched. */
  async leftOpen(): Promise<string[]> {
    const texts = await Promise.all(
      this.members.map(async ({ gateway }) => (await request(`${gateway.adminOrigin}/metrics`)).body.text()),
    );
    return texts.flatMap((text) =>
      GAUGES.flatMap((name) => {
        const line = new RegExp(`^firmware_gateway_${name} (.*)$`, 'm').exec(text)?.[0];
        return line === undefined || !line.endsWith(' 0') ? [line ?? `${name} is missing`] : [];
      }),
    );
  }

  pids(): number[] {
    return this.members.map(({ gateway }) => gateway.pid);
  }

  async close(): Promise<void> {
    for (const { gateway, client, memory } of this.members) {
      client.close();
      this.exits.push(await gateway.stop());
      memory.remove();
    }
  }
}
