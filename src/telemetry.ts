// What is said about what happened: one line an operation, one an upstream call, one a confirm, joined by the request's id.
// Never the token, a body or variables.

import pino, { type DestinationStream, type Logger } from 'pino';
import type { Config } from './config';
import { createMetrics, type Metrics } from './metrics';
import type { CallReport } from './tokenapi/client';
import { NoAnswer, NotSent } from './tokenapi/errors';
import type { Watcher } from './watch';

/** Two names of 128 characters, which may be any, and the `/` between them. */
const DEVICE_LIMIT_CHARACTERS = 257;
/** Enough of a token's hash to tell users apart, and too little to try tokens against. */
const OWNER_CHARACTERS = 12;
const FLUSH_MS = 100;
const BUFFER_BYTES = 4096;

export interface OperationReport {
  requestId: string;
  /** The client's name for it, if it gave one. */
  operationName: string | null;
  status: number;
  ms: number;
}

/** What became of one press of the button. */
export interface ConfirmReport {
  requestId: string;
  /** The hash of the user's token. */
  owner: string | undefined;
  deviceId: string;
  outcome: string;
  by: string;
  upstreamRequestId: string;
}

export interface Telemetry extends Watcher {
  readonly log: Logger;
  readonly metrics: Metrics;
  /** The audit line. */
  confirmEnded(report: ConfirmReport): void;
  /** An operation that found no place. */
  shed(): void;
  /** A token was needed, and there was no header: which hop in front does not pass it on? */
  headerMissing(requestId: string): void;
  breakerChanged(state: string): void;
  operationEnded(report: OperationReport): void;
  callEnded(report: CallReport): void;
  redisChanged(isUp: boolean): void;
  close(): void;
}

export function createTelemetry(config: Pick<Config, 'LOG_LEVEL'>, stream?: DestinationStream): Telemetry {
  const buffered = stream
    ? undefined
    : pino.destination({ dest: 1, sync: false, minLength: BUFFER_BYTES, periodicFlush: FLUSH_MS });
  const log = pino(
    { level: config.LOG_LEVEL, base: null, timestamp: pino.stdTimeFunctions.isoTime },
    (stream ?? buffered) as DestinationStream,
  );
  const metrics = createMetrics();
  return {
    log,
    metrics,
    fieldEnded: metrics.fieldEnded,
    shed: metrics.shed,
    headerMissing: (requestId) => log.warn({ requestId }, 'no Authorization header came'),
    breakerChanged: (state) => log.warn({ state }, 'circuit breaker'),
    operationEnded({ requestId, operationName, status, ms }) {
      metrics.answered(status);
      log.info({ requestId, operationName: operationName?.slice(0, 64), status, ms: rounded(ms) }, 'operation');
    },
    confirmEnded({ requestId, owner, deviceId, outcome, by, upstreamRequestId }) {
      metrics.confirmEnded(outcome, by);
      const device = deviceId.slice(0, DEVICE_LIMIT_CHARACTERS);
      const user = owner?.slice(0, OWNER_CHARACTERS);
      log.info({ requestId, RequestId: upstreamRequestId, user, device, outcome, by }, 'confirm');
    },
    bug: (bug, requestId) => log.error({ requestId, err: bug }, 'bug'),
    callEnded(report) {
      const { caller, action, upstreamRequestId, outcome, attempts, ms, cause } = report;
      metrics.callEnded(report);
      log[levelOf(cause)](
        {
          requestId: caller.requestId,
          RequestId: upstreamRequestId,
          action,
          outcome,
          attempts,
          ms: rounded(ms),
          ...(cause instanceof Error && { reason: reasonFrom(cause) }),
        },
        'upstream call',
      );
    },
    redisChanged(isUp) {
      if (isUp) log.info('redis is there: idempotency keys and recent confirms are shared');
      else log.error('redis is down: confirms with an idempotency key are refused as not sent, others go on');
    },
    close() {
      buffered?.flushSync();
    },
  };
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
