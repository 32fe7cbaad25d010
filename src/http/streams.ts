// Streams over HTTP: one answer that grows by an event at a time. The two forms that clients and routers speak differ by a few
// characters around each event. A slow reader gets the latest event next, not all that it missed.

import type { ServerResponse } from 'node:http';
import type { Frames } from '../engine/subscriptions';
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
 * @returns why it ended
 */
export async function writeStream(
  response: ServerResponse,
  { beginning, heartbeat, event, end }: StreamForm,
  frames: Frames,
  { readers, stream }: { readers: Readers; stream: OpenStream },
): Promise<StreamEnd> {
  let isUnread = false;
  /** Set while the reader has not taken what was written. */
  let taken: Promise<void> | undefined;
  const leave = () => void frames.return?.();
  response.once('close', leave);
  if (response.destroyed) leave();

  function write(text: string): void {
    if (response.write(text) || taken) return;
    taken = new Promise((resolve) => {
      const read = readers.streamWaits(response.writableLength, () => {
        isUnread = true;
        response.destroy();
      });
      const done = () => {
        response.off('drain', done).off('close', done);
        taken = undefined;
        read();
        resolve();
      };
      response.once('drain', done).once('close', done);
    });
  }
  const beat = setInterval(() => {
    if (!taken) write(heartbeat);
  }, HEARTBEAT_MS).unref();

  try {
    write(beginning);
    for (;;) {
      const { done, value } = await frames.next();
      if (response.destroyed) return isUnread ? 'unread' : 'left';
      if (done) {
        response.off('close', leave).end(end);
        return value ?? 'left';
      }
      write(event(value.json));
      beat.refresh();
      stream.event();
      if (taken) await taken;
    }
  } finally {
    clearInterval(beat);
    leave();
  }
}
