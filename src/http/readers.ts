// Answers that are written and not yet read. Node keeps such an answer for as long as its client likes, and its server.timeout
// would also cut confirms that run and streams that are quiet: so an answer that has ended gets a time of its own.

import type { ServerResponse } from 'node:http';

/** From its end on, an answer may take so long to be read, and a second more for each so many bytes of it. */
export const READING_MS = 10_000;
export const READING_BYTES_PER_SECOND = 100_000;
/** What may be unread over all connections of a server. Beyond, the largest answer is cut, the oldest of several. */
export const UNREAD_BYTES_LIMIT = 67_108_864;
/** How often is looked for answers that are over their time, while any is unread. */
const CHECK_MS = 250;

export interface ReadersOptions {
  readingMs?: number;
  unreadBytes?: number;
  /** A connection was closed because its answer was not read. */
  onCut(): void;
}

interface Unread {
  bytes: number;
  endsAt: number;
}

export class Readers {
  private readonly unread = new Map<ServerResponse, Unread>();
  private bytes = 0;
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly options: ReadersOptions) {}

  /** To be called once an answer has ended. Most answers are the kernel's by then, and cost nothing here. */
  ended(response: ServerResponse, bytes: number): void {
    if (response.writableFinished || response.destroyed) return;
    const { readingMs = READING_MS, unreadBytes = UNREAD_BYTES_LIMIT } = this.options;
    const endsAt = performance.now() + readingMs + (bytes / READING_BYTES_PER_SECOND) * 1000;
    this.unread.set(response, { bytes, endsAt });
    this.bytes += bytes;
    response.once('close', () => this.forget(response));
    this.timer ??= setInterval(() => this.cutLate(), CHECK_MS).unref();
    while (this.bytes > unreadBytes) this.cutLargest();
  }

  /** Of an answer that grows: it was not read for too long. */
  readonly cutOff = (): void => this.options.onCut();

  private forget(response: ServerResponse): void {
    this.bytes -= this.unread.get(response)?.bytes ?? 0;
    this.unread.delete(response);
    if (this.unread.size > 0) return;
    clearInterval(this.timer);
    this.timer = undefined;
  }

  private cut(response: ServerResponse): void {
    this.forget(response);
    response.req.socket.destroy();
    this.options.onCut();
  }

  private cutLate(): void {
    const now = performance.now();
    for (const [response, { endsAt }] of this.unread) if (endsAt <= now) this.cut(response);
  }

  private cutLargest(): void {
    let largest: [ServerResponse, Unread] | undefined;
    for (const one of this.unread) if (largest === undefined || one[1].bytes > largest[1].bytes) largest = one;
    if (largest) this.cut(largest[0]);
  }
}
