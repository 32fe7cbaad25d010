// An attacker is a row of a table: a name, the reason why it may harm others, and what it does. And what attackers do it with.

import { connect, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { Pool } from 'undici';
import { type Manner, tokenFor } from '../bystander/platform';
import type { Gateway } from '../gateway';
import { bytesOf } from '../rawHttp';
import { PRODUCT, type Run } from '../run';

export interface Attacker {
  readonly name: string;
  /** What it takes from the others. */
  readonly why: string;
  /** Settings of the gateway that it needs to show its harm soon enough. */
  readonly settings?: Readonly<Record<string, string>>;
  /** True if the naive gateway must be seen to harm its bystander under it. */
  readonly harmsNaive?: true;
  /** Goes on until the attack ends. */
  attack(attack: Attack): Promise<void> | void;
}

/** A GraphQL request. */
export interface Sent {
  query: string;
  variables?: object;
  extensions?: object;
  operationName?: string;
}

/** The harness must leave the gateway its processor. */
const LEAST_PACE_MS = 0.7;
const BACK_OFF_MS = 20;

/** One attack on one gateway. Whatever it opened is closed when it ends. */
export class Attack {
  /** What came back, by status; `cut` where nothing did. */
  readonly tally = new Map<string, number>();
  private readonly pool: Pool;
  private readonly sockets = new Set<Socket>();
  private over = false;

  constructor(
    private readonly run: Run,
    readonly gateway: Gateway,
  ) {
    this.pool = new Pool(gateway.origin, { connections: 400, headersTimeout: 0, bodyTimeout: 0 });
  }

  /** A token of its own for each number, which the platform treats in such a manner. */
  token(number: number, manner: Manner = 'healthy'): string {
    return tokenFor(manner, this.run.canary.token(1000 + number));
  }

  end(): void {
    this.over = true;
    for (const socket of this.sockets) socket.destroy();
    void this.pool.destroy();
  }

  /** So many at once do something again and again, and no faster than an attacker's own machine would. */
  async repeat(workers: number, act: (number: number) => unknown): Promise<void> {
    const startedAt = performance.now();
    let next = 0;
    const work = async () => {
      while (!this.over) {
        const number = next++;
        const early = startedAt + Math.max(0, number - workers) * LEAST_PACE_MS - performance.now();
        if (early > 0) await pause(early);
        await act(number);
      }
    };
    await Promise.all(Array.from({ length: workers }, work));
  }

  /** Posts, and reads the answer without a look at it. */
  async post(sent: Sent | string, token: string, headers: Record<string, string> = {}): Promise<void> {
    try {
      const { statusCode, body } = await this.pool.request({
        path: '/graphql',
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${token}`, ...headers },
        body: typeof sent === 'string' ? sent : JSON.stringify(sent),
      });
      await body.dump({ limit: Number.POSITIVE_INFINITY });
      this.count(String(statusCode));
    } catch {
      this.count('cut');
      await pause(BACK_OFF_MS);
    }
  }

  /** A connection on which something was sent. Nobody reads from it. */
  open(bytes: Buffer | string, port = this.gateway.port): Socket {
    const socket = connect(port, '127.0.0.1');
    this.sockets.add(socket);
    socket.on('error', () => undefined);
    socket.once('close', () => {
      this.sockets.delete(socket);
      if (!this.over) this.count('closed');
    });
    socket.pause();
    if (bytes.length > 0) socket.write(bytes);
    return socket;
  }

  /** Keeps so many connections open: whenever one is closed, the next takes its place. */
  async hold(count: number, open: (number: number) => Socket): Promise<void> {
    await this.repeat(count, async (number) => {
      const socket = open(number);
      await new Promise((resolve) => socket.once('close', resolve));
      await pause(BACK_OFF_MS);
    });
  }

  private count(what: string): void {
    this.tally.set(what, (this.tally.get(what) ?? 0) + 1);
  }
}

/** The bytes of a request whose connection is to stay. */
export const requestOf = (sent: Sent | string, token: string): Buffer =>
  bytesOf({
    headers: [
      ['Content-Type', 'application/json'],
      ['Authorization', `Bearer ${token}`],
      ['Connection', 'keep-alive'],
    ],
    body: typeof sent === 'string' ? sent : JSON.stringify(sent),
  });

/** So many devices, all of them different, as representations or as ids. */
export const representations = (count: number, prefix = 'd'): object[] =>
  idsOf(count, prefix).map((id) => ({ __typename: 'Device', id }));

export const idsOf = (count: number, prefix = 'd'): string[] =>
  Array.from({ length: count }, (_, number) => `${PRODUCT}/${prefix}-${number}`);

/** A document that reads the fields of representations, under one alias or several. */
export const entities = (fields: string, aliases = 1): string =>
  `query($r: [_Any!]!) { ${Array.from({ length: aliases }, (_, number) => `a${number}: _entities(representations: $r) { ... on Device { ${fields} } }`).join(' ')} }`;
