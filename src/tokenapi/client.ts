// The platform's side of the gateway: one call of one action, in time, a write at most once, with an end that can be believed.
// Knows no GraphQL.

import { setTimeout as pause } from 'node:timers/promises';
import type { Action } from './action';
import { type Admission, type AdmissionOptions, createAdmission, type Kind } from './admission';
import type { BreakerState } from './breaker';
import { confirmTime, readTime } from './callTime';
import type { Circuits } from './circuits';
import { type ConnectorOptions, createConnector } from './connector';
import { NoAnswer } from './errors';
import { failureFrom, mayRepeat, needsNewConnection, outcomeOf } from './failures';
import { flatUUID } from './flat';
import type { Caller, CallReport } from './report';
import { createSide } from './side';
import type { SpareFate } from './spares';
import type { KeepAlive } from './wire';

/** A second attempt follows the first after so long: a server that restarts needs a moment. One that closed a kept connection does not. */
const SECOND_ATTEMPT_AFTER_MS = 50;
/** Longest time that an idle connection for reads is kept, where the platform does not say how long it keeps one. */
export const READ_IDLE_MS = 30_000;
/** Longest time that it is kept where the platform says: what lies between forgets silent connections without a word, minutes later. */
export const READ_IDLE_LIMIT_MS = 120_000;
/** A read that meets the end of a connection is repeated. */
const READ_KEEP_ALIVE: KeepAlive = { usualMs: READ_IDLE_MS, mostMs: READ_IDLE_LIMIT_MS, earlierMs: 500 };
/** A write is not: its connections are reused under load only, when they cannot be about to be closed. */
const WRITE_KEEP_ALIVE: KeepAlive = { usualMs: 50, mostMs: 50, earlierMs: 2000 };

export interface ClientOptions extends AdmissionOptions, Pick<ConnectorOptions, 'proxy'> {
  url: URL;
  /** Bounds one call: DNS, connecting, TLS and a second attempt included; of a confirm, the wait for a place too. */
  timeoutMs: number;
  /** Bounds one operation, but for its confirm. */
  operationTimeoutMs: number;
  onBreakerChange: (calls: Kind, state: BreakerState) => void;
  onSpare: (fate: SpareFate) => void;
}

/** A call that the platform accepted. */
export interface Accepted<Payload> {
  /** The RequestId that was sent and echoed. */
  requestId: string;
  payload: Payload;
  /** When it was asked for, by `performance.now()`: what it shows is no older. */
  beganAt: number;
}

export interface TokenApiClient {
  /**
   * Calls an action.
   *
   * @param startedAt when a confirm's time began, by `performance.now()`. A read's begins when it gets its place
   * @throws Refused, RefusedByStatus the platform did not do it
   * @throws NotSent, OverShare not one byte was sent, and none will be
   * @throws NoAnswer everything else: of a write, nobody knows what became of it
   */
  call<Parameters extends object, Payload>(
    action: Action<Parameters, Payload>,
    parameters: Parameters,
    caller: Caller,
    startedAt?: number,
  ): Promise<Accepted<Payload>>;
  /** Whether a confirm of this caller would be sent at once: its place is free, and the circuit is closed. Costs next to nothing. */
  canSendNow(caller: Caller): boolean;
  /** Whether the platform has answered a call of this user of late, and so knows the token. */
  knows(owner: string): boolean;
  readonly timeoutMs: number;
  readonly operationTimeoutMs: number;
  readonly admission: Pick<Admission, 'inFlight' | 'queued' | 'isCrowded' | 'confirmsAtOnce'>;
  readonly circuits: Readonly<Record<Kind, Circuits>>;
  /** Ends every read that is under way, as one without an answer. Writes go on. */
  cutReads(): Promise<void>;
  close(): Promise<void>;
}

