// The gateway as a process of its own, as it is run for real: for what only a process shows.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

const main = join(__dirname, '..', 'dist', 'main.js');

export interface GatewayProcess {
  url: string;
  adminUrl: string;
  child: ChildProcess;
  /** What it wrote so far, lines of JSON. */
  output(): string;
  /** Resolves with the exit code. */
  exited: Promise<number | null>;
}

/** Starts the compiled gateway, and resolves once it says where it serves. */
export async function startProcess(env: Record<string, string>): Promise<GatewayProcess> {
  const child = spawn(process.execPath, [main], {
    env: { PATH: process.env.PATH ?? '', PORT: '0', ADMIN_PORT: '0', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const exited = once(child, 'exit').then(([code]) => code as number | null);
  child.stderr.on('data', (chunk) => {
    output += chunk;
  });
  const where = new Promise<{ url: string; adminUrl: string }>((resolve, reject) => {
    child.stdout.on('data', (chunk) => {
      output += chunk;
      const line = output.split('\n').find((each) => each.includes('"adminUrl"') && each.endsWith('}'));
      if (line) resolve(JSON.parse(line));
    });
    void exited.then((code) => reject(new Error(`expected a start, got exit ${code}: ${output}`)));
  });
  return { ...(await where), child, output: () => output, exited };
}

/** Runs the compiled gateway's command line to its end. */
export async function runMain(args: string[], env: Record<string, string> = {}) {
  const child = spawn(process.execPath, [main, ...args], { env: { PATH: process.env.PATH ?? '', ...env } });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (chunk) => {
    stdout += chunk;
  });
  child.stderr.on('data', (chunk) => {
    stderr += chunk;
  });
  const [code] = await once(child, 'close');
  return { code, stdout, stderr };
}
