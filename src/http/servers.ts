// The two HTTP servers of the process and their limits: the public one, and the one for balancers and Prometheus.

import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Lifecycle } from './lifecycle';

/** A client gets so long to send its headers, and so long for the whole request. */
export const HEADERS_TIMEOUT_MS = 5000;
export const REQUEST_TIMEOUT_MS = 10_000;
/** How often Node looks for clients that are over either time. */
const TIMEOUTS_CHECK_MS = 1000;
/** Above the balancer's idle time, so that the balancer is the one to close an idle connection. */
const KEEP_ALIVE_MS = 65_000;
export const CONNECTIONS_LIMIT = 10_000;
/** So long an answer that was just written may take to be read, once the server closes. */
const CLOSE_GRACE_MS = 300;

export function createPublicServer(listener: RequestListener): Server {
  const server = createServer(
    {
      headersTimeout: HEADERS_TIMEOUT_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
      connectionsCheckingInterval: TIMEOUTS_CHECK_MS,
      keepAliveTimeout: KEEP_ALIVE_MS,
    },
    listener,
  );
  server.maxConnections = CONNECTIONS_LIMIT;
  return server;
}

/** The figures as text, and that text's type. */
export interface Figures {
  readonly type: string;
  text(): Promise<string>;
}

export function createAdminServer(lifecycle: Lifecycle, figures: Figures): Server {
  return createServer(async ({ url }, response) => {
    const send = (status: number, body: string, type = 'text/plain; charset=utf-8') => {
      response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' });
      response.end(body);
    };
    if (url === '/livez') send(200, 'ok\n');
    else if (url === '/readyz') send(lifecycle.isReady() ? 200 : 503, lifecycle.isReady() ? 'ok\n' : 'not ready\n');
    else if (url === '/metrics') send(200, await figures.text(), figures.type);
    else send(404, 'Here are /livez, /readyz and /metrics.\n');
  });
}

/** @returns the port, once it is open @throws Error if it cannot be had */
export function opened(server: Server, port: number, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => resolve((server.address() as AddressInfo).port));
  });
}

/** Stops listening and closes every connection: by now none has anything under way that could still be answered. */
export function closed(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeIdleConnections();
    setTimeout(() => server.closeAllConnections(), CLOSE_GRACE_MS).unref();
  });
}
