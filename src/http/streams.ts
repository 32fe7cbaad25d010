// Streams over HTTP: one answer that grows by an event at a time. The two forms that clients and routers speak differ by a few
// characters around each event. A slow reader gets the latest event next, not all that it missed.

import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Writable } from 'node:stream';
import type { LiveEnd } from '../context/context';
import type { Frame, Frames } from '../engine/subscriptions';
import { FrameFlow, type FrameReader } from './frameFlow';
import type { Readers } from './readers';
import type { StreamEnd } from './reporter';
import type { OpenStream } from './streamReport';

/** A stream that has said nothing for so long says that it lives, for proxies and clients that give up silent ones. */
export const HEARTBEAT_MS = 5000;

export interface StreamForm {
  readonly type: string;
  readonly beginning: string;
  readonly heartbeat: string;
  event(json: string): string;
  /** The same as a chunk of HTTP/1.1. */
  chunk(json: string): string;
  readonly end: string;
}

const chunkOf = (text: string) => `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`;
const next = (json: string) => `event: next\ndata: ${json}\n\n`;
const part = (json: string) => `\r\ncontent-type: application/json\r\n\r\n${json}\r\n--graphql`;
const payload = (json: string) => part(`{"payload":${json}}`);

export const forms = {
  /** @see https://github.com/enisdenjo/graphql-sse/blob/master/PROTOCOL.md#distinct-connections-mode */
  sse: {
    type: 'text/event-stream; charset=utf-8',
    beginning: ':\n\n',
    heartbeat: ':\n\n',
    event: next,
    chunk: (json) => chunkOf(next(json)),
    end: 'event: complete\ndata:\n\n',
  },
  /**
   * Each part is written with the boundary behind it: until then, a reader does not know that the part has ended.
   *
   * @see https://www.apollographql.com/docs/graphos/routing/operations/subscriptions/multipart-protocol
   */
  multipart: {
    type: 'multipart/mixed;boundary="graphql";subscriptionSpec=1.0',
    beginning: `--graphql${part('{}')}`,
    heartbeat: part('{}'),
    event: payload,
    chunk: (json) => chunkOf(payload(json)),
    end: '--\r\n',
  },
} satisfies Record<string, StreamForm>;

interface WriterOptions {
  readers: Readers;
  stream: OpenStream;
}

/**
 * Writes the events of a stream until it ends or its reader leaves; then the stream is ended, too.
 *
 * @returns why it ended
 * @throws what an event could not be made for
 */
export const writeStream = (
  response: ServerResponse,
  form: StreamForm,
  frames: Frames,
  options: WriterOptions,
): Promise<StreamEnd> =>
  new Promise((resolve, reject) => {
    new StreamWriter(response, form, options, { resolve, reject }).begin(frames);
  });

class StreamWriter implements FrameReader {
  private flow: FrameFlow | undefined;
  private readonly beat: NodeJS.Timeout;
  /** Set while the reader has not taken what was written. */
  private untaken: Promise<void> | undefined;
  private isUnread = false;
  /** Where chunks are written to, once they may be. */
  private socket: Socket | undefined;

  constructor(
    private readonly response: ServerResponse,
    private readonly form: StreamForm,
    private readonly options: WriterOptions,
    private readonly settled: { resolve(why: StreamEnd): void; reject(bug: unknown): void },
  ) {
    this.beat = setInterval(() => this.untaken || this.write(response, form.heartbeat), HEARTBEAT_MS).unref();
  }

  begin(frames: Frames): void {
    const { response, form } = this;
    this.flow = new FrameFlow(frames, this);
    response.once('close', () => this.left());
    if (response.destroyed) this.left();
    else this.write(response, form.beginning);
    this.flow.onNews();
  }

  taken(): Promise<void> | undefined {
    return this.untaken;
  }

  give(frame: Frame): void {
    const { form, response } = this;
    this.socket ??= this.direct();
    if (this.socket?.writable) this.write(this.socket, frame.in(form.chunk));
    else this.write(response, frame.in(form.event));
    this.beat.refresh();
    this.options.stream.event();
  }

  end(why: LiveEnd): void {
    clearInterval(this.beat);
    this.response.end(this.form.end);
    this.settled.resolve(why);
  }

  fail(bug: unknown): void {
    clearInterval(this.beat);
    this.settled.reject(bug);
  }

  /**
   * Node makes four writes of a chunk, and an event goes to many: past the answer they are one. Undefined while the answer itself still
   * holds something, such as its head, which goes before; once its socket has all, it holds nothing any more.
   */
  private direct(): Socket | undefined {
    const { socket, chunkedEncoding, writableLength } = this.response;
    return socket && chunkedEncoding && writableLength === socket.writableLength ? socket : undefined;
  }

  private left(): void {
    clearInterval(this.beat);
    this.flow?.stop();
    this.settled.resolve(this.isUnread ? 'unread' : 'left');
  }

  private write(way: Writable, text: string): void {
    const { response, options } = this;
    if (way.write(text) || this.untaken) return;
    this.untaken = new Promise((resolve) => {
      const read = options.readers.streamWaits(response.writableLength, () => {
        this.isUnread = true;
        response.destroy();
      });
      const taken = () => {
        way.off('drain', taken);
        response.off('close', taken);
        this.untaken = undefined;
        read();
        resolve();
      };
      way.once('drain', taken);
      response.once('close', taken);
    });
  }
}
