// One connection: one request of it is worked on at a time, and some wait. Node itself begins every request that a client sends without
// waiting for answers.

import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Bodies } from './bodies';
import type { CutReason } from './reporter';

/** Requests of one connection that wait while one is worked on. After these the connection is closed. */
export const PIPELINE_LIMIT = 10;

export interface ConnectionOptions {
  listener: RequestListener;
  onCut(why: CutReason): void;
  /** Where the bodies of requests that wait are held. Without it they are not read. */
  bodies?: Bodies;
}

/** All of the same server. */
interface Connections {
  readonly options: ConnectionOptions;
  /** A connection that asks for nothing yet, and a request that is not whole, have so long. */
  readonly arrivingMs: number;
  used(connection: Connection): boolean;
  ended(connection: Connection): void;
  goOnLater(connection: Connection): void;
}

interface Exchange {
  request: IncomingMessage;
  response: ServerResponse;
}

/** What Node answers by itself where a request cannot be read. */
const statusLines: Readonly<Record<string, string>> = {
  ERR_HTTP_REQUEST_TIMEOUT: '408 Request Timeout',
  HPE_HEADER_OVERFLOW: '431 Request Header Fields Too Large',
  HPE_CHUNK_EXTENSIONS_OVERFLOW: '413 Payload Too Large',
};

const CONNECTION = Symbol('connection');
type ServerSocket = Socket & { [CONNECTION]?: Connection };

export const connectionOf = (socket: Socket): Connection | undefined => (socket as ServerSocket)[CONNECTION];

export class Connection {
  /** There was no place for it when its request came: that is refused, and is the last one. */
  isOneTooMany = false;
  private current: Exchange | undefined;
  private readonly waiting: Exchange[] = [];
  private isEnding = false;
  private hasAsked = false;
  /** When it was opened, or its last request began, by `performance.now()`. */
  private usedAt = performance.now();
  /** Set once another protocol is spoken on it. */
  private isInUse: (() => boolean) | undefined;

  constructor(
    private readonly connections: Connections,
    readonly socket: ServerSocket,
  ) {
    socket[CONNECTION] = this;
  }

  /** From when on it may be closed for another one, by `performance.now()`. */
  get idleFrom(): number {
    if (this.isInUse?.() || this.current?.request.complete || this.waiting.length > 0) return Number.POSITIVE_INFINITY;
    // What it is to do may still be on its way.
    return this.isInUse || this.current || !this.hasAsked ? this.usedAt + this.connections.arrivingMs : 0;
  }

  take(request: IncomingMessage, response: ServerResponse): void {
    const { bodies, onCut } = this.connections.options;
    if (this.isEnding || this.socket.destroyed) return;
    if (this.current === undefined) this.begin({ request, response });
    else if (this.waiting.length < PIPELINE_LIMIT) {
      this.waiting.push({ request, response });
      // Read now, so that the time that it waits does not count as time that the client takes to send it.
      void bodies?.arrived(request);
    } else {
      onCut('pipelined');
      this.endAfterLast();
    }
  }

  /**
   * Whether a request that came may change to another protocol. If something is under way, that is answered, and then the
   * connection is closed: on one with another protocol, the answer could not be told from that.
   */
  admitsUpgrade(): boolean {
    if (this.current === undefined && !this.isEnding) {
      this.findPlace();
      return true;
    }
    this.endAfterLast();
    return false;
  }

  /** Another protocol is spoken on it from here on. @returns is to be called when something came or has ended */
  upgraded(isInUse: () => boolean): () => void {
    this.isInUse = isInUse;
    this.usedAt = performance.now();
    return () => {
      this.usedAt = performance.now();
      this.connections.ended(this);
    };
  }

  /**
   * What comes cannot be read, or not in time. Node would write its refusal where the answer to the request before it is
   * expected: a confirm that runs would seem refused.
   */
  failed(error: NodeJS.ErrnoException): void {
    const { socket, current, waiting } = this;
    if (waiting.at(-1)?.request.complete === false) this.drop(waiting.pop() as Exchange);
    if (socket.writable && current?.request.complete) {
      this.endAfterLast();
      return;
    }
    if (socket.writable && !current?.response.headersSent)
      socket.write(`HTTP/1.1 ${statusLines[error.code ?? ''] ?? '400 Bad Request'}\r\nConnection: close\r\n\r\n`);
    socket.destroy(error);
  }

  closed(): void {
    for (const exchange of this.waiting.splice(0)) this.drop(exchange);
  }

  /** Begins the next request, now that the current one's answer is the kernel's or never will be. */
  goOn(): void {
    this.current = undefined;
    const next = this.socket.writable ? this.waiting.shift() : undefined;
    if (next) this.begin(next);
    else if (this.isEnding) this.socket.destroySoon();
  }

  answered(): void {
    this.connections.goOnLater(this);
  }

  private begin(exchange: Exchange): void {
    this.current = exchange;
    this.hasAsked = true;
    this.usedAt = performance.now();
    this.findPlace();
    if (this.isOneTooMany) {
      this.isEnding = true;
      exchange.response.shouldKeepAlive = false;
    }
    exchange.response.on('close', onAnswered);
    this.connections.options.listener(exchange.request, exchange.response);
  }

  private findPlace(): void {
    this.isOneTooMany = !this.connections.used(this);
    if (this.isOneTooMany) this.connections.options.onCut('crowded');
  }

  private drop({ request }: Exchange): void {
    this.connections.options.bodies?.release(request);
  }

  /** Reads nothing more, answers what was taken, and closes. */
  private endAfterLast(): void {
    if (this.isEnding) return;
    this.isEnding = true;
    const { socket } = this;
    // A request that reads its body makes Node read from the socket again.
    socket.pause().on('resume', () => socket.pause());
    const last = (this.waiting.at(-1) ?? this.current)?.response;
    if (last && !last.headersSent) last.shouldKeepAlive = false;
  }
}

function onAnswered(this: ServerResponse): void {
  connectionOf(this.req.socket)?.answered();
}
