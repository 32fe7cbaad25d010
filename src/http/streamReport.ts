// What is reported of a stream, whichever transport carries it: that it is open, each event, and why it ended.

import type { RequestReporter, StreamEnd, Transport } from './reporter';

export class OpenStream {
  private readonly startedAt = performance.now();
  private events = 0;
  private hasEnded = false;

  constructor(
    private readonly transport: Transport,
    private readonly reporter: RequestReporter,
  ) {
    reporter.streamBegan(transport);
  }

  event(): void {
    this.events++;
    this.reporter.eventSent(this.transport);
  }

  /** Only the first reason counts. */
  end(reason: StreamEnd): void {
    if (this.hasEnded) return;
    this.hasEnded = true;
    const { transport, events, startedAt } = this;
    this.reporter.streamEnded({ transport, reason, events, ms: performance.now() - startedAt });
  }
}
