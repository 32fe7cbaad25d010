// One operation of a WebSocket: what it answers, one after the other, until it ends or its client has enough of it. The protocol's
// library begins it and says its end; it would make the text of an event anew for each who watches.

import type { GraphQLFormattedError } from 'graphql';
import { Context, type Services } from '../context/context';
import type { Engine } from '../engine/engine';
import { type Frame, type Frames, framesOfAnswer } from '../engine/subscriptions';
import { FrameFlow, type FrameReader } from './frameFlow';
import type { Lifecycle } from './lifecycle';
import { requestFrom } from './members';
import type { RequestReporter, StreamEnd } from './reporter';
import { BadRequest, GRAPHQL_TYPE } from './request';
import { OpenStream } from './streamReport';
import type { WebSocketWire } from './webSocketWire';

export interface OperationOptions {
  engine: Engine;
  services: Services;
  lifecycle: Lifecycle;
}

/** What asked for it. */
export interface OperationRequest {
  /** Of the operation, by its client. */
  id: string;
  /** The members of a GraphQL request, and perhaps others. */
  payload: object;
  authorization: string | undefined;
  owner: string | undefined;
  isCrowded: boolean;
  reporter: RequestReporter;
  wire: WebSocketWire;
  /** It takes none of its connection's places any more. */
  onEnd(): void;
}

/** Why nothing is executed: the payload of an `error` message. */
export class OperationRefused extends Error {
  constructor(readonly errors: readonly GraphQLFormattedError[]) {
    super('refused');
  }
}

type Done = IteratorReturnResult<undefined>;
const DONE: Done = { done: true, value: undefined };

export class Operation implements AsyncIterableIterator<never, undefined>, FrameReader {
  readonly context: Context;
  private flow: FrameFlow | undefined;
  private stream: OpenStream | undefined;
  private waiting: { resolve(done: Done): void; reject(cause: OperationRefused): void } | undefined;
  private readonly answered: { status: number; name: string | null } = { status: 200, name: null };
  private isAnswer = false;
  /** The client wants no more of it, or there is no more. */
  private isOver = false;
  /** Of each message that says a frame. */
  private readonly head: string;
  /** That of `request`, which each event would otherwise have to look up. */
  private readonly wire: WebSocketWire;
  /** It ends once its work has ended and its client has been told. */
  private readonly open = new Set(['work', 'word']);

  constructor(
    private readonly options: OperationOptions,
    private readonly request: OperationRequest,
  ) {
    const { id, reporter, authorization, owner, isCrowded, wire } = request;
    this.wire = wire;
    this.head = `{"id":${JSON.stringify(id)},"type":"next","payload":`;
    this.context = new Context(options.services, {
      reporter,
      authorization,
      owner,
      isCrowded,
      // A header of the connection would be that of every press.
      idempotencyKey: undefined,
      abandoned: () => this.isOver || options.lifecycle.isCut(),
      isClosing: options.lifecycle.isClosed,
    });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** Of the library, which asks once: for the end. */
  next(): Promise<Done> {
    return new Promise((resolve, reject) => {
      this.waiting = { resolve, reject };
      void this.begin();
    });
  }

  /** The client has enough of it, or has left. What was sent to the platform goes on, and nobody is told. */
  async return(): Promise<Done> {
    this.over(this.wire.isUnread ? 'unread' : 'left');
    if (this.flow) this.ended('work');
    this.waiting?.resolve(DONE);
    return DONE;
  }

  /** The last of it is said in this turn of the event loop. */
  said(): void {
    this.ended('word');
  }

  /** Of the stream that answers it. */
  taken(): Promise<void> | undefined {
    return this.wire.taken();
  }

  give({ json }: Frame): void {
    this.wire.send(`${this.head}${json}}`);
    this.stream?.event();
  }

  end(why: StreamEnd): void {
    // Nothing more is said then: the connection is closed instead, which tells the client to ask another replica.
    if (why === 'leaving') this.ended('word');
    else this.waiting?.resolve(DONE);
    this.over(why);
    this.ended('work');
  }

  fail(cause: unknown): void {
    let why = cause;
    if (!(why instanceof OperationRefused || why instanceof BadRequest)) {
      this.request.reporter.bug(cause);
      why = new BadRequest(500, 'Internal server error');
    }
    if (why instanceof BadRequest) {
      this.answered.status = why.status;
      why = new OperationRefused(JSON.parse(why.body).errors);
    }
    this.over('failed');
    this.ended('work');
    this.waiting?.reject(why as OperationRefused);
  }

  private async begin(): Promise<void> {
    try {
      // A client that is told to come again asks again by itself for what was not begun.
      if (this.options.lifecycle.isLeaving()) return this.end('leaving');
      this.flow = new FrameFlow(await this.opened(), this);
      if (this.isOver) this.end('left');
      else this.flow.onNews();
    } catch (cause) {
      this.fail(cause);
    }
  }

  private async opened(): Promise<Frames> {
    const { engine, lifecycle } = this.options;
    const { payload } = this.request;
    const asked = requestFrom({ ...payload });
    // The library keeps the message for as long as the operation runs, and documents are long.
    for (const name of Object.keys(payload)) Reflect.set(payload, name, undefined);
    this.answered.name = asked.operationName;
    const found = engine.found(asked);
    let opened = await engine.subscribe(found, this.context);
    if (opened && !('status' in opened)) {
      this.stream = new OpenStream('websocket', this.request.reporter);
      return opened;
    }
    if (!opened) {
      if (this.request.isCrowded) throw new BadRequest(429, 'This connection has too many operations under way.');
      this.isAnswer = true;
      lifecycle.begin();
      opened = await engine.answer(found, GRAPHQL_TYPE, this.context);
    }
    this.answered.status = opened.status;
    const result = JSON.parse(String(opened.body));
    if (!('data' in result)) throw new OperationRefused(result.errors);
    return framesOfAnswer(result);
  }

  private over(why: StreamEnd): void {
    this.isOver = true;
    // The first reason counts.
    this.stream?.end(why);
    this.flow?.stop();
  }

  private ended(part: string): void {
    if (!this.open.delete(part) || this.open.size > 0) return;
    this.request.reporter.requestEnded(this.answered.status, this.answered.name);
    if (this.isAnswer) setImmediate(this.options.lifecycle.end);
    this.request.onEnd();
  }
}
