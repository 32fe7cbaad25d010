// The simulator behind TLS and a way that takes time, as a platform far away: every connection is written down, from its handshake on.

import { readFileSync } from 'node:fs';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { createServer as createTlsServer, type TLSSocket } from 'node:tls';
import { type Simulator, startSimulator } from '../../src/simulator/simulator';

export const CERTIFICATE_FILE = join(__dirname, '..', 'tls', 'cert.pem');
const KEY_FILE = join(__dirname, '..', 'tls', 'key.pem');

/** A connection whose handshake is done. */
export interface Connection {
  readonly socket: TLSSocket;
  readonly openedAt: number;
  readonly isResumed: boolean;
  /** When its first request came. */
  askedAt?: number;
  closedAt?: number;
  /** The turns that were taken on it, the handshake's included: each is one way over the wire. */
  readonly turns: ('to the platform' | 'back')[];
}

export interface TlsPlatform {
  readonly url: string;
  /** A proxy that tunnels to it. */
  readonly proxyUrl: string;
  readonly simulator: Simulator;
  readonly connections: Connection[];
  /** Whether the next connection is reset instead of accepted. */
  resetsNext: boolean;
  /** When that was done. */
  resetAt: number | undefined;
  /** How many connections were begun. */
  readonly begun: () => number;
  /** How many tunnels there were. */
  readonly tunnels: () => number;
  /** The connections that are open and have never been asked anything. */
  silent(): Connection[];
  /** How many handshakes are answered of which the client's last word is not read: the client may hold them for done already. */
  answered(): number;
  close(): Promise<void>;
}

/** @param delayMs how long a byte is on its way, either way */
export async function startTlsPlatform(delayMs: number): Promise<TlsPlatform> {
  const simulator = await startSimulator({ paceMs: 20 });
  const behind = new URL(simulator.url);
  const connections: Connection[] = [];
  const turnsOf = new Map<number, Connection['turns']>();
  const sockets = new Set<Socket>();
  let [begun, tunnels] = [0, 0];
  const keep = (socket: Socket) => sockets.add(socket.setNoDelay().on('error', () => undefined));

  const tls = createTlsServer({ key: readFileSync(KEY_FILE), cert: readFileSync(CERTIFICATE_FILE) }, (socket) => {
    keep(socket);
    const turns = turnsOf.get(socket.remotePort as number) ?? [];
    const isResumed = socket.isSessionReused();
    const connection: Connection = { socket, openedAt: performance.now(), isResumed, turns };
    connections.push(connection);
    socket.once('data', () => {
      connection.askedAt = performance.now();
    });
    socket.once('close', () => {
      connection.closedAt = performance.now();
    });
    const onward = connect(Number(behind.port), '127.0.0.1').on('error', () => undefined);
    socket.pipe(onward).pipe(socket);
  });
  const way = createServer((client) => {
    keep(client);
    begun++;
    if (platform.resetsNext) {
      platform.resetsNext = false;
      platform.resetAt = performance.now();
      client.resetAndDestroy();
      return;
    }
    const onward = connect(portOf(tls), '127.0.0.1', () => {
      const turns: Connection['turns'] = [];
      turnsOf.set(onward.localPort as number, turns);
      carry(client, onward, () => note(turns, 'to the platform'), delayMs);
      carry(onward, client, () => note(turns, 'back'), delayMs);
    });
    keep(onward);
  });
  const proxy = createServer((client) => {
    keep(client);
    client.once('data', () => {
      tunnels++;
      const onward = connect(portOf(way), '127.0.0.1', () => {
        client.write('HTTP/1.1 200 Connection Established\r\n\r\n');
        client.pipe(onward).pipe(client);
        client.once('close', () => onward.destroy());
      });
      keep(onward);
    });
  });
  await Promise.all([tls, way, proxy].map(listening));
  const platform: TlsPlatform = {
    resetsNext: false,
    resetAt: undefined,
    url: `https://localhost:${portOf(way)}${behind.pathname}`,
    proxyUrl: `http://127.0.0.1:${portOf(proxy)}`,
    simulator,
    connections,
    begun: () => begun,
    tunnels: () => tunnels,
    silent: () => connections.filter(({ askedAt, closedAt }) => askedAt === undefined && closedAt === undefined),
    answered() {
      const done = new Set(connections.map(({ turns }) => turns));
      return [...turnsOf.values()].filter((turns) => turns.includes('back') && !done.has(turns)).length;
    },
    async close() {
      for (const server of [tls, way, proxy]) server.close();
      for (const socket of sockets) socket.destroy();
      await simulator.close();
    },
  };
  return platform;
}

function note(turns: Connection['turns'], turn: Connection['turns'][number]): void {
  if (turns.at(-1) !== turn) turns.push(turn);
}

function carry(from: Socket, to: Socket, onBytes: () => void, delayMs: number): void {
  from.on('data', (bytes) => {
    onBytes();
    setTimeout(() => to.writable && to.write(bytes), delayMs);
  });
  from.once('close', () => setTimeout(() => to.destroy(), delayMs));
}

const portOf = (server: Server) => (server.address() as AddressInfo).port;
const listening = (server: Server) => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
