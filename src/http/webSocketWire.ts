// The bytes of one WebSocket, in both directions and bounded: a client is read no faster than it is served and than it reads.

import type { Socket } from 'node:net';
import { CloseCode, type WebSocket as ProtocolSocket } from 'graphql-ws';
import { WebSocket } from 'ws';
import { inStep } from '../context/inStep';
import { holdsTooManyValues, withoutMark } from './members';
import type { Readers } from './readers';
import type { CutReason } from './reporter';
import { textFrame } from './webSocketFrame';

/** Of one message; a larger one closes the connection. */
export const WEBSOCKET_MESSAGE_BYTES = 65_536;
/** Messages of one connection that wait while others are served. After these the connection is closed. */
export const WEBSOCKET_MESSAGES_LIMIT = 100;
/**
 * A peer is asked so often whether it is there. One to which nothing else goes is cut once it was silent for as long as a stream may be
 * unread.
 */
export const WEBSOCKET_PING_MS = 10_000;
/** One to which messages go is asked only every fifth time: with its answer, a ping costs as much as an event does. */
const BUSY_PINGS_EVERY = 5;

/** No JSON, as the protocol wants it: refused like any other. */
const NOT_TEXT = Buffer.alloc(0);

/** A message that the protocol has no answer to. */
export class Violation extends Error {}

/**
 * What the library would parse itself. It takes a message that is parsed, too, and holds on to what it was given for as long as the
 * operation runs: the text would be as long as the document.
 *
 * @throws Violation
 */
function messageFrom(bytes: Buffer): object {
  try {
    const message: unknown = JSON.parse(withoutMark(bytes.toString()));
    if (typeof message === 'object' && message !== null) return withQuery(message);
  } catch {}
  throw new Violation('Invalid message received');
}

/** The library refuses an operation without a text; one whose document is named has none. */
function withQuery(message: { type?: unknown; payload?: unknown }): object {
  const { type, payload } = message;
  if (type === 'subscribe' && typeof payload === 'object' && payload !== null)
    (payload as { query?: unknown }).query ??= '';
  return message;
}

/** The library throws at messages that only servers send. */
const isViolation = (cause: unknown): boolean =>
  cause instanceof Violation || (cause instanceof Error && cause.message.startsWith('Unexpected message of type'));

export interface WireOptions {
  readers: Readers;
  /** Resolves once it is this client's turn; undefined if that is now. */
  turn(): Promise<void> | undefined;
  /** Something came, and may be held: also what waits for its turn. */
  onBytes(): void;
  onMessage(): void;
  onCut(why: CutReason): void;
  onBug(cause: unknown): void;
  pingMs?: number;
}

export class WebSocketWire implements ProtocolSocket {
  /** Whether it was closed since its client read nothing. */
  isUnread = false;
  private readonly inbox: Buffer[] = [];
  private readonly pingMs: number;
  private timer: NodeJS.Timeout | undefined;
  private heardAt = performance.now();
  private sentAt = 0;
  /** Since when it has not answered whether it is there. */
  private askedAt: number | undefined;
  /** Messages that the client has not taken. */
  private unread = 0;
  private onTaken: (() => void)[] = [];
  private handle: (text: string) => Promise<void> = async () => undefined;

  constructor(
    private readonly ws: WebSocket,
    /** That of `ws`, for frames that are made here. */
    private readonly socket: Socket,
    private readonly options: WireOptions,
  ) {
    this.pingMs = options.pingMs ?? WEBSOCKET_PING_MS;
    this.nextBeat();
    socket.on('data', options.onBytes);
    ws.on('message', (data, isBinary) => this.received(isBinary ? NOT_TEXT : (data as Buffer)));
    ws.on('pong', () => this.heard());
    // It is closed by then, with the code that says why.
    ws.on('error', () => undefined);
    ws.once('close', () => {
      clearTimeout(this.timer);
      this.allTaken();
    });
  }

  /** Bytes of messages that are not whole, which the library does not tell otherwise, or whose turn has not come. */
  get heldBytes(): number {
    const { _receiver: receiver } = this.ws as unknown as { _receiver?: Record<string, number> };
    const { writableLength = 0, _bufferedBytes = 0, _messageLength = 0 } = receiver ?? {};
    return this.inbox.reduce((sum, { length }) => sum + length, writableLength + _bufferedBytes + _messageLength);
  }

