// What happened, as figures for Prometheus. No text of a client's or of the platform's becomes a label.

import type PromClient from 'prom-client';
import type { Registry } from 'prom-client';
import type { StreamReport, Transport } from '../http/reporter';
import { isKnownCode } from '../tokenapi/codes';
import { NotSent, Refused, RefusedByStatus } from '../tokenapi/errors';
import type { CallReport } from '../tokenapi/report';
import type { SpareFate } from '../tokenapi/spares';
import { Counts, Durations } from './counts';
import { type AllGauges, type Gauges, registerGauges } from './gauges';
import type { Dropped } from './infoLines';
import type { Printed } from './otlpMetrics';

const PREFIX = 'firmware_gateway_';
/** Prometheus' text format. */
export const METRICS_TYPE = 'text/plain; version=0.0.4; charset=utf-8';
/** prom-client's own, under names that Prometheus' linter refuses. */
const MISNAMED = ['nodejs_active_handles_total', 'nodejs_active_requests_total', 'nodejs_active_resources_total'];

const OTLP_LOSSES = [
  ['spans', 'queue_full'],
  ['spans', 'export_failed'],
  ['metrics', 'export_failed'],
] as const;

export interface Metrics extends Dropped {
  /** A resolver of ours ended: `field` is the schema's name for it, `result` the type of its answer. */
  fieldEnded(field: string, result: string, ms: number): void;
  laneTaken(lane: string): void;
  persistedQuery(result: string): void;
  requestEnded(status: number): void;
  operationShed(): void;
  connectionCut(why: string): void;
  streamBegan(transport: Transport): void;
  eventSent(transport: Transport): void;
  streamEnded(report: StreamReport): void;
  /** A device was looked at once for so many streams. */
  polled(watchers: number): void;
  pollLate(): void;
  callEnded(report: CallReport): void;
  confirmEnded(outcome: string, by: string): void;
  spareEnded(fate: SpareFate): void;
  redisDataLost(): void;
  keyEndLost(): void;
  otlpLost(signal: string, why: string, count: number): void;
  watch(gauges: Gauges): void;
  /** The figures in Prometheus' text format. */
  text(): Promise<string>;
  /** The same, metric by metric. */
  printed(): Promise<readonly Printed[]>;
}

/** Every figure that is counted, under its name without the prefix. */
const createCounted = () => ({
  operations_total: new Counts('Fields that were resolved, by the type of their answer.', ['field', 'result']),
  operation_seconds: new Durations('Time that a field took.', 'field'),
  requests_by_lane_total: new Counts('Operations by the lane that answered them.', ['lane']),
  persisted_queries_total: new Counts('Requests that named a document, or sent one to be named.', ['result']),
  http_answers_total: new Counts('HTTP answers at /graphql by status.', ['status']),
  shed_total: new Counts('Requests refused with 503 because too many bodies were held.'),
  connections_cut_total: new Counts('Connections closed because their clients asked for too much.', ['why']),
  upstream_calls_total: new Counts('Upstream calls by how they ended.', ['action', 'outcome']),
  upstream_call_seconds: new Durations('Time that an upstream call took, waiting included.', 'action'),
  refusals_total: new Counts("The platform's refusals by documented code.", ['code']),
  upstream_distrusted_total: new Counts('Calls that were not sent because the certificate cannot be trusted.'),
  spare_connections_total: new Counts('Spare connections for confirms by what became of them.', ['fate']),
  redis_data_lost_total: new Counts('Losses of what Redis held.'),
  key_ends_lost_total: new Counts('Idempotency keys whose end could not be written.'),
  confirms_total: new Counts('Confirms by answer and by how it was come by.', ['outcome', 'by']),
  log_dropped_total: new Counts('Log lines that were dropped because nobody read them in time.'),
  live_events_total: new Counts('Events that were sent, by how their stream travels.', ['transport']),
  live_stream_ends_total: new Counts('Streams that ended, by how they travelled and why.', ['transport', 'reason']),
  live_calls_saved_total: new Counts('Upstream calls that were not made because streams share what is read.'),
  live_polls_late_total: new Counts('Looks at devices that waited too long for their turn.'),
  otlp_lost_total: new Counts('Spans, and exports of metrics, that did not arrive at the collector.', [
    'signal',
    'why',
  ]),
  audit_dropped_total: new Counts('Confirms that were sent without their audit line, because nobody read it in time.'),
});

