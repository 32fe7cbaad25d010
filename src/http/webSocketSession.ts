// One WebSocket from its upgrade to its end: who is at the other side, what it has under way, and when it is closed.

import type { IncomingMessage } from 'node:http';
import type { Context } from '../context/context';
import { requestIdFrom } from '../context/requestId';
import type { OwnerOf } from './owner';
import type { HttpTelemetry, RequestReporter } from './reporter';
import { Operation, type OperationOptions } from './webSocketOperation';
import { authorizationFrom, type Params, routerSecretFrom } from './webSocketParams';
import { Violation, type WebSocketWire } from './webSocketWire';

/** Of the id that a client gives an operation. */
export const OPERATION_ID_CHARACTERS = 128;

/** Closed with this, a client comes again by itself, and asks again for what had not completed. */
const COME_AGAIN = 1012;

export interface SessionOptions extends OperationOptions {
  telemetry: HttpTelemetry;
  isRouters(given: string | string[] | undefined): boolean;
  ownerOf: OwnerOf;
  operationsPerConnection: number;
}

/** Of all sessions, by the payloads that asked for them. */
const operations = new WeakMap<object, Operation>();

export class WebSocketSession {
  private authorization: string | undefined;
  /** Of its last operation. */
  private context: Context | undefined;
  private underWay = 0;
  /** Tells the server's connections that something came or has ended. */
  used = (): void => undefined;

  constructor(
    private readonly request: IncomingMessage,
    private readonly wire: WebSocketWire,
    private readonly options: SessionOptions,
  ) {}

  /** Holds on to nothing of the request that opened the connection. */
  readonly isInUse = (): boolean => this.underWay > 0 || this.wire.isServing;

  /** Whose messages these are, to take turns by. */
  get user(): string {
    return this.authorization ?? '';
  }

  get isKnown(): boolean {
    return this.context?.isKnown ?? false;
  }

  /** The client says who it is. @returns whether it may ask */
  admit(params: Params): boolean {
    const { headers } = this.request;
    this.authorization = authorizationFrom(params) ?? headers.authorization;
    return this.options.isRouters(headers['x-router-secret'] ?? routerSecretFrom(params));
  }

  /** @throws Violation */
  begin(id: string, payload: object): Operation {
    if (id.length > OPERATION_ID_CHARACTERS) throw new Violation('The id is too long');
    const isCrowded = this.underWay >= this.options.operationsPerConnection;
    this.underWay++;
    const operation = new Operation(this.options, {
      id,
      payload,
      authorization: this.authorization,
      owner: this.options.ownerOf(this.request),
      isCrowded,
      reporter: this.reporter(),
      wire: this.wire,
      onEnd: () => {
        this.underWay--;
        this.used();
        // What is being said of it is on its way by then.
        setImmediate(() => {
          if (this.options.lifecycle.isLeaving()) this.leave();
        });
      },
    });
    operations.set(payload, operation);
    this.context = operation.context;
    return operation;
  }

  /** The library says the last of it in this turn of the event loop. */
  completed(payload: object): void {
    operations.get(payload)?.said();
  }

  /** Closes it unless something is under way; then, that has to end first. */
  leave(): void {
    if (this.underWay === 0) this.close();
  }

  close(): void {
    this.wire.close(COME_AGAIN, 'Come again');
  }

  terminate(): void {
    this.wire.terminate();
  }

  reporter(): RequestReporter {
    return this.options.telemetry.requestStarted(requestIdFrom(undefined), this.request.headers);
  }
}
