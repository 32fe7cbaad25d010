// The gateway as a process of its own, as it is run for real: for what only a process shows.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';

const root = join(__dirname, '..');
const [src, dist] = [join(root, 'src'), join(root, 'dist')];
const main = join(dist, 'main.js');

/** A process that was started, and perhaps serves already. */
export interface RunningProcess {
  child: ChildProcess;
  /** What it wrote so far. */
  output(): string;
  /**
   * Resolves with the first text that matches, once it is written.
   *
   * @throws Error if the process ends without it
   */
  written(pattern: RegExp): Promise<string>;
  /** Resolves with the exit code once everything that it wrote is there; with null if a signal killed it. */
  exited: Promise<number | null>;
}

export interface GatewayProcess extends RunningProcess {
  url: string;
  adminUrl: string;
}

/** Starts the compiled gateway, and waits for nothing. */
export function spawnGateway(env: Record<string, string>, args: string[] = []): RunningProcess {
  checkCompiled();
  const child = spawn(process.execPath, [main, ...args], {
    env: { PATH: process.env.PATH ?? '', PORT: '0', ADMIN_PORT: '0', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const exited = once(child, 'close').then(([code]) => code as number | null);
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk) => {
      output += chunk;
    });
  const written = (pattern: RegExp) =>
    new Promise<string>((resolve, reject) => {
      const look = () => {
        const found = pattern.exec(output)?.[0];
        if (found !== undefined) resolve(found);
      };
      look();
      for (const stream of [child.stdout, child.stderr]) stream.on('data', look);
      void exited.then((code) => reject(new Error(`expected ${pattern}, got exit ${code}: ${output}`)));
    });
  return { child, output: () => output, written, exited };
}

/** Starts the compiled gateway, and resolves once it says where it serves. */
export async function startProcess(env: Record<string, string>): Promise<GatewayProcess> {
  const running = spawnGateway(env);
  const where: { url: string; adminUrl: string } = JSON.parse(await running.written(/^.*"adminUrl".*\}$/m));
  return { ...where, ...running };
}

/** Runs the compiled gateway's command line to its end. */
export async function runMain(args: string[], env: Record<string, string> = {}) {
  checkCompiled();
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

/** @throws Error if a source was changed after it was compiled or bundled: the test would say nothing about it */
function checkCompiled(): void {
  const bundledMs = existsSync(main) ? statSync(main).mtimeMs : 0;
  for (const name of readdirSync(src, { recursive: true, encoding: 'utf8' })) {
    if (!name.endsWith('.ts')) continue;
    const [source, compiled] = [join(src, name), join(dist, name.replace(/\.ts$/, '.js'))];
    const compiledMs = existsSync(compiled) ? Math.min(statSync(compiled).mtimeMs, bundledMs) : 0;
    if (statSync(source).mtimeMs > compiledMs)
      throw new Error(`dist/ is older than ${relative(root, source)}: run \`npm run build\``);
  }
}
