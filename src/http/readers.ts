// Answers that are written and not yet read. Node keeps such an answer for as long as its client likes, and its server.timeout
// would also cut confirms that run and streams that are quiet: so an answer that has ended gets a time of its own.

import type { ServerResponse } from 'node:http';

/** From its end on, an answer may take so long to be read, and a second more for each so many bytes of it. */
export const READING_MS = 10_000;
export const READING_BYTES_PER_SECOND = 100_000;
/** A stream's reader that takes nothing for so long is cut. */
export const STREAM_READING_MS = 30_000;
/** What may be unread over all connections of a server. Beyond, the largest answer is cut, the oldest of several. */
export const UNREAD_BYTES_LIMIT = 67_108_864;
/** How often is looked for answers that are over their time, while any is unread. */
const CHECK_MS = 250;

export interface ReadersOptions {
  readingMs?: number;
  streamReadingMs?: number;
  unreadBytes?: number;
  /** A connection was closed because its answer was not read. */
  onCut(): void;
}

interface Unread {
  readonly bytes: number;
  readonly endsAt: number;
  cut(): void;
}

export class Readers {
  private readonly unread = new Set<Unread>();
  private bytes = 0;
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly options: ReadersOptions) {}

  /** To be called once an answer has ended. Most answers are the kernel's by then, and cost nothing here. */
  ended(response: ServerResponse, bytes: number): void {
    if (response.writableFinished || response.destroyed) return;
    const { readingMs = READING_MS } = this.options;
    response.once(
      'close',
      this.waits(bytes, readingMs, () => response.req.socket.destroy()),
    );
  }

  /** To be called if a stream's reader did not take at once what was written. @returns is to be called once it has */
  streamWaits(bytes: number, cut: () => void): () => void {
    return this.waits(bytes, this.streamReadingMs, cut);
  }

  get streamReadingMs(): number {
    return this.options.streamReadingMs ?? STREAM_READING_MS;
  }

  private waits(bytes: number, ms: number, cut: () => void): () => void {
    const endsAt = performance.now() + ms + (bytes / READING_BYTES_PER_SECOND) * 1000;
    const unread = { bytes, endsAt, cut };
    this.unread.add(unread);
    this.bytes += bytes;
    this.timer ??= setInterval(() => this.cutLate(), CHECK_MS).unref();
    while (this.bytes > (this.options.unreadBytes ?? UNREAD_BYTES_LIMIT)) this.cutLargest();
    return () => this.forget(unread);
  }

  private forget(unread: Unread): void {
    if (!this.unread.delete(unread)) return;
    this.bytes -= unread.bytes;
    if (this.unread.size > 0) return;
    clearInterval(this.timer);
    this.timer = undefined;
  }

  /** Its reader has taken nothing for too long. */
  private cut(unread: Unread): void {
    this.forget(unread);
    this.options.onCut();
    unread.cut();
  }

  private cutLate(): void {
    const now = performance.now();
    for (const unread of this.unread) if (unread.endsAt <= now) this.cut(unread);
  }

  private cutLargest(): void {
    let largest: Unread | undefined;
    for (const one of this.unread) if (largest === undefined || one.bytes > largest.bytes) largest = one;
    if (largest) this.cut(largest);
  }
}
