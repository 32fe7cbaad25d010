// An HTTP server within its limits, as both ports have it; and how a server's port is opened and closed.

import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { connectionOf } from './connection';
import { Connections, type ConnectionsOptions } from './connections';
import { writePlainly } from './singleWrite';

/** A client gets so long to send its headers, and so long for the whole request. */
export const HEADERS_TIMEOUT_MS = 5000;
export const REQUEST_TIMEOUT_MS = 10_000;
export const HEADERS_LIMIT_BYTES = 16_384;
/** How often Node looks for clients that are over either time. */
const TIMEOUTS_CHECK_MS = 1000;
/** So long an answer that was just written may take to be read, once the server closes. */
const CLOSE_GRACE_MS = 300;

export interface BoundedServerOptions extends ConnectionsOptions {
  /** So long an idle connection is kept: above the balancer's idle time, so that the balancer is the one to close it. */
  keepAliveMs: number;
}

/**
 * What asks for a protocol that is spoken here; any other offer is ignored, and the request answered in HTTP. One with a body has to be
 * read as HTTP first: Node 26 puts a stream in the place of its socket meanwhile, and other versions take the body for frames.
 */
export const asksForWebSocket = ({ method, headers }: IncomingMessage): boolean =>
  method === 'GET' &&
  headers.upgrade?.toLowerCase() === 'websocket' &&
  headers['transfer-encoding'] === undefined &&
  Number(headers['content-length'] ?? 0) === 0;

const connectionsOf = new WeakMap<Server, Connections>();

export function createBoundedServer(options: BoundedServerOptions): Server {
  const connections = new Connections(options);
  // From Node 24.9 on, Node asks before it stops reading HTTP; before, `createUpgrades` lets it read the request again.
  const upgrading = {
    shouldUpgradeCallback: (request: IncomingMessage) =>
      server.listenerCount('upgrade') > 0 && asksForWebSocket(request),
  };
  const server: Server = createServer({
    ...upgrading,
    headersTimeout: HEADERS_TIMEOUT_MS,
    requestTimeout: REQUEST_TIMEOUT_MS,
    connectionsCheckingInterval: TIMEOUTS_CHECK_MS,
    keepAliveTimeout: options.keepAliveMs,
    maxHeaderSize: HEADERS_LIMIT_BYTES,
    // Node would answer by itself, past every limit here, and what was sent behind it would be begun meanwhile: the listeners look.
    requireHostHeader: false,
  });
  connectionsOf.set(server, connections);
  return (
    server
      .on('connection', (socket) => {
        connections.opened(socket);
        writePlainly(socket);
      })
      .on('request', (request, response) => connectionOf(request.socket)?.take(request, response))
      // Node would answer an unknown `Expect` by itself, past every limit here.
      .on('checkExpectation', (request, response) => connectionOf(request.socket)?.take(request, response))
      .on('clientError', (error, socket) => connectionOf(socket as Socket)?.failed(error))
  );
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
    // Of Node's own, one is missing whose last request asked for another protocol.
    setTimeout(() => connectionsOf.get(server)?.destroyAll(), CLOSE_GRACE_MS).unref();
  });
}
