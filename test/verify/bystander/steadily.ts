// Something that is asked for at a steady rate, whether or not answers come, and how it went.

import { setTimeout as pause } from 'node:timers/promises';
import type { LagMeter } from '../lag';
import type { Figures } from './messages';

/** Whatever has no answer so long after the last one was asked for is hanging. */
const HANGING_MS = 5000;
const EXAMPLES = 3;

interface Asked {
  readonly startedAt: number;
  /** Absent while it is hanging. */
  endedAt?: number;
  /** What is wrong with what came. */
  fault?: string | undefined;
}

export interface Steady {
  /** Asks for no more, and waits for what is under way, but not for ever. */
  end(): Promise<Figures>;
}

/** @param ask resolves to what is wrong with the answer, if anything is */
export function steadily(everyMs: number, lag: LagMeter, ask: (number: number) => Promise<string | undefined>): Steady {
  const all: Asked[] = [];
  let going = true;

  async function askOnce(number: number): Promise<void> {
    const one: Asked = { startedAt: performance.now() };
    all.push(one);
    one.fault = await ask(number);
    one.endedAt = performance.now();
  }

  async function askOn(): Promise<void> {
    const startedAt = performance.now();
    for (let number = 0; going; number++) {
      void askOnce(number);
      await pause(Math.max(0, startedAt + (number + 1) * everyMs - performance.now()));
    }
  }

  const asking = askOn();
  return {
    async end() {
      going = false;
      await asking;
      const deadline = performance.now() + HANGING_MS;
      while (performance.now() < deadline && all.some(({ endedAt }) => endedAt === undefined)) await pause(20);
      return figuresOf(all, lag);
    },
  };
}

function figuresOf(all: readonly Asked[], lag: LagMeter): Figures {
  const now = performance.now();
  const times = all
    .map(({ startedAt, endedAt = now }) => Math.max(0, endedAt - startedAt - lag.within(startedAt, endedAt)))
    .sort((one, other) => one - other);
  return {
    asked: all.length,
    good: all.filter(({ endedAt, fault }) => endedAt !== undefined && fault === undefined).length,
    hanging: all.filter(({ endedAt }) => endedAt === undefined).length,
    p95Ms: Math.round(times[Math.ceil(times.length * 0.95) - 1] ?? 0),
    worstMs: Math.round(times.at(-1) ?? 0),
    faults: all.flatMap(({ fault }) => fault ?? []).slice(0, EXAMPLES),
  };
}
