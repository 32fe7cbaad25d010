// One POST as undici tells of it, and the one question that matters about it afterwards: can a byte of it have been sent?

import type { Dispatcher } from 'undici';
import type { Reply } from './answer';

/** Largest answer that is read. Announced or sent, a larger one is no answer. */
export const ANSWER_LIMIT_BYTES = 65_536;

/** Codings that change the bytes, which were not asked for. Whatever else stands in `content-encoding` (a charset, `identity`, nothing) changes none. */
const CODINGS = new Set([
  'gzip',
  'x-gzip',
  'compress',
  'x-compress',
  'deflate',
  'br',
  'zstd',
  'dcb',
  'dcz',
  'exi',
  'aes128gcm',
  'pack200-gzip',
]);

// Stryker disable next-line Regex: no code of Node or undici has one of these in its middle.
const CERTIFICATE_CODES = /CERT|SELF_SIGNED|UNABLE_TO_|^ERR_TLS_|^ERR_SSL_|^EPROTO$|^UND_ERR_PRX_TLS$/;

/** A POST that brought no complete answer. */
export class WireFailure extends Error {
  constructor(
    message: string,
    /** False only if undici never started the request: then not one byte left, nor will. */
    readonly sent: boolean,
    /** True if an HTTP status came: the platform answers, if not well. */
    readonly hasStatus: boolean,
    cause?: unknown,
    /** True if nothing but the end of its time ended it. */
    readonly isTimeOut = false,
    /** True if it was lost with a connection that had carried a request before: the server may just have closed it. */
    readonly wasOnKeptConnection = false,
  ) {
    super(message, { cause });
  }

  /** The other side could not prove who it is. Says nothing about `sent`, which undici's hook alone decides. */
  get hasUntrustedCertificate(): boolean {
    const code = String((this.cause as { code?: unknown } | undefined)?.code);
    // Stryker disable next-line LogicalOperator,ConditionalExpression: a connection that has carried a request fails by none of these.
    return !this.sent && CERTIFICATE_CODES.test(code);
  }
}

type Headers = Record<string, string | string[] | undefined>;

const firstOf = (value: string | string[] | undefined) => (Array.isArray(value) ? value[0] : value);

const isEncoded = (encoding: string | string[] | undefined): boolean =>
  encoding !== undefined &&
  String(encoding)
    .split(',')
    .some((coding) => CODINGS.has(coding.trim().toLowerCase()));

/** What becomes of an exchange: one of the first two, once; and `done` once undici holds nothing of it any more, which may be later. */
export interface ExchangeOutcome {
  answered(reply: Reply): void;
  failed(failure: WireFailure): void;
  done(): void;
}

const TIMER_STEP_MS = 100;
const onTime = (exchange: Exchange): void => exchange.end();

export class Exchange implements Dispatcher.DispatchHandler {
  private sent = false;
  private settled = false;
  private status = 0;
  private headers: Headers = {};
  private readonly chunks: Buffer[] = [];
  private controller: Dispatcher.DispatchController | undefined;
  private timer: NodeJS.Timeout;
  private readonly endsAt: number;
  /** Whether the connection that it is sent on has carried a request before. */
  isOnKeptConnection = false;

  constructor(
    private readonly told: ExchangeOutcome,
    limitMs: number,
  ) {
    this.endsAt = performance.now() + limitMs;
    // Of timers that last equally long, one more costs next to nothing.
    this.timer = setTimeout(onTime, Math.floor(limitMs / TIMER_STEP_MS) * TIMER_STEP_MS, this);
  }

  /**
   * The time is over. If the process was stalled, an answer may have arrived: the event loop reads the sockets between its timers
   * and its immediates, and of one socket everything that is there.
   */
  end(): void {
    const leftMs = this.endsAt - performance.now();
    if (leftMs > 0) this.timer = setTimeout(onTime, Math.ceil(leftMs), this);
    else if (this.sent) setImmediate(() => this.giveUp());
    else this.giveUp();
  }

  private giveUp(): void {
    if (this.settled) return;
    this.fail('No complete answer came before the deadline.', undefined, true);
    // Stryker disable next-line StringLiteral: nobody sees its words.
    this.controller?.abort(new Error('deadline'));
  }

  /** Called immediately before bytes are handed to the socket: the line between "not sent" and "may have been sent". */
  onRequestStart(controller: Dispatcher.DispatchController): void {
    // Stryker disable next-line all: held by wireTls.test.ts, where the connection comes late; its gateway is a process of its own.
    // The time is asked, for after a stall this may come before the timer.
    if (this.settled || performance.now() >= this.endsAt) {
      controller.abort(new Error('too late to send'));
      return;
    }
    this.sent = true;
    this.controller = controller;
  }

  /** Called for every status, so once more for an informational one such as 103. */
  onResponseStart(controller: Dispatcher.DispatchController, status: number, headers: Headers): void {
    // Stryker disable next-line ConditionalExpression: the final status takes the place of what an informational one sets.
    if (status < 200) return;
    this.status = status;
    this.headers = headers;
    if (isEncoded(headers['content-encoding'])) this.discard(controller, 'The answer is encoded.');
    else if (Number(headers['content-length']) > ANSWER_LIMIT_BYTES)
      this.discard(controller, 'The answer is too large.');
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.chunks.push(chunk);
  }

  onResponseEnd(): void {
    if (!this.settled) {
      this.settled = true;
      clearTimeout(this.timer);
      const [first] = this.chunks;
      // Stryker disable next-line ConditionalExpression: a shortcut for an answer in one piece.
      const body = this.chunks.length === 1 && first ? first.toString() : Buffer.concat(this.chunks).toString();
      this.told.answered({ status: this.status, body, retryAfter: firstOf(this.headers['retry-after']) });
    }
    this.told.done();
  }

  onResponseError(_controller: Dispatcher.DispatchController | undefined, error: Error): void {
    if (this.sent) this.fail('The connection brought no complete answer.', error, false, this.isOnKeptConnection);
    else this.fail('No connection could be made.', error);
    this.told.done();
  }

  /** Settles at once and drops the rest of an answer that cannot be used. */
  private discard(controller: Dispatcher.DispatchController, message: string): void {
    this.fail(message);
    controller.abort(new Error(message));
  }

  private fail(message: string, cause?: unknown, isTimeOut = false, wasOnKeptConnection = false): void {
    if (this.settled) return;
    // Stryker disable next-line BooleanLiteral: held by wireTls.test.ts, as above.
    this.settled = true;
    clearTimeout(this.timer);
    this.told.failed(new WireFailure(message, this.sent, this.status !== 0, cause, isTimeOut, wasOnKeptConnection));
  }
}
