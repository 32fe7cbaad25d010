// The connections of a server: one request of each is worked on at a time, some wait, and there are so many connections at most.
// Node itself begins every request that a client sends without waiting for answers, and at its limit turns newcomers away.

import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Bodies } from './bodies';
import type { CutReason } from './reporter';

/** Requests of one connection that wait while one is worked on. After these the connection is closed. */
export const PIPELINE_LIMIT = 10;

export interface ConnectionsOptions {
  limit: number;
  listener: RequestListener;
  onCut(why: CutReason): void;
  /** Where the bodies of requests that wait are held. Without it they are not read. */
  bodies?: Bodies;
}

interface Exchange {
  request: IncomingMessage;
  response: ServerResponse;
}

const CONNECTION = Symbol('connection');
type ServerSocket = Socket & { [CONNECTION]?: Connection };

export const connectionOf = (socket: Socket): Connection | undefined => (socket as ServerSocket)[CONNECTION];

export class Connections {
  /** The one whose last request is longest ago comes first. */
  private readonly open = new Set<Connection>();
  /** Those whose current request was answered in this turn of the event loop. */
  private readonly answered: Connection[] = [];

  constructor(readonly options: ConnectionsOptions) {}

  /** Takes a connection in. At the limit, the one that is longest idle makes room; only if all are busy, the new one goes. */
  opened(socket: ServerSocket): void {
    // It is the same one if Node is told to read it as HTTP once more.
    if (socket[CONNECTION]) return;
    if (this.open.size >= this.options.limit && !this.madeRoom()) {
      socket.destroy();
      return;
    }
    const connection = new Connection(this, socket);
    socket[CONNECTION] = connection;
    this.open.add(connection);
    socket.once('close', () => {
      this.open.delete(connection);
      connection.closed();
    });
  }

  used(connection: Connection): void {
    if (this.open.delete(connection)) this.open.add(connection);
  }

  /**
   * The connection goes on in the next turn of the event loop: Node reads up to 2 MB of one connection in a turn, and thousands
   * of quick requests in it would be answered before anybody else's.
   */
  goOnLater(connection: Connection): void {
    if (this.answered.push(connection) > 1) return;
    setImmediate(() => {
      for (const one of this.answered.splice(0)) one.goOn();
    });
  }

  destroyAll(): void {
    for (const { socket } of [...this.open]) socket.destroy();
  }

  private madeRoom(): boolean {
    this.options.onCut('crowded');
    for (const connection of this.open) {
      if (connection.isBusy) continue;
      this.open.delete(connection);
      connection.socket.destroy();
      return true;
    }
    return false;
  }
}

/** What Node answers by itself where a request cannot be read. */
const statusLines: Readonly<Record<string, string>> = {
  ERR_HTTP_REQUEST_TIMEOUT: '408 Request Timeout',
  HPE_HEADER_OVERFLOW: '431 Request Header Fields Too Large',
  HPE_CHUNK_EXTENSIONS_OVERFLOW: '413 Payload Too Large',
};

export class Connection {
  private current: Exchange | undefined;
  private readonly waiting: Exchange[] = [];
  private isEnding = false;
  /** Set once another protocol is spoken on it. */
  private isInUse: (() => boolean) | undefined;

  constructor(
    private readonly connections: Connections,
    readonly socket: Socket,
  ) {}

  /** True while the answer to a whole request is being made, or while the other protocol has something under way. */
  get isBusy(): boolean {
    if (this.isInUse) return this.isInUse();
    return this.current?.request.complete === true && !this.current.response.writableEnded;
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
    if (this.current === undefined && !this.isEnding) return true;
    this.endAfterLast();
    return false;
  }

  /** Another protocol is spoken on it from here on. @returns is to be called when something was under way */
  upgraded(isInUse: () => boolean): () => void {
    this.isInUse = isInUse;
    return () => this.connections.used(this);
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
    this.connections.used(this);
    exchange.response.on('close', onAnswered);
    this.connections.options.listener(exchange.request, exchange.response);
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