  /** Whether messages wait for their turn. */
  get isServing(): boolean {
    return this.inbox.length > 0;
  }

  get protocol(): string {
    return this.ws.protocol;
  }

  onMessage(handle: (text: string) => Promise<void>): void {
    this.handle = handle;
  }

  send(text: string): void {
    const { socket } = this;
    if (!this.isOpen) return;
    this.sentAt = performance.now();
    const frame = textFrame(text);
    // Nothing of the library's waits that it would come before: what is not compressed is written as it is sent.
    socket.write(frame);
    if (socket.writableLength === 0) return;
    this.unread++;
    const read = this.options.readers.streamWaits(frame.length, () => this.endUnread());
    // Most frames are the kernel's at once, and need no callback. What is written behind one that is not is called back after it.
    socket.write('', () => {
      read();
      this.heard();
      if (--this.unread === 0) this.allTaken();
    });
  }

  /** Resolves once the client has taken what was sent; undefined if it has. */
  taken(): Promise<void> | undefined {
    return this.unread === 0 ? undefined : new Promise((resolve) => this.onTaken.push(resolve));
  }

  close(code: number, reason?: string): void {
    // Its answer to this is still to be read.
    this.ws.resume();
    this.ws.close(code, reason);
  }

  terminate(): void {
    this.ws.terminate();
  }

  private allTaken(): void {
    for (const resolve of this.onTaken.splice(0)) resolve();
  }

  private heard(): void {
    this.heardAt = performance.now();
    this.askedAt = undefined;
  }

  private nextBeat(): void {
    this.timer = setTimeout(() => this.beat(), inStep(this.pingMs)).unref();
  }

  private beat(): void {
    this.nextBeat();
    // One that does not read cannot answer, and has its time.
    if (this.unread > 0 || this.ws.readyState !== WebSocket.OPEN) return;
    const now = performance.now();
    const { pingMs } = this;
    if (this.askedAt !== undefined && now - this.askedAt > this.options.readers.streamReadingMs - pingMs) {
      this.options.onCut('unread');
      this.endUnread();
      return;
    }
    // What is sent again and again keeps the connection awake by itself.
    const isBusy = now - this.sentAt < pingMs / 4;
    // Half a beat less, since its last answer came after that beat.
    if (this.askedAt === undefined && isBusy && now - this.heardAt < (BUSY_PINGS_EVERY - 0.5) * pingMs) return;
    this.askedAt ??= now;
    this.ws.ping();
  }

  private endUnread(): void {
    this.isUnread = true;
    this.ws.terminate();
  }

  /** The library takes note of a socket that was destroyed only once that has closed. */
  private get isOpen(): boolean {
    return this.ws.readyState === WebSocket.OPEN && !this.socket.destroyed;
  }

  private received(message: Buffer): void {
    if (!this.isOpen) return;
    this.heard();
    this.options.onMessage();
    // The library lets a message go some turns of the event loop after its bytes came.
    this.options.onBytes();
    if (this.inbox.push(message) === 1) void this.serve();
    else if (this.inbox.length > WEBSOCKET_MESSAGES_LIMIT) {
      this.options.onCut('pipelined');
      this.ws.terminate();
    }
  }

  /** One message in a turn of the event loop, and none while the client does not read: whoever sends thousands keeps nobody waiting. */
  private async serve(): Promise<void> {
    // What the client goes on to send waits with the client.
    this.ws.pause();
    while (this.inbox[0] !== undefined && this.isOpen) {
      await this.taken();
      await this.options.turn();
      void this.serveOne(this.inbox[0]);
      await new Promise(setImmediate);
      this.inbox.shift();
    }
    this.ws.resume();
  }

  /** Resolves with the end of what the message begins. */
  private async serveOne(message: Buffer): Promise<void> {
    if (!this.isOpen) return;
    try {
      if (holdsTooManyValues(message)) this.close(CloseCode.BadRequest, 'Too many values');
      else await this.handle(messageFrom(message) as unknown as string);
    } catch (cause) {
      if (!isViolation(cause)) this.options.onBug(cause);
      this.close(CloseCode.BadRequest, cause instanceof Violation ? cause.message : 'Invalid message received');
    }
  }
}
