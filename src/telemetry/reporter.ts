// What is said of one request: a log line of its own, one an upstream call and one a confirm, joined by the request's id; and the
// same as figures and as spans. Never the token, a body or variables.

import type { IncomingHttpHeaders } from 'node:http';
import type { OperationDefinitionNode } from 'graphql';
import type { Logger } from 'pino';
import type { BeginReport, ConfirmReport } from '../confirms/report';
import type { RequestReporter, StreamReport, Transport } from '../http/reporter';
import { NoAnswer, NotSent } from '../tokenapi/errors';
import type { CallReport } from '../tokenapi/report';
import { type InfoLines, optionalMember } from './infoLines';
import type { Metrics } from './metrics';
import type { OperationSpan, Tracing } from './tracing';

/** Enough of a token's hash to tell users apart, and too little to try tokens against. */
const OWNER_CHARACTERS = 12;
const NAME_LIMIT_CHARACTERS = 64;

const TRACEPARENT = /^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/;

/** Where it is said. */
export interface Outlets {
  readonly log: Logger;
  /** Undefined if the level admits no line of it. */
  readonly info: ((members: string) => void) | undefined;
  /** Where it is written that a confirm is sent, and how it ended: whatever the level. Undefined if nowhere. */
  readonly audit: InfoLines | undefined;
  readonly metrics: Metrics;
  readonly tracing: Tracing | undefined;
}

export class Reporter implements RequestReporter {
  private readonly startedAt = performance.now();
  private readonly span: OperationSpan | undefined;
  /** The caller's place in a trace, if it sent one. */
  private readonly traceparent: string | undefined;
  /** What joins the lines of the confirm that was begun last, by the RequestId that it was sent with. */
  private begun: { readonly requestId: string; readonly members: string } | undefined;

  /**
   * @param requestId nothing that JSON escapes, so that it needs no escaping
   * @param headers of the request; undefined if what is done is done for no single one, and its calls are traces of their own
   */
  constructor(
    private readonly outlets: Outlets,
    readonly requestId: string,
    headers: IncomingHttpHeaders | undefined,
  ) {
    const traceparent = headers?.traceparent;
    this.traceparent = typeof traceparent === 'string' && TRACEPARENT.test(traceparent) ? traceparent : undefined;
    this.span = headers && outlets.tracing?.operationStarted(headers);
  }

  asked(operation: OperationDefinitionNode): void {
    if (this.span) this.outlets.tracing?.operationAsked(this.span, operation);
  }

  requestEnded(status: number, operationName: string | null): void {
    const { metrics, tracing, info } = this.outlets;
    metrics.requestEnded(status);
    if (this.span) tracing?.operationEnded(this.span, status, operationName);
    const name = optionalMember('operationName', operationName?.slice(0, NAME_LIMIT_CHARACTERS));
    const ms = rounded(performance.now() - this.startedAt);
    info?.(`${this.members()}${name},"status":${status},"ms":${ms},"msg":"operation"`);
  }

  streamBegan(transport: Transport): void {
    this.outlets.metrics.streamBegan(transport);
  }

  eventSent(transport: Transport): void {
    this.outlets.metrics.eventSent(transport);
  }

  streamEnded(report: StreamReport): void {
    const { metrics, info } = this.outlets;
    const { transport, reason, events, ms } = report;
    metrics.streamEnded(report);
    info?.(
      `${this.members()},"transport":"${transport}","reason":"${reason}","events":${events},"ms":${rounded(ms)},"msg":"stream"`,
    );
  }

  callEnded(report: CallReport): void {
    const { log, metrics, tracing, info } = this.outlets;
    const { action, upstreamRequestId, outcome, attempts, cause } = report;
    metrics.callEnded(report);
    tracing?.callEnded(this.span, report);
    // Whoever asks for more than there are places can be refused thousands of times a second: the figures say so.
    if (outcome === 'over-share' || outcome === 'held-back') return;
    const ms = rounded(report.ms);
    const reason = cause && reasonFrom(cause);
    const level = levelOf(cause);
    if (level === 'info')
      info?.(
        `${this.members()},"RequestId":"${upstreamRequestId}","action":"${action}","outcome":"${outcome}","attempts":${attempts},"ms":${ms}${optionalMember('reason', reason)},"msg":"upstream call"`,
      );
    else {
      const { requestId, traceparent } = this;
      const line = { requestId, traceparent, RequestId: upstreamRequestId, action, outcome, attempts, ms, reason };
      log[level](line, 'upstream call');
    }
  }

  /** Written before the confirm is sent, so that it is known of even if the process is killed meanwhile. */
  confirmBegun({ owner, deviceId, upstreamRequestId }: BeginReport): Promise<void> | undefined {
    const { audit } = this.outlets;
    if (audit === undefined) return undefined;
    const members = this.confirmMembers(`,"RequestId":"${upstreamRequestId}"`, owner, deviceId);
    this.begun = { requestId: upstreamRequestId, members };
    return audit.addNow(`${members},"msg":"confirm begun"`);
  }

  confirmEnded({ owner, deviceId, outcome, by, upstreamRequestId }: ConfirmReport): void {
    const { metrics, audit } = this.outlets;
    metrics.confirmEnded(outcome, by);
    if (audit === undefined) return;
    const isBegun = by === 'sent' && this.begun?.requestId === upstreamRequestId;
    const members = isBegun
      ? this.begun?.members
      : this.confirmMembers(optionalMember('RequestId', upstreamRequestId), owner, deviceId);
    audit.add(`${members},"outcome":"${outcome}","by":"${by}","msg":"confirm"`);
  }

  private confirmMembers(requestId: string, owner: string | undefined, deviceId: string | undefined): string {
    // A hash holds nothing that JSON would escape.
    const user = owner === undefined ? '' : `,"user":"${owner.slice(0, OWNER_CHARACTERS)}"`;
    return `${this.members()}${requestId}${user}${optionalMember('device', deviceId)}`;
  }

  authorizationMissing(): void {
    this.outlets.log.warn({ requestId: this.requestId }, 'no Authorization header came');
  }

  bug(bug: unknown): void {
    this.outlets.log.error({ requestId: this.requestId, err: bug }, 'bug');
  }

  /** What joins the lines of one request: both hold nothing that JSON would escape. */
  private members(): string {
    return this.traceparent === undefined
      ? `"requestId":"${this.requestId}"`
      : `"requestId":"${this.requestId}","traceparent":"${this.traceparent}"`;
  }
}

function levelOf(cause: Error | undefined): 'info' | 'warn' | 'error' {
  if (cause instanceof NotSent) return cause.hasUntrustedCertificate ? 'error' : 'warn';
  if (cause instanceof NoAnswer) return cause.hasWrongRequestId ? 'error' : 'warn';
  return 'info';
}

/** Our own sentence and the codes beneath it. Not the platform's words: they are for the client, not for the log. */
function reasonFrom(failure: Error): string {
  if ('code' in failure) return String(failure.code);
  const codes: string[] = [];
  let cause = failure.cause;
  while (typeof cause === 'object' && cause !== null) {
    if ('code' in cause) codes.push(String(cause.code));
    cause = (cause as { cause?: unknown }).cause;
  }
  return [failure.message, ...codes].join(' ');
}

const rounded = (ms: number) => Math.round(ms * 100) / 100;
