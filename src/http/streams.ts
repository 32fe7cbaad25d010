// Streams over HTTP: one answer that grows by an event at a time. The two forms that clients and routers speak differ by a few
// characters around each event. A slow reader gets the latest event next, not all that it missed.

import type { ServerResponse } from 'node:http';
import type { Frame } from '../engine/subscriptions';

/** A stream says so often that it lives, for proxies and clients that give up silent ones. */
export const HEARTBEAT_MS = 5000;
/** A reader that takes nothing for so long is cut. */
export const STREAM_READING_MS = 30_000;

export interface StreamForm {
  readonly type: string;
  readonly beginning: string;
  readonly heartbeat: string;
  event(json: string): string;
  readonly end: string;
}

const part = (json: string) => `\r\ncontent-type: application/json\r\n\r\n${json}\r\n--graphql`;

export const forms = {
  /** @see https://github.com/enisdenjo/graphql-sse/blob/master/PROTOCOL.md#distinct-connections-mode */
  sse: {
    type: 'text/event-stream; charset=utf-8',
    beginning: ':\n\n',
    heartbeat: ':\n\n',
    event: (json) => `event: next\ndata: ${json}\n\n`,
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
    event: (json) => part(`{"payload":${json}}`),
    end: '--\r\n',
  },
} satisfies Record<string, StreamForm>;

/**
 * Writes the events of a stream until it ends or its reader leaves; then the stream is ended, too.
 *
 * @returns whether it was written to its end
 */
export async function writeStream(
  response: ServerResponse,
  { beginning, heartbeat, event, end }: StreamForm,
  frames: AsyncIterableIterator<Frame>,
  onUnread: () => void,
): Promise<boolean> {
  let isBlocked = false;
  const leave = () => void frames.return?.();
  response.once('close', leave);
  const cut = () => {
    onUnread();
    response.destroy();
  };
  let unread: NodeJS.Timeout | undefined;
  response.on('drain', () => {
    isBlocked = false;
    clearTimeout(unread);
  });
  const write = (text: string): void => {
    if (response.write(text) || isBlocked) return;
    isBlocked = true;
    unread = setTimeout(cut, STREAM_READING_MS).unref();
  };
  const beat = setInterval(() => {
    if (!isBlocked) write(heartbeat);
  }, HEARTBEAT_MS).unref();
  const drained = () =>
    new Promise<void>((resolve) => {
      const done = () => {
        response.off('drain', done).off('close', done);
        resolve();
      };
      response.once('drain', done).once('close', done);
    });

  try {
    write(beginning);
    for await (const frame of frames) {
      if (response.destroyed) return false;
      write(event(frame.json));
      if (isBlocked) await drained();
    }
    if (response.destroyed) return false;
    response.off('close', leave);
    response.end(end);
    return true;
  } finally {
    clearInterval(beat);
    clearTimeout(unread);
  }
}
