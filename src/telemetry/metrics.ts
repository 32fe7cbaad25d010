// What happened, as figures for Prometheus. No text of a client's or of the platform's becomes a label.

import type PromClient from 'prom-client';
import type { Registry } from 'prom-client';
import type { CallReport } from '../tokenapi/client';
import { isKnownCode } from '../tokenapi/codes';
import { NotSent, Refused, RefusedAtTheDoor } from '../tokenapi/errors';
import { Counts, Durations, type Tally } from './tallies';

const PREFIX = 'firmware_gateway_';
const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
/** Prometheus' text format. */
export const METRICS_TYPE = 'text/plain; version=0.0.4; charset=utf-8';
/** prom-client's own, under names that Prometheus' linter refuses. */
const MISNAMED = ['nodejs_active_handles_total', 'nodejs_active_requests_total', 'nodejs_active_resources_total'];

/** What is read when the figures are asked for. */
export interface Gauges {
  upstream_in_flight: () => number;
  upstream_queued: () => number;
  breaker_state: () => 'closed' | 'half-open' | 'open';
  documents: () => number;
  redis_up: () => boolean;
}

const gaugeHelp: Record<keyof Gauges, string> = {
  upstream_in_flight: 'Upstream calls under way.',
  upstream_queued: 'Upstream calls that wait for a place.',
  breaker_state: 'Circuit to the platform: 0 closed, 1 half open, 2 open.',
  documents: 'Documents that are remembered.',
  redis_up: 'Whether Redis answers; 0 also without one.',
};

const breakerNumbers = { closed: 0, 'half-open': 1, open: 2 };

export interface Metrics {
  /** A resolver of ours ended: `field` is the schema's name for it, `result` the type of its answer. */
  fieldEnded(field: string, result: string, ms: number): void;
  answered(status: number): void;
  shed(): void;
  callEnded(report: CallReport): void;
  confirmEnded(outcome: string, by: string): void;
  watch(gauges: Gauges): void;
  /** The figures in Prometheus' text format. */
  text(): Promise<string>;
}

/**
 * Counts from now on; prom-client, which prints, is loaded a moment after the start, which does not need it.
 *
 * @param delayMs after which it is loaded, unless the figures are asked for before
 */
export function createMetrics(delayMs: number): Metrics & { close(): void } {
  const tallies: { name: string; help: string; tally: Tally }[] = [];
  const kept = <Kind extends Tally>(name: string, help: string, tally: Kind): Kind => {
    tallies.push({ name: `${PREFIX}${name}`, help, tally });
    return tally;
  };
  const counts = (name: string, help: string, labelNames?: string[]) =>
    kept(`${name}_total`, help, new Counts(labelNames));
  const seconds = (name: string, help: string, labelName: string) =>
    kept(`${name}_seconds`, help, new Durations(`${PREFIX}${name}_seconds`, labelName, SECONDS));

  const fields = counts('operations', 'Fields that were resolved, by the type of their answer.', ['field', 'result']);
  const fieldSeconds = seconds('operation', 'Time that a field took.', 'field');
  const answers = counts('http_answers', 'HTTP answers at /graphql by status.', ['status']);
  const shed = counts('shed', 'Operations refused with 503 because too many were under way.');
  const calls = counts('upstream_calls', 'Upstream calls by how they ended.', ['action', 'outcome']);
  const callSeconds = seconds('upstream_call', 'Time that an upstream call took, waiting included.', 'action');
  const refusals = counts('refusals', "The platform's refusals by documented code.", ['code']);
  const distrusted = counts(
    'upstream_distrusted',
    'Calls that were not sent because the certificate cannot be trusted.',
  );
  const confirms = counts('confirms', 'Confirms by answer and by how it was come by.', ['outcome', 'by']);

  let gauges: Gauges | undefined;
  let registry: Registry | undefined;
  const loaded = (): Registry => {
    registry ??= registryOf(tallies, () => gauges);
    return registry;
  };
  const timer = setTimeout(loaded, delayMs).unref();

  return {
    fieldEnded(field, result, ms) {
      fields.add(field, result);
      fieldSeconds.add(field, ms);
    },
    answered: (status) => answers.add(String(status)),
    shed: () => shed.add(),
    callEnded({ action, outcome, ms, cause }) {
      calls.add(action, outcome);
      callSeconds.add(action, ms);
      if (cause instanceof Refused) refusals.add(isKnownCode(cause.code) ? cause.code : 'other');
      if (cause instanceof RefusedAtTheDoor) refusals.add(cause.status === 429 ? 'HTTP_429' : 'other');
      if (cause instanceof NotSent && cause.distrusted) distrusted.add();
    },
    confirmEnded: (outcome, by) => confirms.add(outcome, by),
    watch(given) {
      gauges = given;
    },
    text: () => loaded().metrics(),
    close: () => clearTimeout(timer),
  };
}

/** What is counted here, what is read when it is asked for, and what prom-client itself knows of the process. */
function registryOf(
  tallies: readonly { name: string; help: string; tally: Tally }[],
  gaugesOf: () => Gauges | undefined,
): Registry {
  const { collectDefaultMetrics, Gauge, Registry } = require('prom-client') as typeof PromClient;
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  for (const name of MISNAMED) registry.removeSingleMetric(name);
  for (const { name, help, tally } of tallies) {
    // A registry asks a metric for no more than this.
    const metric = { name, get: async () => ({ name, help, type: tally.type, values: tally.figures() }) };
    registry.registerMetric(metric as unknown as PromClient.Metric);
  }
  for (const [name, help] of Object.entries(gaugeHelp) as [keyof Gauges, string][])
    new Gauge({
      name: `${PREFIX}${name}`,
      help,
      registers: [registry],
      collect() {
        const value = gaugesOf()?.[name]();
        if (value !== undefined) this.set(typeof value === 'string' ? breakerNumbers[value] : Number(value));
      },
    });
  return registry;
}
