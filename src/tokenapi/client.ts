// The upstream's side of the gateway: one call of one action, in time, at most once, with an end that can be believed.
// Knows no GraphQL.

import { setTimeout as pause } from 'node:timers/promises';
import type { Trail } from '../telemetry/telemetry';
import type { Action } from './action';
import { type Admission, createAdmission, NoPlace } from './admission';
import { payloadFrom, type Reply } from './answer';
import { type Breaker, createBreaker } from './breaker';
import { NoAnswer, NotSent, Refused, RefusedAtTheDoor } from './errors';
import { flatUUID } from './flat';
import { createWire, type OutboundProxy, WireFailure } from './wire';

/** A second attempt follows the first after so long: a server that restarts needs a moment. */
const SECOND_ATTEMPT_AFTER_MS = 50;
/** What is not sent for want of a place may be tried again after so long. */
const FULL_RETRY_AFTER_MS = 1000;
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
  observe: (report: CallReport) => void;
  onBreakerChange: (state: string) => void;
}

/** Whose call it is. */
export interface Caller {
  /** What joins what is said of the client's request. */
  readonly trail: Trail;
  readonly token: string;
  /** True once nobody waits for the answer; a call that has not been sent by then need not be. */
  readonly abandoned: () => boolean;
}

export interface Answered<Payload> {
  /** The RequestId that was sent and echoed. */
  requestId: string;
  payload: Payload;
}

/** One call as the log and the metrics see it. */
export interface CallReport {
  caller: Caller;
  action: string;
  /** The RequestId of the last attempt. */
  upstreamRequestId: string;
  outcome: 'accepted' | 'refused' | 'not-sent' | 'no-answer';
  attempts: number;
  ms: number;
  /** Undefined if it was accepted. */
  cause: unknown;
}

export interface TokenApiClient {
  /**
   * Calls an action.
   *
   * @param startedAt when its time began, by `performance.now()`
   * @throws Refused, RefusedAtTheDoor the platform did not do it
   * @throws NotSent not one byte left, and none will
   * @throws NoAnswer everything else: of a write, nobody knows what became of it
   */
  call<Parameters extends object, Payload>(
    action: Action<Parameters, Payload>,
    parameters: Parameters,
    caller: Caller,
    startedAt?: number,
  ): Promise<Answered<Payload>>;
  readonly timeoutMs: number;
  readonly admission: Admission;
  readonly breaker: Breaker;
  close(): Promise<void>;
}

export function createTokenApiClient(options: ClientOptions): TokenApiClient {
  const { url, timeoutMs, places, observe, proxy } = options;
  const admission = createAdmission(places, Math.ceil(places * QUEUE_SHARE), WAIT_SHARE);
  const breaker = createBreaker(options.onBreakerChange);
  const wireWith = (idleMs: number) =>
    createWire(url, { connections: places, connectTimeoutMs: timeoutMs, idleMs, proxy });
  const readWire = wireWith(READ_IDLE_MS);
  const writeWire = wireWith(WRITE_IDLE_MS);

  async function call<Parameters extends object, Payload>(
    action: Action<Parameters, Payload>,
    parameters: Parameters,
    caller: Caller,
    startedAt = performance.now(),
  ): Promise<Answered<Payload>> {
    const wire = action.writes ? writeWire : readWire;
    const deadline = startedAt + timeoutMs;
    for (let attempts = 1; ; attempts++) {
      const requestId = flatUUID();
      const report: CallReport = {
        caller,
        action: action.name,
        upstreamRequestId: requestId,
        outcome: 'accepted',
        attempts,
        ms: 0,
        cause: undefined,
      };
      try {
        const body = bodyFrom(action.name, requestId, caller.token, parameters);
        refuseFor(breaker.closedFor(), requestId);
        const place = admission.enter(deadline - performance.now(), caller.abandoned);
        if (place) {
          await place;
          const closedForMs = breaker.closedFor();
          if (closedForMs !== undefined) admission.leave();
          refuseFor(closedForMs, requestId);
        }
        const ended = breaker.begin();
        let reply: Reply;
        try {
          reply = await wire.post(body, Math.max(1, deadline - performance.now()), admission.leave);
          ended(false);
        } catch (cause) {
          ended(isSilence(cause));
          throw cause;
        }
        const fields = payloadFrom(reply, requestId, caller.token);
        const answered = { requestId, payload: payloadOf(action, fields, parameters, requestId) };
        report.ms = performance.now() - startedAt;
        observe(report);
        return answered;
      } catch (cause) {
        const failure = failureFrom(cause, requestId);
        const mayRepeat =
          (failure instanceof NotSent && failure.retryAfterMs === undefined && !failure.distrusted) ||
          (failure instanceof NoAnswer && !action.writes);
        const isLast = attempts > 1 || !mayRepeat || caller.abandoned();
        if (!isLast && deadline - performance.now() > SECOND_ATTEMPT_AFTER_MS) {
          await pause(SECOND_ATTEMPT_AFTER_MS);
          if (deadline > performance.now()) continue;
        }
        report.outcome = outcomeOf(failure);
        report.cause = failure;
        report.ms = performance.now() - startedAt;
        observe(report);
        throw failure;
      }
    }
  }

  return {
    call,
    timeoutMs,
    admission,
    breaker,
    async close() {
      await Promise.all([readWire.close(), writeWire.close()]);
    },
  };
}

/** @throws NotSent if the circuit is open for so long yet */
function refuseFor(retryAfterMs: number | undefined, requestId: string): void {
  if (retryAfterMs === undefined) return;
  throw new NotSent('The platform has not been answering; it is not asked for a moment.', requestId, { retryAfterMs });
}

/** Written in two parts: an object made of others' members costs more than all of its text. */
function bodyFrom(action: string, requestId: string, token: string, parameters: object): string {
  const own = JSON.stringify({ Action: action, RequestId: requestId, AccessToken: token });
  return `${own.slice(0, -1)},${JSON.stringify(parameters).slice(1)}`;
}

function outcomeOf(failure: Error): CallReport['outcome'] {
  if (failure instanceof NotSent) return 'not-sent';
  return failure instanceof Refused || failure instanceof RefusedAtTheDoor ? 'refused' : 'no-answer';
}

const isSilence = (cause: unknown): boolean => cause instanceof WireFailure && !cause.answered && !cause.distrusted;

/** What a call throws for what happened: the one place where "not sent" is said. */
function failureFrom(cause: unknown, requestId: string): Error {
  if (cause instanceof NoPlace)
    return new NotSent(cause.message, requestId, { retryAfterMs: FULL_RETRY_AFTER_MS, cause });
  if (cause instanceof WireFailure && !cause.sent)
    return new NotSent(cause.message, requestId, { distrusted: cause.distrusted, cause });
  if (cause instanceof WireFailure) return new NoAnswer(cause.message, requestId, { cause });
  return cause instanceof Error ? cause : new Error(String(cause));
}

/** An answer that cannot be read is no answer, whoever is to blame. */
function payloadOf<Parameters extends object, Payload>(
  action: Action<Parameters, Payload>,
  fields: Record<string, unknown>,
  parameters: Parameters,
  requestId: string,
): Payload {
  try {
    return action.payloadFrom(fields, parameters);
  } catch (cause) {
    throw new NoAnswer('The answer has not the shape that was expected.', requestId, { cause });
  }
}
