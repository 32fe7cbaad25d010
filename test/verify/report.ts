// What a run says: progress while it lasts, one line of figures a section, and in the end how many checks held.

const PROGRESS_EVERY_MS = 5000;
const EXAMPLES = 5;

export interface Section {
  /** A figure that is only printed. */
  figure(name: string, value: string | number): void;
  /** A figure that must be what is expected. `examples` say what was found instead. */
  check(name: string, value: string | number, holds: boolean, examples?: readonly string[]): void;
  /** The commonest check: so many were found, and none may be. */
  none(name: string, found: readonly string[]): void;
  skip(reason: string): void;
  /** Says how far it is, now and then. */
  progress(text: () => string): { stop(): void };
}

export interface Report {
  /** Runs a section and prints its line. A throw is a failed check. */
  section(name: string, run: (section: Section) => Promise<void>): Promise<void>;
  /** Prints the last line; true if everything held. */
  summary(): boolean;
}

export const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

export function createReport(): Report {
  let passed = 0;
  let failed = 0;

  return {
    async section(name, run) {
      const startedAt = performance.now();
      const figures: string[] = [];
      const faults: string[] = [];
      const skips: string[] = [];
      const check: Section['check'] = (what, value, holds, examples = []) => {
        figures.push(`${what}=${value}`);
        if (holds) passed++;
        else {
          failed++;
          faults.push(`  ${name}: ${what}=${value}`, ...examples.slice(0, EXAMPLES).map((text) => `    ${text}`));
        }
      };
      say(`${name} …`);
      try {
        await run({
          figure: (what, value) => figures.push(`${what}=${value}`),
          check,
          none: (what, found) => check(what, found.length, found.length === 0, found),
          skip: (reason) => skips.push(`  ${name}: skipped: ${reason}`),
          progress: (text) => progressOf(name, text),
        });
      } catch (cause) {
        check('broke off', 1, false, [cause instanceof Error ? (cause.stack ?? cause.message) : String(cause)]);
      }
      for (const line of [...skips, ...faults]) say(line);
      const end = faults.length > 0 ? 'FAILED' : figures.length > 0 ? 'ok' : 'skipped';
      const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
      say(`${name}  ${figures.join(' ')}  ${seconds} s  ${end}`);
    },
    summary() {
      say(`${passed} passed, ${failed} failed`);
      return failed === 0;
    },
  };
}

function progressOf(name: string, text: () => string): { stop(): void } {
  const timer = setInterval(() => say(`  ${name} ${text()}`), PROGRESS_EVERY_MS);
  return { stop: () => clearInterval(timer) };
}
