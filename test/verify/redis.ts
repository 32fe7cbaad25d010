// A real redis-server for a while: what it is given is looked at, and it can be put into the states in which it does not serve.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { freePorts } from './gateway';
import type { Section } from './report';
import type { Run } from './run';

const START_LIMIT_MS = 10_000;

export interface RedisServer {
  readonly url: string;
  readonly port: number;
  /** For whoever changes its state. */
  readonly client: Redis;
  /** SIGKILL ends it as a power cut would; SIGSTOP makes it silent. */
  signal(signal: 'SIGKILL' | 'SIGSTOP' | 'SIGCONT'): undefined;
  /** After SIGKILL: starts it again at the same port. What it had kept is there if its settings said so, unless it is to be `empty`. */
  restart(how?: { empty: boolean }): Promise<void>;
  /** Looks at everything that it holds, then ends it. */
  close(): Promise<void>;
}

const NO_REDIS = 'there is no redis-server on the PATH (Debian: apt-get install redis-server)';

function hasRedis(): boolean {
  return (process.env.PATH ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, 'redis-server'), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/** A redis-server, if this machine has one. Without one, a strict run fails. */
export async function startRedisIfThere(
  run: Run,
  section: Section,
  settings: Record<string, string> = {},
): Promise<RedisServer | undefined> {
  if (hasRedis()) return startRedis(run, settings);
  if (run.strict) section.check('redis-server', 'missing', false, [NO_REDIS]);
  // Whoever has only Node is still shown everything else, and hears what is not shown.
  else section.skip(NO_REDIS);
  return undefined;
}

async function startRedis(run: Run, own: Record<string, string>): Promise<RedisServer> {
  const [port] = (await freePorts(1)) as [number];
  const folder = await mkdtemp(join(tmpdir(), 'verify-redis-'));
  // Compressed, a dump would hide what is looked for.
  const settings = { port, bind: '127.0.0.1', dir: folder, save: '', appendonly: 'no', rdbcompression: 'no', ...own };
  const args = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, String(value)]);
  const url = `redis://127.0.0.1:${port}`;
  const client = new Redis(url, { retryStrategy: () => 50, maxRetriesPerRequest: null });
  client.on('error', () => undefined);

  let child: ChildProcess;
  let exited: Promise<unknown>;
  async function start(): Promise<void> {
    child = spawn('redis-server', args, { stdio: ['ignore', 'pipe', 'pipe'] });
    exited = once(child, 'exit');
    child.stdout?.on('data', run.canary.watch('redis'));
    child.stderr?.on('data', run.canary.watch('redis'));
    const started = await Promise.race([client.ping(), pause(START_LIMIT_MS, undefined, { ref: false })]);
    if (started !== 'PONG') throw new Error('redis-server does not start');
  }
  const onExit = () => void child.kill('SIGKILL');
  process.once('exit', onExit);
  await start();
  const monitor = await client.monitor();
  monitor.on('monitor', (_time: string, args: string[]) => run.canary.inspect('redis', args.join(' ')));
  monitor.on('error', () => undefined);

  return {
    url,
    port,
    client,
    signal: (signal) => void child.kill(signal),
    async restart(how) {
      await exited;
      if (how?.empty) await rm(join(folder, 'appendonlydir'), { recursive: true, force: true });
      await start();
    },
    async close() {
      if (child.exitCode === null && child.signalCode === null) {
        await client.save();
        run.canary.inspect('redis', await readFile(join(folder, 'dump.rdb')));
      }
      monitor.disconnect();
      client.disconnect();
      child.kill('SIGKILL');
      await exited;
      process.off('exit', onExit);
      await rm(folder, { recursive: true, force: true });
    },
  };
}
