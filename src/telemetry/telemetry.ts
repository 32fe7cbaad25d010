// What is said about what happened: one line an operation, one an upstream call, one a confirm, joined by the request's id; and the
// same as figures and as spans. Never the token, a body or variables.

import type { IncomingHttpHeaders } from 'node:http';
import pino, { type DestinationStream, type Logger } from 'pino';
import type PinoPretty from 'pino-pretty';
import type { Config } from '../config';
import type { Watcher } from '../engine/watch';
import type { CallReport } from '../tokenapi/client';
import { NoAnswer, NotSent } from '../tokenapi/errors';
import { createMetrics, type Metrics } from './metrics';
import type { OperationSpan, Tracing } from './tracing';

/** Enough of a token's hash to tell users apart, and too little to try tokens against. */
const OWNER_CHARACTERS = 12;
const NAME_LIMIT_CHARACTERS = 64;
const METRICS_AFTER_MS = 500;
const FLUSH_MS = 100;
const BUFFER_BYTES = 16_000;

const TRACEPARENT = /^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/;

/** What joins everything that is said of one operation. */
export interface Trail {
  /** Letters, digits and `_.:-` alone. */
  readonly requestId: string;
  /** The caller's place in a trace, if it sent one. */
  readonly traceparent: string | undefined;
  readonly span: OperationSpan | undefined;
}

/** What became of one press of the button. */
export interface ConfirmReport {
  /** The hash of the user's token. */
  owner: string | undefined;
  /** Undefined if what was sent names none: it may be anything, a token by mistake. */
  deviceId: string | undefined;
  outcome: string;
  /** How its answer was come by. */
  by: string;
  upstreamRequestId: string;
}

export interface Telemetry extends Watcher {
  readonly log: Logger;
  readonly metrics: Metrics;
  operationStarted(requestId: string, headers: IncomingHttpHeaders): Trail;
  /** `operationName` is the client's own name for it, if it gave one. */
  operationEnded(trail: Trail, status: number, operationName: string | null, ms: number): void;
  callEnded(report: CallReport): void;
  /** The audit line. */
  confirmEnded(trail: Trail, report: ConfirmReport): void;
  /** An operation that found no place. */
  shed(): void;
  /** A token was needed, and there was no header: which hop in front does not pass it on? */
  headerMissing(requestId: string): void;
  breakerChanged(state: string): void;
  redisChanged(isUp: boolean): void;
  close(): Promise<void>;
}

export function createTelemetry(config: Config, stream?: DestinationStream): Telemetry {
  const own = stream ? undefined : ownStream();
  const log = pino(
    { level: config.LOG_LEVEL, base: null, timestamp: pino.stdTimeFunctions.isoTime },
    (stream ?? own) as DestinationStream,
  );
  const info = infoLines(log, (stream ?? own) as DestinationStream);
  const metrics = createMetrics(METRICS_AFTER_MS);
  const tracing = tracingFrom(config);
  return {
    log,
    metrics,
    fieldEnded: metrics.fieldEnded,
    shed: metrics.shed,
    bug: (bug, requestId) => log.error({ requestId, err: bug }, 'bug'),
    headerMissing: (requestId) => log.warn({ requestId }, 'no Authorization header came'),
    breakerChanged: (state) => log.warn({ state }, 'circuit breaker'),
    redisChanged(isUp) {
      if (isUp) log.info('redis is there: idempotency keys and recent confirms are shared');
      else log.error('redis is down: confirms with an idempotency key are refused as not sent, others go on');
    },
    operationStarted(requestId, headers) {
      const { traceparent } = headers;
      return {
        requestId,
        traceparent: typeof traceparent === 'string' && TRACEPARENT.test(traceparent) ? traceparent : undefined,
        span: tracing?.operationStarted(headers),
      };
    },
    operationEnded(trail, status, operationName, ms) {
      const { span } = trail;
      metrics.answered(status);
      if (span) tracing?.operationEnded(span, status, operationName);
      const name = operationName?.slice(0, NAME_LIMIT_CHARACTERS);
      info?.(
        `${joined(trail)}${member('operationName', name)},"status":${status},"ms":${rounded(ms)},"msg":"operation"`,
      );
    },
    callEnded(report) {
      const { action, upstreamRequestId, outcome, attempts, cause } = report;
      const { trail } = report.caller;
      metrics.callEnded(report);
      tracing?.callEnded(trail.span, report);
      const ms = rounded(report.ms);
      const reason = cause instanceof Error ? reasonFrom(cause) : undefined;
      const level = levelOf(cause);
      if (level === 'info')
        info?.(
          `${joined(trail)},"RequestId":"${upstreamRequestId}","action":"${action}","outcome":"${outcome}","attempts":${attempts},"ms":${ms}${member('reason', reason)},"msg":"upstream call"`,
        );
      else {
        const { requestId, traceparent } = trail;
        const line = { requestId, traceparent, RequestId: upstreamRequestId, action, outcome, attempts, ms, reason };
        log[level](line, 'upstream call');
      }
    },
    confirmEnded(trail, { owner, deviceId, outcome, by, upstreamRequestId }) {
      metrics.confirmEnded(outcome, by);
      const user = owner?.slice(0, OWNER_CHARACTERS);
      info?.(
        `${joined(trail)}${member('RequestId', upstreamRequestId)}${member('user', user)}${member('device', deviceId)},"outcome":"${outcome}","by":"${by}","msg":"confirm"`,
      );
    },
    async close() {
      // What this turn of the event loop says is still to be written.
      await new Promise(setImmediate);
      // A collector that does not answer must not hold the process.
      await tracing?.close().catch(() => undefined);
      metrics.close();
      own?.flushSync?.();
    },
  };
}

