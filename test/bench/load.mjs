// wrk: as many requests as a server takes over so many connections, and what they cost it.

import { execFile, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { forms } from './forms.mjs';

/** Open at once, unless told otherwise. */
export const CONNECTIONS = 64;

/** Files that a process has open besides its connections. */
const OTHER_FILES = 500;

const run = promisify(execFile);
const script = fileURLToPath(new URL('load.lua', import.meta.url));

/** Why this machine cannot run the bench; undefined if it can. */
export function whatIsMissing() {
  if (process.platform !== 'linux') return 'The bench reads /proc and pins processes to cores: it runs on Linux only.';
  const isThere = (tool) => spawnSync(tool, ['--version']).error === undefined;
  if (!isThere('wrk')) return 'The load generator wrk is missing. On Debian and Ubuntu: apt-get install wrk';
  if (!isThere('taskset')) return 'taskset is missing. On Debian and Ubuntu: apt-get install util-linux';
  return undefined;
}

/** Why a process cannot hold so many connections here; undefined if it can. Node has raised its own limit as far as it may. */
export function whyNotOpen(connections) {
  const [, files] = /^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8')) ?? [];
  const needed = connections + OTHER_FILES;
  return Number(files) < needed ? `a process may open ${files} files, and needs ${needed}: ulimit -n` : undefined;
}

/**
 * Loads a URL for so many seconds.
 *
 * @param options `form` in which it is sent; `variables` instead of changing devices; `paddingBytes` makes every document another
 * @returns wrk's counts: `requests`, `us` (how long it took), `p50Us`, `p99Us`, `failed`
 */
export async function wrk(url, query, seconds, options = {}) {
  const { connections = CONNECTIONS, form = forms.bare, variables, paddingBytes } = options;
  const { headers, document, body } = form(query);
  const { stdout } = await run(
    'wrk',
    ['-t1', `-c${connections}`, `-d${seconds}s`, '--timeout', '15s', '-s', script, url],
    {
      env: {
        PATH: process.env.PATH,
        BENCH_QUERY: JSON.stringify(document),
        BENCH_BODY: JSON.stringify(body),
        BENCH_HEADERS: Object.entries(headers)
          .map(([name, value]) => `${name}: ${value}\n`)
          .join(''),
        ...(variables && { BENCH_VARIABLES: JSON.stringify(variables) }),
        ...(paddingBytes !== undefined && { BENCH_PADDING: String(paddingBytes) }),
      },
      timeout: (seconds + 60) * 1000,
    },
  );
  return JSON.parse(stdout.trimEnd().split('\n').at(-1));
}

/** Loads a subject and books what it cost: `requestsPerSecond` and `cpuUs` a request beside wrk's counts, and `callsPerRequest` upstream. */
export async function measured(subject, upstream, query, seconds, options) {
  const cpuBefore = subject.cpuSeconds();
  const callsBefore = await upstream.calls();
  const counts = await wrk(subject.url, query, seconds, options);
  const cpuSeconds = subject.cpuSeconds() - cpuBefore;
  const calls = (await upstream.calls()) - callsBefore;
  // What wrk had sent and did not wait for: at most one a connection.
  const unanswered = Math.min(Math.max(calls - counts.requests, 0), options?.connections ?? CONNECTIONS);
  return {
    ...counts,
    requestsPerSecond: counts.requests / (counts.us / 1e6),
    cpuUs: (cpuSeconds * 1e6) / counts.requests,
    callsPerRequest: (calls - unanswered) / counts.requests,
  };
}
