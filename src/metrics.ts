// What happened, as figures for Prometheus. No text of a client's or of the platform's becomes a label.

import type PromClient from 'prom-client';
import type { CallReport } from './tokenapi/client';
import { isKnownCode } from './tokenapi/codes';
import { NotSent, Refused, RefusedAtTheDoor } from './tokenapi/errors';

const PREFIX = 'firmware_gateway_';
const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
/** prom-client's own, under names that Prometheus' linter refuses. */
/** Prometheus' text format. */
export const METRICS_TYPE = 'text/plain; version=0.0.4; charset=utf-8';
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
 * Metrics that are loaded a moment after the start, which does not need them: what happens before is counted then.
 * `text` waits for them.
 */
export function createLateMetrics(delayMs: number): Metrics & { close(): void } {
  const early: ((metrics: Metrics) => void)[] = [];
  let metrics: Metrics | undefined;
  const loaded = (): Metrics => {
    if (!metrics) {
      metrics = createMetrics();
      for (const act of early.splice(0)) act(metrics);
    }
    return metrics;
  };
  const timer = setTimeout(loaded, delayMs).unref();
  const late = (act: (metrics: Metrics) => void) => void (metrics ? act(metrics) : early.push(act));
  return {
    fieldEnded: (...ended) => late((each) => each.fieldEnded(...ended)),
    answered: (status) => late((each) => each.answered(status)),
    shed: () => late((each) => each.shed()),
    callEnded: (report) => late((each) => each.callEnded(report)),
    confirmEnded: (...ended) => late((each) => each.confirmEnded(...ended)),
    watch: (gauges) => late((each) => each.watch(gauges)),
    text: () => loaded().text(),
    close: () => clearTimeout(timer),
  };
}

function createMetrics(): Metrics {
  const { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } = require('prom-client') as typeof PromClient;
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  for (const name of MISNAMED) registry.removeSingleMetric(name);
  const registers = [registry];
  const counter = <Label extends string>(name: string, help: string, labelNames: Label[] = []) =>
    new Counter({ name: `${PREFIX}${name}_total`, help, labelNames, registers });
  const seconds = <Label extends string>(name: string, help: string, labelNames: Label[]) =>
    new Histogram({ name: `${PREFIX}${name}_seconds`, help, labelNames, buckets: SECONDS, registers });

  const operations = counter('operations', 'Fields that were resolved, by the type of their answer.', [
    'field',
    'result',
  ]);
  const operationSeconds = seconds('operation', 'Time that a field took.', ['field']);
  const answers = counter('http_answers', 'HTTP answers at /graphql by status.', ['status']);
  const shed = counter('shed', 'Operations refused with 503 because too many were under way.');
  const calls = counter('upstream_calls', 'Upstream calls by how they ended.', ['action', 'outcome']);
  const callSeconds = seconds('upstream_call', 'Time that an upstream call took, waiting included.', ['action']);
  const refusals = counter('refusals', "The platform's refusals by documented code.", ['code']);
  const distrusted = counter(
    'upstream_distrusted',
    'Calls that were not sent because the certificate cannot be trusted.',
  );
  const confirms = counter('confirms', 'Confirms by answer and by how it was come by.', ['outcome', 'by']);

  /** prom-client looks a child up by hashing its labels; the hot path keeps it instead. */
  const kept = new Map<string, { inc(): void } | { observe(value: number): void }>();
  const keep = <Child extends { inc(): void } | { observe(value: number): void }>(
    name: string,
    make: () => Child,
  ): Child => {
    let child = kept.get(name);
    if (!child) {
      child = make();
      kept.set(name, child);
    }
    return child as Child;
  };

  return {
    fieldEnded(field, result, ms) {
      keep(`o ${field} ${result}`, () => operations.labels(field, result)).inc();
      keep(`s ${field}`, () => operationSeconds.labels(field)).observe(ms / 1000);
    },
    answered: (status) => keep(`h ${status}`, () => answers.labels(String(status))).inc(),
    shed: () => shed.inc(),
    callEnded({ action, outcome, ms, cause }) {
      keep(`c ${action} ${outcome}`, () => calls.labels(action, outcome)).inc();
      keep(`t ${action}`, () => callSeconds.labels(action)).observe(ms / 1000);
      if (cause instanceof Refused) refusals.labels(isKnownCode(cause.code) ? cause.code : 'other').inc();
      if (cause instanceof RefusedAtTheDoor) refusals.labels(cause.status === 429 ? 'HTTP_429' : 'other').inc();
      if (cause instanceof NotSent && cause.distrusted) distrusted.inc();
    },
    confirmEnded: (outcome, by) => keep(`f ${outcome} ${by}`, () => confirms.labels(outcome, by)).inc(),
    watch(gauges) {
      for (const [name, help] of Object.entries(gaugeHelp) as [keyof Gauges, string][])
        new Gauge({
          name: `${PREFIX}${name}`,
          help,
          registers,
          collect() {
            const value = gauges[name]();
            this.set(typeof value === 'string' ? breakerNumbers[value] : Number(value));
          },
        });
    },
    text: () => registry.metrics(),
  };
}