/**
 * The lines of every request, in pino's form and through its stream, but written by hand: pino's way, and JSON.stringify's of the
 * whole, cost several times as much. What one turn of the event loop says is written in one go.
 *
 * @returns what takes a line's members, as JSON; undefined if the level admits none
 */
function infoLines(log: Logger, stream: DestinationStream): ((members: string) => void) | undefined {
  if (!log.isLevelEnabled('info')) return undefined;
  let start = '';
  let lines = '';
  const write = () => {
    stream.write(lines);
    lines = '';
  };
  return (members) => {
    if (lines === '') {
      start = `{"level":${log.levels.values.info},"time":"${new Date().toISOString()}",`;
      setImmediate(write);
    }
    lines += `${start}${members}}\n`;
  };
}

/** The members that join the lines of one operation: both hold nothing that JSON would escape. */
const joined = ({ requestId, traceparent }: Trail): string =>
  traceparent === undefined
    ? `"requestId":"${requestId}"`
    : `"requestId":"${requestId}","traceparent":"${traceparent}"`;

/** A member that may be absent, of any text. */
const member = (name: string, text: string | undefined): string =>
  text === undefined ? '' : `,"${name}":${JSON.stringify(text)}`;

/** Loaded late: without an endpoint it costs nothing. */
function tracingFrom({ OTEL_EXPORTER_OTLP_ENDPOINT, TOKENAPI_URL }: Config): Tracing | undefined {
  if (OTEL_EXPORTER_OTLP_ENDPOINT === undefined) return undefined;
  const { createTracing } = require('./tracing') as typeof import('./tracing');
  return createTracing(OTEL_EXPORTER_OTLP_ENDPOINT, TOKENAPI_URL);
}

/** Lines for people in a terminal; elsewhere JSON, written in blocks. */
function ownStream(): DestinationStream & { flushSync?(): void } {
  // Loaded late: a process whose output goes to a log has no use for it.
  if (process.stdout.isTTY) return (require('pino-pretty') as typeof PinoPretty)({ sync: true });
  return pino.destination({ dest: 1, sync: false, minLength: BUFFER_BYTES, periodicFlush: FLUSH_MS });
}

function levelOf(cause: unknown): 'info' | 'warn' | 'error' {
  if ((cause instanceof NotSent && cause.distrusted) || (cause instanceof NoAnswer && cause.foreign)) return 'error';
  return cause instanceof NotSent || cause instanceof NoAnswer ? 'warn' : 'info';
}

/** Our own sentence and the codes beneath it. Not the platform's words: they are the client's to see, not the log's to keep. */
function reasonFrom(failure: Error): string {
  if ('code' in failure) return String(failure.code);
  const codes: string[] = [];
  for (let cause = failure.cause; cause instanceof Object; cause = (cause as { cause?: unknown }).cause)
    if ('code' in cause) codes.push(String(cause.code));
  return [failure.message, ...codes].join(' ');
}

const rounded = (ms: number) => Math.round(ms * 100) / 100;
