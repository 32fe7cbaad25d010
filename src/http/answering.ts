// One request on its way to its answer: what every answer carries, and what is reported of it.

import type { IncomingMessage, ServerResponse } from 'node:http';
import { requestIdFrom } from '../context/requestId';
import type { Frames } from '../engine/subscriptions';
import type { Cors, Headers } from './cors';
import type { Lifecycle } from './lifecycle';
import type { Readers } from './readers';
import type { HttpTelemetry, RequestReporter } from './reporter';
import { BadRequest, JSON_TYPE } from './request';
import { OpenStream } from './streamReport';
import { forms, writeStream } from './streams';

const LARGE_CHARACTERS = 65_536;

export interface AnsweringOptions {
  cors: Cors;
  lifecycle: Lifecycle;
  telemetry: HttpTelemetry;
  readers: Readers;
}

export class Answering {
  readonly reporter: RequestReporter;
  operationName: string | null = null;

  constructor(
    readonly request: IncomingMessage,
    readonly response: ServerResponse,
    private readonly options: AnsweringOptions,
  ) {
    const requestId = requestIdFrom(request.headers['x-request-id'] ?? request.headers['x-amzn-trace-id']);
    this.reporter = options.telemetry.requestStarted(requestId, request.headers);
  }

  send(status: number, body: string | Buffer, type: string, more?: Headers): void {
    this.quietly(status, body, type, more);
    this.reporter.requestEnded(status, this.operationName);
  }

  /** Answers what is asked too often to be worth a line or a figure. */
  quietly(status: number, body: string | Buffer, type: string, more?: Headers): void {
    const headers = this.headersOf(type);
    if (more) Object.assign(headers, more);
    this.write(status, headers, body);
  }

  private headersOf(type: string): Record<string, string> {
    const { cors, lifecycle } = this.options;
    const headers: Record<string, string> = {
      'content-type': type,
      'cache-control': 'no-store',
      'x-request-id': this.reporter.requestId,
    };
    const corsHeaders = cors.headersFor(this.request);
    if (corsHeaders) Object.assign(headers, corsHeaders);
    if (lifecycle.isLeaving()) headers.connection = 'close';
    return headers;
  }

  /** Writes the events of a stream, for as long as they come and are read. Never throws. */
  async stream(transport: keyof typeof forms, frames: Frames): Promise<void> {
    const { response, operationName, reporter } = this;
    const form = forms[transport];
    const stream = new OpenStream(transport, reporter);
    // The head is the same as of every answer; proxies that buffer would hold back what has come.
    response.writeHead(200, { ...this.headersOf(form.type), 'x-accel-buffering': 'no' });
    try {
      stream.end(await writeStream(response, form, frames, { readers: this.options.readers, stream }));
    } catch (cause) {
      reporter.bug(cause);
      response.destroy();
      stream.end('failed');
    }
    reporter.requestEnded(200, operationName);
  }

  /** Writes an answer whole; its reader has a bounded time from here on. */
  end(status: number, headers: Headers | undefined, body?: string | Buffer): void {
    if (body !== undefined) this.write(status, { ...headers }, body);
    else {
      this.response.writeHead(status, headers).end();
      this.options.readers.ended(this.response, 0);
    }
  }

  /** @param headers get the length of the body */
  private write(status: number, headers: Record<string, string | number>, body: string | Buffer): void {
    const { response } = this;
    // Node copies a text twice to write it, which a large one is too large for.
    const written = typeof body === 'string' && body.length > LARGE_CHARACTERS ? Buffer.from(body) : body;
    const bytes = Buffer.byteLength(written);
    headers['content-length'] = bytes;
    response.writeHead(status, headers).end(written);
    this.options.readers.ended(response, bytes);
  }

  /** What is not a bad request is a bug: it is logged whole, and answered masked. */
  fail(cause: unknown): void {
    if (!(cause instanceof BadRequest)) this.reporter.bug(cause);
    const failure = cause instanceof BadRequest ? cause : new BadRequest(500, 'Internal server error');
    this.send(failure.status, failure.body, JSON_TYPE, failure.headers);
  }
}
