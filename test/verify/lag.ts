// How late the machine was: what the harness's own event loop lost, and what the scheduler withheld from it and from the
// gateway, must not be blamed on the gateway. On a machine with nothing else to do this is next to nothing.

import { readFileSync } from 'node:fs';

const TICK_MS = 20;

export interface LagMeter {
  /** How many of the milliseconds between two moments were lost. */
  within(fromMs: number, toMs: number): number;
  stop(): void;
}

interface Sample {
  at: number;
  /** The event loop came so much later than asked. */
  stallMs: number;
  /** Since the start, so long was either process ready to run and not let, or the whole machine was. */
  withheldMs: number;
}

export function startLagMeter(gatewayPid: number): LagMeter {
  const samples: Sample[] = [];
  let last = performance.now();
  const timer = setInterval(() => {
    const at = performance.now();
    samples.push({
      at,
      stallMs: Math.max(0, at - last - TICK_MS),
      withheldMs: withheldMs('self') + withheldMs(gatewayPid) + stolenMs(),
    });
    last = at;
  }, TICK_MS);
  return {
    within(fromMs, toMs) {
      const first = Math.max(0, indexAt(samples, fromMs) - 1);
      const end = Math.min(samples.length - 1, indexAt(samples, toMs));
      if (end <= first) return 0;
      const longest = Math.max(...samples.slice(first + 1, end + 1).map(({ stallMs }) => stallMs));
      return longest + (samples[end] as Sample).withheldMs - (samples[first] as Sample).withheldMs;
    },
    stop: () => clearInterval(timer),
  };
}

/** The first sample that is not before a moment. */
function indexAt(samples: readonly Sample[], ms: number): number {
  let low = 0;
  let high = samples.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((samples[middle] as Sample).at < ms) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The scheduler's own account of a process's main thread; 0 where there is none. */
function withheldMs(pid: number | 'self'): number {
  try {
    return Number(readFileSync(`/proc/${pid}/schedstat`, 'latin1').split(' ')[1]) / 1e6;
  } catch {
    return 0;
  }
}

/** The hypervisor's share, of all processors together; 0 where there is none. */
function stolenMs(): number {
  try {
    return Number(/^cpu +(?:\d+ +){7}(\d+)/.exec(readFileSync('/proc/stat', 'latin1'))?.[1] ?? 0) * 10;
  } catch {
    return 0;
  }
}