/**
 * Counts from now on; prom-client, which prints, is loaded a moment after the start, which does not need it.
 *
 * @param delayMs after which it is loaded, unless the figures are asked for before
 */
export function createMetrics(delayMs: number): Metrics & { close(): void } {
  const counted = createCounted();
  // A loss shows as an increase only if there was a figure before it.
  for (const [signal, why] of OTLP_LOSSES) counted.otlp_lost_total.add(signal, why, 0);
  let gauges: AllGauges | undefined;
  const streams: Record<Transport, number> = { sse: 0, multipart: 0, websocket: 0 };
  let registry: Registry | undefined;
  const loaded = (): Registry => {
    registry ??= registryOf(counted, () => gauges);
    return registry;
  };
  const timer = setTimeout(loaded, delayMs).unref();

  return {
    fieldEnded(field, result, ms) {
      counted.operations_total.add(field, result);
      counted.operation_seconds.add(field, ms);
    },
    laneTaken: (lane) => counted.requests_by_lane_total.add(lane),
    persistedQuery: (result) => counted.persisted_queries_total.add(result),
    requestEnded: (status) => counted.http_answers_total.add(String(status)),
    operationShed: () => counted.shed_total.add(),
    connectionCut: (why) => counted.connections_cut_total.add(why),
    streamBegan(transport) {
      streams[transport]++;
    },
    eventSent: (transport) => counted.live_events_total.add(transport),
    streamEnded({ transport, reason }) {
      streams[transport]--;
      counted.live_stream_ends_total.add(transport, reason);
    },
    polled: (watchers) => counted.live_calls_saved_total.add('', '', watchers - 1),
    pollLate: () => counted.live_polls_late_total.add(),
    callEnded({ action, outcome, ms, cause }) {
      counted.upstream_calls_total.add(action, outcome);
      counted.upstream_call_seconds.add(action, ms);
      if (cause instanceof Refused) counted.refusals_total.add(isKnownCode(cause.code) ? cause.code : 'other');
      if (cause instanceof RefusedByStatus) counted.refusals_total.add(cause.status === 429 ? 'HTTP_429' : 'other');
      if (cause instanceof NotSent && cause.hasUntrustedCertificate) counted.upstream_distrusted_total.add();
    },
    redisDataLost: () => counted.redis_data_lost_total.add(),
    keyEndLost: () => counted.key_ends_lost_total.add(),
    confirmEnded: (outcome, by) => counted.confirms_total.add(outcome, by),
    spareEnded: (fate) => counted.spare_connections_total.add(fate),
    linesDropped: (count) => counted.log_dropped_total.add('', '', count),
    auditDropped: (count) => counted.audit_dropped_total.add('', '', count),
    watch(given) {
      gauges = { ...given, live_streams: () => streams };
    },
    otlpLost: (signal, why, count) => counted.otlp_lost_total.add(signal, why, count),
    text: () => loaded().metrics(),
    printed: async () => (await loaded().getMetricsAsJSON()) as unknown as Printed[],
    close: () => clearTimeout(timer),
  };
}

/** What is counted here, what is read when it is asked for, and what prom-client itself knows of the process. */
function registryOf(counted: ReturnType<typeof createCounted>, gaugesOf: () => AllGauges | undefined): Registry {
  const { collectDefaultMetrics, Registry } = require('prom-client') as typeof PromClient;
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  for (const name of MISNAMED) registry.removeSingleMetric(name);
  for (const [ownName, counts] of Object.entries(counted)) {
    const name = `${PREFIX}${ownName}`;
    const { help, type } = counts;
    // These two members are all that a registry asks of a metric.
    const metric = { name, get: async () => ({ name, help, type, values: counts.figures(name) }) };
    registry.registerMetric(metric as unknown as PromClient.Metric);
  }
  registerGauges(registry, PREFIX, gaugesOf);
  return registry;
}
