// A gateway whose wall clock can be set while it runs.

import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Answer } from '../client';

export const HOUR_MS = 3_600_000;
export const DAY_MS = 24 * HOUR_MS;
/** What every check of the clock tries. */
export const STEPS = { 'an hour back': -HOUR_MS, 'a day forward': DAY_MS } as const;

export const typeOf = ({ result }: Answer): string | undefined => result?.__typename;

/** A gateway looks at its file more often than this. */
const NOTICED_MS = 30;

export interface Clock {
  /** What a gateway with this clock is started with. */
  readonly env: Record<string, string>;
  /** From now on the clock is so far off; resolves once the gateway goes by it. */
  stepTo(shiftMs: number): Promise<void>;
  remove(): void;
}

export function createClock(shiftMs = 0): Clock {
  const folder = mkdtempSync(join(tmpdir(), 'verify-clock-'));
  const file = join(folder, 'shift');
  writeFileSync(file, String(shiftMs));
  return {
    env: { CLOCK_FILE: file, NODE_OPTIONS: `--require ${join(__dirname, 'shifted.js')}` },
    async stepTo(shift) {
      // Renamed into its place: a gateway that looks meanwhile finds the old text or the new one, whole.
      writeFileSync(`${file}.new`, String(shift));
      renameSync(`${file}.new`, file);
      await pause(NOTICED_MS);
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
