// Log, figures and spans of the process, put together. Other rooms own the interfaces by which they report; this room implements
// them, and no room imports it.

import pino, { type DestinationStream, type Logger } from 'pino';
import type { Watcher } from '../engine/watch';
import { endsWithin } from '../http/lifecycle';
import type { HttpTelemetry, RequestReporter } from '../http/reporter';
import { createInfoLines } from './infoLines';
import { createLosses } from './losses';
import { createMetrics, type Metrics } from './metrics';
import type { OtlpReporter } from './otlp';
import { type Output, outputOf } from './output';
import { type Outlets, Reporter } from './reporter';
import type { Tracing } from './tracing';
import type { OpenTelemetry } from './variables';

const METRICS_AFTER_MS = 500;
/** On the way out, so long a collector may take for the spans that are left, and so long a reader for the lines. */
export const TRACES_CLOSE_LIMIT_MS = 2000;
export const LOG_CLOSE_LIMIT_MS = 1000;
/** Of the time for both, so much is kept for the lines. */
const LINES_SHARE_MS = 200;

export interface TelemetryOptions {
  /** Least level that is logged. */
  logLevel: string;
  /** Where the log goes instead of stdout. */
  logTo?: DestinationStream | undefined;
  /** Where the audit goes, whatever the level; stdout is where the log goes. */
  audit?: 'stdout' | 'stderr' | 'off';
  /** What is sent by OTLP, and how. Without it, no spans are made. */
  openTelemetry: OpenTelemetry | undefined;
  /** What the upstream calls' spans name as their server. */
  upstream: URL;
}

export interface Telemetry extends HttpTelemetry, Watcher {
  readonly log: Logger;
  readonly metrics: Metrics;
  /** What streams need is read for all of them at once. @param id nothing that JSON escapes */
  lookStarted(id: string): RequestReporter;
  breakerChanged(calls: string, state: string): void;
  redisChanged(isUp: boolean, code: string | undefined): void;
  redisDataLost(): void;
  keyEndLost(what: 'answer' | 'release'): void;
  /** Sends and writes what is left, as far as that can be done in time. @returns whether it could all be */
  close(limitMs?: number): Promise<boolean>;
}

export function createTelemetry(options: TelemetryOptions): Telemetry {
  const { logLevel, logTo, audit = 'stdout', openTelemetry, upstream } = options;
  const metrics = createMetrics(METRICS_AFTER_MS);
  const stdout = logTo ? outputTo(logTo) : outputOf(1);
  const auditOutput = audit === 'stderr' ? outputOf(2) : stdout;
  const write = (line: string) => {
    if (!stdout.write(line)) metrics.linesDropped(1);
  };
  const log = pino({ level: logLevel, base: null, timestamp: pino.stdTimeFunctions.isoTime }, { write });
  const losses = createLosses(log, metrics);
  const tracing = openTelemetry && tracingFor(openTelemetry, upstream, losses);
  const closeMetrics = openTelemetry && metricsSent(openTelemetry, metrics, losses);
  const lines = createInfoLines(stdout, metrics);
  const auditLines = auditOutput === stdout ? lines : createInfoLines(auditOutput, metrics);
  const outlets: Outlets = {
    log,
    info: log.isLevelEnabled('info') ? lines.add : undefined,
    audit: audit === 'off' ? undefined : auditLines,
    metrics,
    tracing,
  };
  return {
    log,
    metrics,
    fieldEnded: metrics.fieldEnded,
    laneTaken: metrics.laneTaken,
    persistedQuery: metrics.persistedQuery,
    operationShed: metrics.operationShed,
    connectionCut: metrics.connectionCut,
    bug: (bug, requestId) => log.error({ requestId, err: bug }, 'bug'),
    requestStarted: (requestId, headers) => new Reporter(outlets, requestId, headers),
    lookStarted: (id) => new Reporter(outlets, id, undefined),
    breakerChanged: (calls, state) => log.warn({ calls, state }, 'circuit breaker'),
    redisChanged(isUp, code) {
      if (isUp) log.info('redis is up: idempotency keys and recent confirms are shared');
      else log.error({ code }, 'redis is down: confirms with an idempotency key are refused as not sent, others go on');
    },
    redisDataLost() {
      metrics.redisDataLost();
      log.error('redis lost its data: replicas put back the idempotency keys that they know');
    },
    keyEndLost(what) {
      metrics.keyEndLost();
      log.error({ what }, 'idempotency key not written');
    },
    async close(limitMs = TRACES_CLOSE_LIMIT_MS + LOG_CLOSE_LIMIT_MS) {
      const endsAt = performance.now() + limitMs;
      // Lines of this turn of the event loop are still to be written.
      await new Promise(setImmediate);
      metrics.close();
      const tracesMs = Math.min(TRACES_CLOSE_LIMIT_MS, limitMs - LINES_SHARE_MS);
      const areSent = await endsWithin(tracesMs, Promise.all([tracing?.close(), closeMetrics?.()])).catch(() => false);
      if (!areSent) log.warn({ limitMs: tracesMs }, 'traces cut');
      const linesMs = Math.min(LOG_CLOSE_LIMIT_MS, endsAt - performance.now());
      const [isWritten, isAudited] = await Promise.all([stdout.flush(linesMs), auditOutput.flush(linesMs)]);
      if (!isWritten && !logTo) outputOf(2).write(`${LOG_CUT}\n`);
      return areSent && isWritten && isAudited;
    },
  };
}

const LOG_CUT = 'firmware-gateway: the last log lines are lost, because nobody reads stdout';

/** What is given instead of stdout takes everything. */
function outputTo(stream: DestinationStream): Output {
  const write = (lines: string) => {
    stream.write(lines);
    return true;
  };
  return { write, writeNow: write, flush: async () => true };
}

/** Loaded late: where nothing is sent it costs nothing. */
function tracingFor(settings: OpenTelemetry, upstream: URL, losses: OtlpReporter): Tracing | undefined {
  if (settings.traces === undefined) return undefined;
  const { createTracing } = require('./tracing') as typeof import('./tracing');
  return createTracing(settings, settings.traces, upstream, losses);
}

function metricsSent(
  settings: OpenTelemetry,
  metrics: Metrics,
  losses: OtlpReporter,
): (() => Promise<void>) | undefined {
  if (settings.metrics === undefined) return undefined;
  const { sendMetrics } = require('./otlpMetrics') as typeof import('./otlpMetrics');
  return sendMetrics(settings, settings.metrics, metrics.printed, losses);
}