export function createTokenApiClient(options: ClientOptions): TokenApiClient {
  const { url, timeoutMs, operationTimeoutMs, places, proxy, onBreakerChange, onSpare } = options;
  const admission = createAdmission(options);
  const connector = createConnector(url, { connectTimeoutMs: timeoutMs, proxy });
  const shared = {
    url,
    admission,
    connector,
    connections: places,
    onBreakerChange,
    onUser: () => confirms.userIsThere(),
  };
  const reads = createSide({ ...shared, kind: 'reads', keepAlive: READ_KEEP_ALIVE });
  const confirms = createSide({ ...shared, kind: 'confirms', keepAlive: WRITE_KEEP_ALIVE, onSpare });

  function call<Parameters extends object, Payload>(
    action: Action<Parameters, Payload>,
    parameters: Parameters,
    caller: Caller,
    startedAt = performance.now(),
  ): Promise<Accepted<Payload>> {
    const side = action.writes ? confirms : reads;
    const time = action.writes ? confirmTime(timeoutMs, startedAt, caller.endsAt) : readTime(timeoutMs, caller.endsAt);
    // Stryker disable next-line StringLiteral: each attempt writes its own.
    const report: CallReport = { action: action.name, upstreamRequestId: '', outcome: 'accepted', attempts: 0, ms: 0 };

    // Not an async function, whose state costs more than these together.
    const accepted = (fields: Record<string, unknown>): Accepted<Payload> | Promise<Accepted<Payload>> => {
      const requestId = report.upstreamRequestId;
      let payload: Payload;
      try {
        payload = payloadFrom(action, fields, parameters, requestId);
        // Stryker disable next-line BlockStatement: no action of today throws, whatever comes.
      } catch (cause) {
        return failed(cause);
      }
      ended(report, startedAt, caller);
      return { requestId, payload, beganAt: startedAt };
    };
    const attempt = (): Promise<Accepted<Payload>> => {
      const requestId = flatUUID();
      report.upstreamRequestId = requestId;
      report.attempts++;
      const body = bodyFrom(action.name, requestId, caller.token, parameters);
      const answered = { requestId, token: caller.token, compared: action.compared };
      try {
        return side
          .attempt({ body, call: answered, time, caller, isRepeat: report.attempts > 1 })
          .then(accepted, failed);
      } catch (cause) {
        return failed(cause);
      }
    };
    const failed = async (cause: unknown): Promise<Accepted<Payload>> => {
      const failure = failureFrom(cause, report.upstreamRequestId);
      const isLast = report.attempts > 1 || !mayRepeat(failure, action.writes) || caller.abandoned();
      const pauseMs = needsNewConnection(failure) ? 0 : SECOND_ATTEMPT_AFTER_MS;
      // Stryker disable next-line all: without it the answer would be 50 ms late at most, for the time is asked again below.
      if (!isLast && time.sufficesAfter(pauseMs)) {
        if (pauseMs > 0) await pause(pauseMs);
        // Stryker disable next-line ConditionalExpression,EqualityOperator: it counts where a timer fires late.
        if (time.sufficesAfter(0)) return attempt();
      }
      report.outcome = outcomeOf(failure);
      report.cause = failure;
      ended(report, startedAt, caller);
      throw failure;
    };
    return attempt();
  }

  return {
    call,
    canSendNow: confirms.canSendNow,
    knows: admission.knows,
    timeoutMs,
    operationTimeoutMs,
    admission,
    circuits: { reads: reads.circuits, confirms: confirms.circuits },
    cutReads: reads.close,
    // Stryker disable next-line BlockStatement,ArrayDeclaration: idle connections close by themselves a second later.
    async close() {
      // Stryker disable next-line ArrayDeclaration: as above.
      await Promise.all([reads.close(), confirms.close(), connector.close()]);
    },
  };
}

function ended(report: CallReport, startedAt: number, { reporter }: Caller): void {
  report.ms = performance.now() - startedAt;
  reporter.callEnded(report);
}

/** Put together from texts: copying both objects into one costs more than all of it. Names and ids hold nothing that JSON would escape. */
function bodyFrom(action: string, requestId: string, token: string, parameters: object): string {
  const own = `{"Action":"${action}","RequestId":"${requestId}","AccessToken":${JSON.stringify(token)}`;
  return `${own},${JSON.stringify(parameters).slice(1)}`;
}

/** An answer that cannot be read is no answer, whichever side is at fault. */
function payloadFrom<Parameters extends object, Payload>(
  action: Action<Parameters, Payload>,
  fields: Record<string, unknown>,
  parameters: Parameters,
  requestId: string,
): Payload {
  try {
    return action.parse(fields, parameters);
    // Stryker disable next-line BlockStatement,ObjectLiteral: no action of today throws, whatever comes.
  } catch (cause) {
    // Stryker disable next-line ObjectLiteral: as above.
    throw new NoAnswer('The answer has not the shape that was expected.', requestId, { cause });
  }
}
