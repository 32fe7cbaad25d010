// What this room reports of each request. Whoever keeps logs and figures implements it.

import type { IncomingHttpHeaders } from 'node:http';
import type { ContextReporter } from '../context/context';

export interface RequestReporter extends ContextReporter {
  /** `operationName` is the client's own name for its operation, if it gave one. */
  requestEnded(status: number, operationName: string | null): void;
}

export interface HttpTelemetry {
  /** @param requestId letters, digits and `_.:-` alone */
  requestStarted(requestId: string, headers: IncomingHttpHeaders): RequestReporter;
  /** An operation was refused with 503, since too many are under way. */
  operationShed(): void;
}
