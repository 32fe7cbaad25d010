// An empty folder beside a clone, and what a newcomer does in there: the files and the commands of the pages, as they stand. Only the
// ports are others, so that several run at once.

import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ROOT, sectionOf } from '../docs/pages';

const PATIENCE_MS = 60_000;
/** Those that the pages name; the first is the demo's. */
const PORTS = /\b(4000|4100|4200)\b/g;

async function freePort(): Promise<number> {
  const server = createServer().listen(0);
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

export class Folder {
  private readonly parent = mkdtempSync(join(tmpdir(), 'hour-'));
  private readonly running: ChildProcess[] = [];
  private ports: Record<string, number> = {};
  private demo = '';
  readonly path = join(this.parent, 'app');

  /** The folder as the README begins one: the packages are there, and the demo runs. */
  static async begun(): Promise<Folder> {
    const folder = new Folder();
    const clone = join(folder.parent, 'firmware-gateway');
    for (const made of [folder.path, clone]) mkdirSync(made);
    symlinkSync(join(ROOT, 'examples'), join(clone, 'examples'));
    const artefacts = join(__dirname, 'artefacts');
    for (const tarball of readdirSync(artefacts)) symlinkSync(join(artefacts, tarball), join(clone, tarball));
    for (const port of ['4000', '4100', '4200']) folder.ports[port] = await freePort();
    // The first block makes the tarballs: package.json here has it.
    const { commands } = sectionOf('README.md', 'An app in an hour');
    const lines = (commands[1] ?? '').split('\n');
    for (const line of lines.slice(0, -1)) await folder.run(line);
    await folder.start(lines.at(-1) ?? '', /Ctrl-C/, (printed) => {
      folder.demo = printed;
    });
    return folder;
  }

  private here(text: string): string {
    return text.replace(PORTS, (port) => String(this.ports[port]));
  }

  private get options() {
    const demo = { PORT: String(this.ports['4000']), ADMIN_PORT: '0', AUDIT: 'stdout' };
    return { cwd: this.path, env: { ...process.env, ...demo } };
  }

  write(files: Record<string, string>): void {
    for (const [name, text] of Object.entries(files)) writeFileSync(join(this.path, name), this.here(text));
  }

  /** What the command prints, once it has ended well. */
  async run(command: string): Promise<string> {
    const { stdout } = await promisify(execFile)('sh', ['-c', this.here(command)], this.options);
    return stdout;
  }

  /** What the command has printed once that matches; it runs on. */
  start(command: string, pattern: RegExp, heard: (printed: string) => void = () => undefined): Promise<string> {
    const child = spawn('sh', ['-c', this.here(command)], {
      ...this.options,
      detached: true,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    this.running.push(child);
    let printed = '';
    return new Promise((resolve, reject) => {
      const failed = () => reject(new Error(`expected ${command} to print ${pattern}, and it printed ${printed}`));
      const timer = setTimeout(failed, PATIENCE_MS);
      child.once('exit', failed);
      child.stdout.on('data', (chunk) => {
        printed += chunk;
        heard(printed);
        if (!pattern.test(printed)) return;
        clearTimeout(timer);
        resolve(printed);
      });
    });
  }

  /** How often a confirm of this device was sent to the platform, by the demo's audit. */
  sends(deviceName: string): number {
    const lines = this.demo.split('\n').filter((line) => line.includes('"msg":"confirm begun"'));
    return lines.filter((line) => JSON.parse(line).device.endsWith(`/${deviceName}`)).length;
  }

  close(): void {
    // Each has a group of its own, so that what a shell started ends with it.
    for (const { pid } of this.running) if (pid !== undefined) process.kill(-pid, 'SIGKILL');
    rmSync(this.parent, { recursive: true, force: true, maxRetries: 5 });
  }
}
