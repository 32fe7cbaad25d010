// What is not counted but read when the figures are asked for.

import type PromClient from 'prom-client';
import type { Registry } from 'prom-client';
import type { Transport } from '../http/reporter';
import type { BreakerState } from '../tokenapi/breaker';

/** What is read when the figures are asked for. */
export interface Gauges {
  upstream_in_flight: () => number;
  upstream_queued: () => number;
  breaker_state: () => Readonly<Record<'reads' | 'confirms', BreakerState>>;
  documents: () => number;
  redis_configured: () => boolean;
  redis_up: () => boolean;
  live_watchers: () => number;
  live_pollers: () => number;
}

/** With those that are counted here. */
export interface AllGauges extends Gauges {
  live_streams: () => Readonly<Record<Transport, number>>;
}

const gaugeHelp: Record<keyof AllGauges, string> = {
  upstream_in_flight: 'Upstream calls under way.',
  upstream_queued: 'Upstream calls that wait for a place.',
  breaker_state: 'Circuit to the platform of reads and of confirms: 0 closed, 1 half open, 2 open.',
  documents: 'Documents that are remembered, each from its second use on.',
  redis_configured: 'Whether there is to be a Redis.',
  redis_up: 'Whether the last write to Redis worked and Redis evicts nothing; 0 also without one.',
  live_watchers: 'Streams for which devices are looked at.',
  live_pollers: 'Devices that are looked at for streams, each once for each user.',
  live_streams: 'Streams that are open, by how they travel.',
};

/** What tells the figures of a gauge apart, where it has several. */
const gaugeLabels: Partial<Record<keyof AllGauges, string>> = { breaker_state: 'calls', live_streams: 'transport' };

const breakerNumbers: Record<BreakerState, number> = { closed: 0, 'half-open': 1, open: 2 };

export function registerGauges(registry: Registry, prefix: string, gaugesOf: () => AllGauges | undefined): void {
  const { Gauge } = require('prom-client') as typeof PromClient;
  for (const [name, help] of Object.entries(gaugeHelp) as [keyof AllGauges, string][]) {
    const label = gaugeLabels[name];
    new Gauge({
      name: `${prefix}${name}`,
      help,
      registers: [registry],
      labelNames: label === undefined ? [] : [label],
      collect() {
        const value = gaugesOf()?.[name]();
        if (value === undefined) return;
        if (typeof value !== 'object') this.set(Number(value));
        else
          for (const [of, figure] of Object.entries<BreakerState | number>(value))
            this.set({ [label ?? '']: of }, typeof figure === 'number' ? figure : breakerNumbers[figure]);
      },
    });
  }
}
