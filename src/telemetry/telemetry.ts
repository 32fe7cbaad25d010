// Log, figures and spans of the process, put together. Other rooms own the interfaces by which they report; this room implements
// them, and no room imports it.

import pino, { type DestinationStream, type Logger } from 'pino';
import type PinoPretty from 'pino-pretty';
import type { Watcher } from '../engine/watch';
import type { HttpTelemetry } from '../http/reporter';
import { createInfoLines } from './infoLines';
import { createMetrics, type Metrics } from './metrics';
import { Reporter } from './reporter';
import type { Tracing } from './tracing';

const METRICS_AFTER_MS = 500;
const FLUSH_MS = 100;
const BUFFER_BYTES = 16_000;

export interface TelemetryOptions {
  /** Least level that is logged. */
  logLevel: string;
  /** Where the log goes instead of stdout. */
  logTo?: DestinationStream | undefined;
  /** Where spans go: a collector that takes OTLP over HTTP. Without it, none are made. */
  traceEndpoint: string | undefined;
  /** What the upstream calls' spans name as their server. */
  upstream: URL;
}

export interface Telemetry extends HttpTelemetry, Watcher {
  readonly log: Logger;
  readonly metrics: Metrics;
  breakerChanged(calls: string, state: string): void;
  redisChanged(isUp: boolean): void;
  close(): Promise<void>;
}

export function createTelemetry({ logLevel, logTo, traceEndpoint, upstream }: TelemetryOptions): Telemetry {
  const stdout = logTo ? undefined : stdoutStream();
  const stream = (logTo ?? stdout) as DestinationStream;
  const log = pino({ level: logLevel, base: null, timestamp: pino.stdTimeFunctions.isoTime }, stream);
  const metrics = createMetrics(METRICS_AFTER_MS);
  const tracing = tracingFor(traceEndpoint, upstream);
  const outlets = { log, info: createInfoLines(log, stream), metrics, tracing };
  return {
    log,
    metrics,
    fieldEnded: metrics.fieldEnded,
    operationShed: metrics.operationShed,
    bug: (bug, requestId) => log.error({ requestId, err: bug }, 'bug'),
    requestStarted: (requestId, headers) => new Reporter(outlets, requestId, headers),
    breakerChanged: (calls, state) => log.warn({ calls, state }, 'circuit breaker'),
    redisChanged(isUp) {
      if (isUp) log.info('redis is up: idempotency keys and recent confirms are shared');
      else log.error('redis is down: confirms with an idempotency key are refused as not sent, others go on');
    },
    async close() {
      // Lines of this turn of the event loop are still to be written.
      await new Promise(setImmediate);
      // A collector that does not answer must not hold the process.
      await tracing?.close().catch(() => undefined);
      metrics.close();
      stdout?.flushSync?.();
    },
  };
}

/** Loaded late: without an endpoint it costs nothing. */
function tracingFor(endpoint: string | undefined, upstream: URL): Tracing | undefined {
  if (endpoint === undefined) return undefined;
  const { createTracing } = require('./tracing') as typeof import('./tracing');
  return createTracing(endpoint, upstream);
}

/** Lines for people in a terminal; elsewhere JSON, written in blocks. */
function stdoutStream(): DestinationStream & { flushSync?(): void } {
  // Loaded late: a process whose output goes to a log has no use for it.
  if (process.stdout.isTTY) return (require('pino-pretty') as typeof PinoPretty)({ sync: true });
  return pino.destination({ dest: 1, sync: false, minLength: BUFFER_BYTES, periodicFlush: FLUSH_MS });
}
