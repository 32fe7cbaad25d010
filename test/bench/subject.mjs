// A process under test: started on its own core, asked once, measured by what the kernel booked on it, and stopped.

import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { openSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { firstAnswer } from './firstAnswer.mjs';

const SUBJECT_CORE = '0';
const LOAD_CORE = '1';
const STARTED_WITHIN_MS = 30_000;
const TICKS_A_SECOND = Number(spawnSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }).stdout || 100);
const nowhere = openSync('/dev/null', 'w');
const running = new Set();

/** Everything that is not under test, this process and wrk included, shares the other core. */
export function takeLoadCore() {
  spawnSync('taskset', ['-acp', LOAD_CORE, String(process.pid)]);
}

export async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  return port;
}

const nodeWith = (script) => [process.execPath, fileURLToPath(script)];

function start(core, command, env) {
  const errors = [];
  // What is logged is written, to where it costs nobody anything.
  const child = spawn('taskset', ['-c', core, ...command], {
    env: { PATH: process.env.PATH, NODE_ENV: 'production', ...env },
    stdio: ['ignore', nowhere, 'pipe'],
  });
  running.add(child);
  child.stderr.on('data', (chunk) => errors.push(chunk));
  child.once('exit', () => running.delete(child));
  return {
    pid: child.pid,
    /** CPU seconds of all its threads so far, of user and of kernel. */
    cpuSeconds() {
      const stat = readFileSync(`/proc/${child.pid}/stat`, 'utf8');
      const [utime, stime] = stat
        .slice(stat.lastIndexOf(')') + 2)
        .split(' ')
        .slice(11, 13);
      return (Number(utime) + Number(stime)) / TICKS_A_SECOND;
    },
    rssMb: () => memoryMb(child.pid, 'VmRSS'),
    peakRssMb: () => memoryMb(child.pid, 'VmHWM'),
    said: () => Buffer.concat(errors).toString().trim(),
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const gone = once(child, 'exit');
      // How it would leave by itself is not what is measured.
      child.kill('SIGKILL');
      await gone;
    },
  };
}

const memoryMb = (pid, field) =>
  Number(new RegExp(`^${field}:\\s+(\\d+)`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;

/** A process that is not under test, on the load's core, once `isReady` resolves. */
export async function startBeside(command, env, isReady) {
  const beside = start(LOAD_CORE, command, env);
  for (let tries = 0; ; tries++)
    try {
      await isReady();
      return beside;
    } catch (cause) {
      if (tries === 100) throw new Error(`${command.at(-1)} does not start: ${cause.message}\n${beside.said()}`);
      await pause(20);
    }
}

/** A script of this folder, as `startBeside` starts it. */
export const scriptOf = (name) => nodeWith(new URL(name, import.meta.url));

/** The upstream; over TLS as well, at `tlsPort`. */
export async function startUpstream() {
  const [port, tlsPort] = [await freePort(), await freePort()];
  const url = `http://127.0.0.1:${port}/api/exploreropen/tokenapi`;
  const control = async (path) => Number(await (await fetch(new URL(path, url))).text());
  const calls = () => control('/calls');
  const env = { PORT: String(port), TLS_PORT: String(tlsPort) };
  const upstream = await startBeside(scriptOf('upstream.mjs'), env, calls);
  return {
    ...upstream,
    url,
    tlsPort,
    calls,
    delay: (ms) => control(`/delay/${ms}`),
    change: (ms) => control(`/change/${ms}`),
  };
}

/**
 * A candidate that has given its first right answer.
 *
 * @returns the process, its `url`, and `startedMs` from the start of the process to that answer
 * @throws Error with what it said, if there is none in time
 */
export async function startCandidate({ title, script, query, env }, upstream) {
  const port = await freePort();
  const startedAt = performance.now();
  const subject = start(SUBJECT_CORE, nodeWith(script), {
    PORT: String(port),
    ADMIN_PORT: String(await freePort()),
    TOKENAPI_URL: upstream.url,
    LOG_LEVEL: 'info',
    MAX_UPSTREAM_CALLS: '1000',
    ...env,
  });
  try {
    await firstAnswer(port, query, startedAt + STARTED_WITHIN_MS);
    return { ...subject, port, url: `http://127.0.0.1:${port}/graphql`, startedMs: performance.now() - startedAt };
  } catch (cause) {
    await subject.stop();
    throw new Error(`${title} does not answer: ${cause.message}\n${subject.said().slice(0, 2000)}`);
  }
}

process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1));
