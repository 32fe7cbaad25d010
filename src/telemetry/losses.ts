// What did not arrive at the collector: counted each time, said once when it begins and once when it is over.

import type { Logger } from 'pino';
import type { Metrics } from './metrics';
import type { OtlpReporter, Signal } from './otlp';

/** A collector that takes every second export has not healed. */
const HEALED_AFTER_MS = 3000;

interface Loss {
  since: number;
  count: number;
}

export function createLosses(log: Logger, metrics: Metrics): OtlpReporter {
  const losses = new Map<Signal, Loss>();
  return {
    otlpLost(signal, why, count) {
      metrics.otlpLost(signal, why, count);
      const loss = losses.get(signal);
      const since = performance.now();
      losses.set(signal, { since, count: (loss?.count ?? 0) + count });
      if (!loss) log.warn({ signal, reason: why }, 'telemetry lost');
    },
    otlpArrived(signal) {
      const loss = losses.get(signal);
      if (!loss || performance.now() - loss.since < HEALED_AFTER_MS) return;
      losses.delete(signal);
      log.info({ signal, lost: loss.count }, 'telemetry arrives again');
    },
  };
}
