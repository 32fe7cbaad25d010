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

function start(core, script, env) {
  const errors = [];
  const command = ['-c', core, process.execPath, fileURLToPath(script)];
  // What is logged is written, to where it costs nobody anything.
  const child = spawn('taskset', command, {
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

/** The upstream, on the load's core. */
export async function startUpstream() {
  const port = await freePort();
  const upstream = start(LOAD_CORE, new URL('upstream.mjs', import.meta.url), { PORT: String(port) });
  const url = `http://127.0.0.1:${port}/api/exploreropen/tokenapi`;
  const control = async (path) => Number(await (await fetch(new URL(path, url))).text());
  for (let tries = 0; tries < 100; tries++)
    if (
      await control('/calls').then(
        () => true,
        () => false,
      )
    )
      break;
    else await pause(20);
  return { ...upstream, url, calls: () => control('/calls'), delay: (ms) => control(`/delay/${ms}`) };
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
  const subject = start(SUBJECT_CORE, script, {
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
