// The platform's side of the gateway: one call of one action, in time, a write at most once, with an end that can be believed.
// Knows no GraphQL.

import { setTimeout as pause } from 'node:timers/promises';
import type { Action } from './action';
import { type Admission, createAdmission } from './admission';
import { fieldsOf } from './answer';
import { type Breaker, type BreakerState, createBreaker } from './breaker';
import { NoAnswer, NotSent } from './errors';
import { failureFrom, isBreakerFailure, mayRepeat, outcomeOf } from './failures';
import { flatUUID } from './flat';
import type { Caller, CallReport } from './report';
import { createWire, type OutboundProxy, type Wire } from './wire';

/** A second attempt follows the first after so long: a server that restarts needs a moment. */
const SECOND_ATTEMPT_AFTER_MS = 50;
/** Of the calls upstream, so many more may wait: a short queue keeps the latency of what is let in. */
const QUEUE_SHARE = 0.25;
/** Of a call's time, so much may be spent waiting: one let in late would be sent only to miss its deadline. */
const WAIT_SHARE = 0.25;
/** A read can be repeated, so its idle connections are kept about as long as servers keep theirs. */
const READ_IDLE_MS = 1000;
/** A write cannot: its connections are reused under load only, when they cannot be about to be closed. */
const WRITE_IDLE_MS = 50;

export interface ClientOptions {
  url: URL;
  /** Bounds one call: waiting for a place, DNS, connecting, TLS and a second attempt included. */
  timeoutMs: number;
  /** Calls upstream at once. */
  places: number;
  proxy?: OutboundProxy | undefined;
  onBreakerChange: (state: BreakerState) => void;
}

/** A call that the platform accepted. */
export interface Accepted<Payload> {
  /** The RequestId that was sent and echoed. */
  requestId: string;
  payload: Payload;
}

export interface TokenApiClient {
  /**
   * Calls an action.
   *
   * @param startedAt when its time began, by `performance.now()`
   * @throws Refused, RefusedByStatus the platform did not do it
   * @throws NotSent not one byte was sent, and none will be
   * @throws NoAnswer everything else: of a write, nobody knows what became of it
   */
  call<Parameters extends object, Payload>(
    action: Action<Parameters, Payload>,
    parameters: Parameters,
    caller: Caller,
    startedAt?: number,
  ): Promise<Accepted<Payload>>;
  /** Whether a confirm of this caller would be sent at once: a place is free for it, and the circuit is closed. */
  canSendNow(caller: Caller): boolean;
  readonly timeoutMs: number;
  readonly admission: Admission;
  readonly breaker: Breaker;
  /** Ends every read that is under way, as one without an answer. Writes go on. */
  cutReads(): Promise<void>;
  close(): Promise<void>;
}

export function createTokenApiClient(options: ClientOptions): TokenApiClient {
  const { url, timeoutMs, places, proxy } = options;
  const admission = createAdmission(places, Math.ceil(places * QUEUE_SHARE), WAIT_SHARE);
  const breaker = createBreaker(options.onBreakerChange);
  const wireWith = (idleMs: number) =>
    createWire(url, { connections: places, connectTimeoutMs: timeoutMs, idleMs, proxy });
  const readWire = wireWith(READ_IDLE_MS);
  const writeWire = wireWith(WRITE_IDLE_MS);

  /** @throws NotSent if the circuit is open */
  function checkCircuit(requestId: string): void {
    const retryAfterMs = breaker.refusedForMs();
    if (retryAfterMs === undefined) return;
    const message = 'The platform has not been answering; it is not asked for a moment.';
    throw new NotSent(message, requestId, { retryAfterMs });
  }

  /** Posts once a place is free. @throws NoPlace, NotSent, WireFailure */
  async function post(wire: Wire, body: string, requestId: string, deadline: number, caller: Caller) {
    checkCircuit(requestId);
    const place = admission.enter(deadline - performance.now(), caller.abandoned);
    // Stryker disable next-line ConditionalExpression: to await nothing takes a moment alone.
    if (place) await place;
    try {
      const ready = caller.beforeSend?.(requestId);
      if (ready) await ready;
      // The circuit may have opened while this call waited.
      if (place || ready) checkCircuit(requestId);
    } catch (cause) {
      admission.leave();
      throw cause;
    }
    const reportResult = breaker.begin();
    try {
      const reply = await wire.post(body, Math.max(1, deadline - performance.now()), admission.leave);
      reportResult(false);
      return reply;
    } catch (cause) {
      reportResult(isBreakerFailure(cause));
      throw cause;
    }
  }

  async function call<Parameters extends object, Payload>(
    action: Action<Parameters, Payload>,
    parameters: Parameters,
    caller: Caller,
    startedAt = performance.now(),
  ): Promise<Accepted<Payload>> {
    const wire = action.writes ? writeWire : readWire;
    const deadline = startedAt + timeoutMs;
    // Stryker disable next-line StringLiteral: each attempt writes its own.
    const report: CallReport = { action: action.name, upstreamRequestId: '', outcome: 'accepted', attempts: 0, ms: 0 };
    const end = (cause?: Error) => {
      if (cause) {
        report.outcome = outcomeOf(cause);
        report.cause = cause;
      }
      report.ms = performance.now() - startedAt;
      caller.reporter.callEnded(report);
    };
    for (;;) {
      const requestId = flatUUID();
      report.upstreamRequestId = requestId;
      report.attempts++;
      try {
        const body = bodyFrom(action.name, requestId, caller.token, parameters);
        const reply = await post(wire, body, requestId, deadline, caller);
        const fields = fieldsOf(reply, requestId, caller.token);
        const accepted = { requestId, payload: payloadFrom(action, fields, parameters, requestId) };
        end();
        return accepted;
      } catch (cause) {
        const failure = failureFrom(cause, requestId);
        const isLast = report.attempts > 1 || !mayRepeat(failure, action.writes) || caller.abandoned();
        // Stryker disable next-line all: without it the answer would be 50 ms late at most, for the time is asked again below.
        if (!isLast && deadline - performance.now() > SECOND_ATTEMPT_AFTER_MS) {
          await pause(SECOND_ATTEMPT_AFTER_MS);
          // Stryker disable next-line ConditionalExpression,EqualityOperator: it counts where a timer fires late.
          if (deadline > performance.now()) continue;
        }
        end(failure);
        throw failure;
      }
    }
  }

  return {
    call,
    canSendNow: () => breaker.refusedForMs() === undefined && admission.inFlight() < places,
    timeoutMs,
    admission,
    breaker,
    cutReads: readWire.close,
    // Stryker disable next-line BlockStatement,ArrayDeclaration: idle connections close by themselves a second later.
    async close() {
      // Stryker disable next-line ArrayDeclaration: as above.
      await Promise.all([readWire.close(), writeWire.close()]);
    },
  };
}

/** Written in two parts: copying both objects into one costs more than all of its text. */
function bodyFrom(action: string, requestId: string, token: string, parameters: object): string {
  const own = JSON.stringify({ Action: action, RequestId: requestId, AccessToken: token });
  return `${own.slice(0, -1)},${JSON.stringify(parameters).slice(1)}`;
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
