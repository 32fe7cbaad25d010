// The gateway as it is run: its own process, spoken to over the network, its words taken down.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { request } from 'undici';
import type { Run } from './run';

const START_LIMIT_MS = 30_000;
const STOP_LIMIT_MS = 25_000;
const WARNING_LEVEL = 40;
const ERROR_LEVEL = 50;
const WARNINGS_LIMIT = 100_000;

export interface LogLine {
  level: number;
  msg?: string;
  RequestId?: string;
  [name: string]: unknown;
}

export interface Exit {
  code: number | null;
  signal: NodeJS.Signals | null;
}

export interface Gateway {
  readonly pid: number;
  readonly port: number;
  readonly origin: string;
  readonly adminOrigin: string;
  /** What it logged at level warning and above, boundedly. */
  readonly warnings: LogLine[];
  readonly exited: Promise<Exit>;
  kill(signal: NodeJS.Signals): void;
  /** From now on nobody reads what it logs. */
  stallLog(): void;
  /** The status of `/readyz`, or undefined if nobody answers there. */
  readyStatus(): Promise<number | undefined>;
  /** Asks it to go and waits until it has. */
  stop(): Promise<Exit>;
}

const running = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** Starts a gateway; resolves once it says that it is ready. */
export async function startGateway(run: Run, tokenApiUrl: string, env: Record<string, string> = {}): Promise<Gateway> {
  const [port, adminPort] = await freePorts(2);
  const child = spawn(process.execPath, [run.gateway], {
    env: {
      PATH: process.env.PATH,
      HOST: '127.0.0.1',
      PORT: String(port),
      ADMIN_PORT: String(adminPort),
      TOKENAPI_URL: tokenApiUrl,
      DRAIN_DELAY_MS: '0',
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.add(child);
  const exited = once(child, 'exit').then(([code, signal]): Exit => {
    running.delete(child);
    return { code, signal };
  });
  const warnings: LogLine[] = [];

  child.stdout.on('data', run.canary.watch('stdout'));
  child.stderr.on('data', run.canary.watch('stderr'));
  const stderr: string[] = [];
  child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk.toString()));
  const lines = createInterface(child.stdout).on('line', (line) => {
    const logged = logLineFrom(line);
    if (logged && logged.level >= WARNING_LEVEL && warnings.length < WARNINGS_LIMIT) warnings.push(logged);
  });

  const adminOrigin = `http://127.0.0.1:${adminPort}`;
  const gateway: Gateway = {
    pid: child.pid as number,
    port: port as number,
    origin: `http://127.0.0.1:${port}`,
    adminOrigin,
    warnings,
    exited,
    kill: (signal) => child.kill(signal),
    stallLog: () => lines.pause(),
    readyStatus: () => statusOf(`${adminOrigin}/readyz`),
    async stop() {
      await inspectMetrics(run, adminOrigin);
      child.kill('SIGTERM');
      const late = setTimeout(() => child.kill('SIGKILL'), STOP_LIMIT_MS);
      const exit = await exited;
      clearTimeout(late);
      return exit;
    },
  };
  const deadline = performance.now() + START_LIMIT_MS;
  while ((await gateway.readyStatus()) !== 200) {
    if (child.exitCode !== null || performance.now() > deadline)
      throw new Error(`The gateway does not start: ${stderr.join('')}`);
    await pause(50);
  }
  return gateway;
}

/** What a gateway logged at level error and above. */
export const errorsOf = ({ warnings }: Gateway): LogLine[] => warnings.filter(({ level }) => level >= ERROR_LEVEL);

/** Ports that nobody listens on at the moment. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = createServer().listen(0, '127.0.0.1');
      await once(server, 'listening');
      return server;
    }),
  );
  const ports = servers.map((server) => (server.address() as { port: number }).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

async function statusOf(url: string): Promise<number | undefined> {
  try {
    const { statusCode, body } = await request(url, { headersTimeout: 2000 });
    await body.dump();
    return statusCode;
  } catch {
    return undefined;
  }
}

async function inspectMetrics(run: Run, adminOrigin: string): Promise<void> {
  try {
    const { statusCode, body } = await request(`${adminOrigin}/metrics`, { headersTimeout: 2000 });
    const text = await body.text();
    if (statusCode === 200) run.canary.inspect('metrics', text);
  } catch {
    // A gateway that is gone has no metrics.
  }
}

function logLineFrom(line: string): LogLine | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    return JSON.parse(line) as LogLine;
  } catch {
    return undefined;
  }
}
