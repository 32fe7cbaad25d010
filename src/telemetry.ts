// What is said about what happened: one line an operation, one an upstream call, one a confirm, joined by the request's id.
// Never the token, a body or variables.

import pino, { type DestinationStream, type Logger } from 'pino';
import type { Config } from './config';
import type { CallReport } from './tokenapi/client';
import { NoAnswer, NotSent } from './tokenapi/errors';

const FLUSH_MS = 100;
const BUFFER_BYTES = 4096;

export interface OperationReport {
  requestId: string;
  /** The client's name for it, if it gave one. */
  operationName: string | null;
  status: number;
  ms: number;
}

export interface Telemetry {
  readonly log: Logger;
  operationEnded(report: OperationReport): void;
  callEnded(report: CallReport): void;
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
  return {
    log,
    operationEnded({ requestId, operationName, status, ms }) {
      log.info({ requestId, operationName: operationName?.slice(0, 64), status, ms: rounded(ms) }, 'operation');
    },
    callEnded({ caller, action, upstreamRequestId, outcome, attempts, ms, cause }) {
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
