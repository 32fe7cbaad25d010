// A real redis-server for a test, if this machine has one.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { Redis } from 'ioredis';

export interface RedisServer {
  readonly url: string;
  readonly port: number;
  readonly client: Redis;
  /** Ends it as a power cut would. */
  kill(): Promise<unknown>;
  /** Keeps its connections, and answers nothing. */
  pause(): void;
  resume(): void;
  close(): Promise<void>;
}

export interface RedisOptions {
  /** It takes TLS alone, with the certificate of test/tls. */
  isTls?: boolean;
  /** Its configuration, where it needs to be in a file. */
  file?: string;
  /** Beside the usual ones. */
  args?: string[];
}

const [cert, key] = ['cert.pem', 'key.pem'].map((name) => join(__dirname, 'tls', name)) as [string, string];
/** Whom to trust so that the certificate of test/tls can be trusted. */
export const TRUSTED = { NODE_EXTRA_CA_CERTS: cert };

/** True if there is one; where CI is set there must be, so that nothing is passed over there. */
export function hasRedis(): boolean {
  const isThere = (process.env.PATH ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, 'redis-server'), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
  if (!isThere && process.env.CI === 'true') throw new Error('expected a redis-server on the PATH, found none');
  return isThere;
}

export async function startRedis({ isTls = false, file, args = [] }: RedisOptions = {}): Promise<RedisServer> {
  const port = await freePort();
  const folder = await mkdtemp(join(tmpdir(), 'test-redis-'));
  const ports = isTls
    ? [
        '--port',
        '0',
        '--tls-port',
        `${port}`,
        '--tls-cert-file',
        cert,
        '--tls-key-file',
        key,
        '--tls-auth-clients',
        'no',
      ]
    : ['--port', `${port}`];
  const settings = [
    ...(file === undefined ? [] : [file]),
    ...ports,
    '--bind',
    '127.0.0.1',
    '--dir',
    folder,
    '--save',
    '',
    '--appendonly',
    'no',
    ...args,
  ];
  const child: ChildProcess = spawn('redis-server', settings, { stdio: 'ignore' });
  const exited = once(child, 'exit');
  const url = `redis${isTls ? 's' : ''}://127.0.0.1:${port}`;
  const client = new Redis(url, { retryStrategy: () => 50, ...(isTls && { tls: { rejectUnauthorized: false } }) });
  client.on('error', () => undefined);
  await client.ping();
  return {
    url,
    port,
    client,
    kill() {
      child.kill('SIGKILL');
      return exited;
    },
    pause: () => void child.kill('SIGSTOP'),
    resume: () => void child.kill('SIGCONT'),
    async close() {
      client.disconnect();
      child.kill('SIGKILL');
      await exited;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}
