// A hop between the gateway and Redis: it can go silent without closing, and answer in Redis' place with an error of Redis' own.

import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

export interface Spoiled {
  /** The error that every command gets, such as `READONLY …`; undefined: nothing answers, and nothing is closed. */
  readonly error?: string;
  /** Connections that are made from now on work: the others stay spoiled for ever. */
  readonly standingOnly?: true;
}

export interface RedisRelay {
  readonly port: number;
  /** Commands that were taken and never answered. */
  readonly unanswered: number;
  spoil(how: Spoiled): undefined;
  /** New connections work, and so do those that answered with an error. What a silent one was given is lost, so it stays silent. */
  mend(): undefined;
  close(): void;
}

/** Commands by which a client introduces itself, and asks about the server. */
const ABOUT_THE_SERVER = ['HELLO', 'AUTH', 'CLIENT', 'SELECT', 'INFO', 'CONFIG', 'COMMAND', 'PING', 'QUIT'];

export async function startRedisRelay(redisPort: number): Promise<RedisRelay> {
  const connections = new Map<Socket, Spoiled | undefined>();
  let spoiled: Spoiled | undefined;
  let unanswered = 0;

  const server = createServer((client) => {
    const redis = connect(redisPort, '127.0.0.1');
    connections.set(client, spoiled?.standingOnly ? undefined : spoiled);
    redis.on('data', (chunk) => client.write(chunk));
    client.on('data', (chunk: Buffer) => {
      const how = connections.get(client);
      if (!how) redis.write(chunk);
      else
        for (const { name, bytes } of commandsFrom(chunk)) {
          if (how.error === undefined) unanswered++;
          else if (ABOUT_THE_SERVER.includes(name)) redis.write(bytes);
          else client.write(`-${how.error}\r\n`);
        }
    });
    for (const socket of [client, redis])
      socket
        .on('error', () => undefined)
        .once('close', () => {
          connections.delete(client);
          client.destroy();
          redis.destroy();
        });
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');

  return {
    port: (server.address() as { port: number }).port,
    get unanswered() {
      return unanswered;
    },
    spoil(how) {
      if (!how.standingOnly) spoiled = how;
      for (const client of connections.keys()) connections.set(client, how);
    },
    mend() {
      spoiled = undefined;
      for (const [client, how] of connections)
        if (how?.error !== undefined && !how.standingOnly) connections.set(client, undefined);
    },
    close() {
      server.close();
      for (const client of connections.keys()) client.destroy();
    },
  };
}

/** The commands of a chunk. A client writes commands whole, and these are short: none is spread over two chunks. */
function* commandsFrom(chunk: Buffer): Generator<{ name: string; bytes: Buffer }> {
  for (let at = 0; at < chunk.length; ) {
    const start = at;
    const line = () => {
      const end = chunk.indexOf('\r\n', at);
      const text = chunk.toString('latin1', at, end);
      at = end + 2;
      return text;
    };
    const parts = Number(line().slice(1));
    let name = '';
    for (let part = 0; part < parts; part++) {
      const length = Number(line().slice(1));
      if (part === 0) name = chunk.toString('latin1', at, at + length).toUpperCase();
      at += length + 2;
    }
    yield { name, bytes: chunk.subarray(start, at) };
  }
}
