// What this machine has, and the processes that a test starts on it: loopback only, and gone when the test is.

import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { ROOT } from './build.mjs';

export const fromRoot = (path) => join(ROOT, path);
export const textOf = (path) => readFileSync(fromRoot(path), 'utf8');

/** What build.mjs made. */
export const image = JSON.parse(readFileSync(join(process.env.BUILT, 'image.json'), 'utf8'));

/**
 * Options for a test that needs programs: it is skipped where one is missing, unless this is CI.
 *
 * @throws Error in CI
 */
export function needs(...programs) {
  const missing = programs.filter((name) => spawnSync('sh', ['-c', `command -v ${name}`]).status !== 0);
  if (missing.length === 0) return {};
  if (process.env.CI === 'true') throw new Error(`expected ${missing.join(' and ')} to be installed`);
  return { skip: `needs ${missing.join(' and ')}` };
}

/** So many ports that are free now. */
export async function freePorts(count) {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'));
  await Promise.all(servers.map((server) => once(server, 'listening')));
  const ports = servers.map((server) => server.address().port);
  await Promise.all(servers.map((server) => once(server.close(), 'close')));
  return ports;
}

const running = new Set();
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/**
 * Starts a program. `output` grows as it writes, `ended` resolves with how it ended, `stop` sends a signal and waits.
 */
export function start([program, ...args], { env = {}, cwd } = {}) {
  const child = spawn(program, args, {
    cwd,
    env: { PATH: process.env.PATH, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.add(child);
  const started = { pid: child.pid, output: '' };
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text) => {
      started.output = (started.output + text).slice(-20_000);
    });
  started.ended = new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => {
      running.delete(child);
      resolve({ code, signal });
    });
  });
  started.ended.catch(() => undefined);
  started.stop = async (signal = 'SIGTERM') => {
    const startedAt = Date.now();
    child.kill(signal);
    return { ...(await started.ended), ms: Date.now() - startedAt };
  };
  return started;
}

/**
 * Asks until the answer is true.
 *
 * @throws Error after `limitMs`
 */
export async function until(what, ask, limitMs = 30_000) {
  const deadline = Date.now() + limitMs;
  const answer = async () => ask();
  while (!(await answer().catch(() => false))) {
    if (Date.now() > deadline) throw new Error(`expected within ${limitMs} ms: ${what}`);
    await pause(50);
  }
}
