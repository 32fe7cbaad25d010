// What this room reports of each request. Whoever keeps logs and figures implements it.

import type { IncomingHttpHeaders } from 'node:http';
import type { ContextReporter, LiveEnd } from '../context/context';

export type Transport = 'sse' | 'multipart' | 'websocket';

/** By itself; or `left`: its client did; `unread`: its client was cut since it read nothing; `failed`: by a bug. */
export type StreamEnd = LiveEnd | 'left' | 'unread' | 'failed';

export interface StreamReport {
  readonly transport: Transport;
  readonly reason: StreamEnd;
  readonly events: number;
  readonly ms: number;
}

export interface RequestReporter extends ContextReporter {
  /** `operationName` is the client's own name for its operation, if it gave one. */
  requestEnded(status: number, operationName: string | null): void;
  streamBegan(transport: Transport): void;
  eventSent(transport: Transport): void;
  streamEnded(report: StreamReport): void;
}

export interface HttpTelemetry {
  /** @param requestId nothing that JSON escapes */
  requestStarted(requestId: string, headers: IncomingHttpHeaders): RequestReporter;
  /** A request was refused with 503, since too many bodies were held. */
  operationShed(): void;
  /** A connection was closed, or is about to be, since its client asked for too much. */
  connectionCut(why: CutReason): void;
}

/** `unread`: an answer was not read; `pipelined`: too many requests waited; `crowded`: there were too many connections. */
export type CutReason = 'unread' | 'pipelined' | 'crowded';
