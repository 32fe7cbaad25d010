// A gateway in this process has read so many operations, and begun each: what a test that counts on their order waits for.

import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { IncomingMessage } from 'node:http';

/** To be called before they are sent; resolves once `count` of them have been read whole. */
export function operationsRead(count: number): Promise<void> {
  if (count === 0) return Promise.resolve();
  return new Promise((resolve) => {
    let left = count;
    // Node announces every request that a server of this process begins to read.
    const onStart = (message: unknown) => {
      const { request } = message as { request: IncomingMessage };
      if (request.url !== '/graphql') return;
      request.once('end', () => {
        if (--left > 0) return;
        unsubscribe('http.server.request.start', onStart);
        // What an operation does without waiting, it has done by the next turn of the event loop.
        setImmediate(resolve);
      });
    };
    subscribe('http.server.request.start', onStart);
  });
}
