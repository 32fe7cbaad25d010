// How much memory a gateway holds on to once its garbage is collected.

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Gateway } from '../gateway';

export interface MemoryMeter {
  /** What a gateway is started with. */
  readonly env: Record<string, string>;
  heldMb(gateway: Gateway): Promise<number>;
  remove(): void;
}

export function createMemoryMeter(): MemoryMeter {
  const folder = mkdtempSync(join(tmpdir(), 'verify-memory-'));
  const file = join(folder, 'bytes');
  return {
    env: { MEMORY_FILE: file, NODE_OPTIONS: `--require ${join(__dirname, 'measured.js')}` },
    async heldMb(gateway) {
      rmSync(file, { force: true });
      gateway.kill('SIGUSR2');
      for (;;) {
        await pause(50);
        try {
          return Number(readFileSync(file, 'latin1')) / 2 ** 20;
        } catch {
          // It is not there yet.
        }
      }
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
