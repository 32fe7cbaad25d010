// One operation of a WebSocket, as the protocol's library wants it: what it answers, one after the other, until it ends or its client
// has enough of it.

import type { FormattedExecutionResult, GraphQLFormattedError } from 'graphql';
import { Context, type Services } from '../context/context';
import type { Engine } from '../engine/engine';
import { type Frames, streamOf } from '../engine/subscriptions';
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

type Result = IteratorResult<FormattedExecutionResult, undefined>;
const DONE: Result = { done: true, value: undefined };

export class Operation implements AsyncIterableIterator<FormattedExecutionResult, undefined> {
  readonly context: Context;
  private frames: Frames | undefined;
  private stream: OpenStream | undefined;
  private waiting: { resolve(result: Result): void; reject(cause: OperationRefused): void } | undefined;
  private readonly answered: { status: number; name: string | null } = { status: 200, name: null };
  private isAnswer = false;
  /** The client wants no more of it, or there is no more. */
  private isOver = false;
  /** It ends once its work has ended and its client has been told. */
  private readonly open = new Set(['work', 'word']);

  constructor(
    private readonly options: OperationOptions,
    private readonly request: OperationRequest,
  ) {
    const { reporter, authorization, owner, isCrowded } = request;
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

  next(): Promise<Result> {
    return new Promise((resolve, reject) => {
      this.waiting = { resolve, reject };
      void this.pull();
    });
  }

  /** The client has enough of it, or has left. What was sent to the platform goes on, and nobody is told. */
  async return(): Promise<Result> {
    this.over(this.request.wire.isUnread ? 'unread' : 'left');
    this.waiting?.resolve(DONE);
    return DONE;
  }

  /** The last of it is said in this turn of the event loop. */
  said(): void {
    this.ended('word');
  }

  private async pull(): Promise<void> {
    try {
      // A client that is told to come again asks again by itself for what was not begun.
      if (!this.frames && this.options.lifecycle.isLeaving()) return this.leave();
      this.frames ??= await this.opened();
      const taken = this.request.wire.taken();
      if (taken) await taken;
      if (this.isOver) await this.frames.return?.();
      const { done, value } = await this.frames.next();
      if (done && value === 'leaving' && !this.isOver) return this.leave();
      if (done || this.isOver) this.end(done ? (value ?? 'left') : 'left');
      else this.stream?.event();
      this.waiting?.resolve(done ? DONE : { value: value.result as FormattedExecutionResult });
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
    return streamOf(result);
  }

  private over(reason: StreamEnd): void {
    if (this.isOver) return;
    this.isOver = true;
    this.stream?.end(reason);
    void this.frames?.return?.();
  }

  private end(reason: StreamEnd): void {
    this.over(reason);
    this.ended('work');
  }

  /** Nothing more is said of it: the connection is closed instead, which tells the client to ask another replica. */
  private leave(): void {
    this.end('leaving');
    this.ended('word');
  }

  private fail(cause: unknown): void {
    let why = cause;
    if (!(why instanceof OperationRefused || why instanceof BadRequest)) {
      this.request.reporter.bug(cause);
      why = new BadRequest(500, 'Internal server error');
    }
    if (why instanceof BadRequest) {
      this.answered.status = why.status;
      why = new OperationRefused(JSON.parse(why.body).errors);
    }
    this.end('failed');
    this.waiting?.reject(why as OperationRefused);
  }

  private ended(part: string): void {
    if (!this.open.delete(part) || this.open.size > 0) return;
    this.request.reporter.requestEnded(this.answered.status, this.answered.name);
    if (this.isAnswer) setImmediate(this.options.lifecycle.end);
    this.request.onEnd();
  }
}
