// The HTTP server for clients and routers: what every request there shares, put together.

import type { Server } from 'node:http';
import { Bodies, type BodiesOptions } from './bodies';
import { createListener, type ListenerOptions } from './listener';
import { ownerReader } from './owner';
import type { Front } from './page';
import { Readers, type ReadersOptions } from './readers';
import { secretCheck } from './secret';
import { closed, createBoundedServer } from './servers';
import { createTurns } from './turns';
import { createUpgrades } from './upgrades';
import { createWebSockets, type WebSocketsOptions } from './webSockets';

/** Besides those that streams may hold, so that requests find a place however many follow. */
export const CONNECTIONS_LIMIT = 10_000;

/** Limits that differ from the documented ones: for tests, which cannot bring those about. */
export interface HttpLimits
  extends Pick<BodiesOptions, 'bodies' | 'bodiesBytes'>,
    Pick<ReadersOptions, 'readingMs' | 'streamReadingMs' | 'unreadBytes'>,
    Pick<WebSocketsOptions, 'pingMs' | 'heldBytes'> {
  connections?: number;
  arrivingMs?: number;
}

export interface PublicServerOptions
  extends Pick<ListenerOptions, 'engine' | 'services' | 'lifecycle' | 'telemetry' | 'cors' | 'pages'>,
    Pick<WebSocketsOptions, 'operationsPerConnection'> {
  /** What a router may send in `x-router-secret`. Without any, whoever reaches the port may ask. */
  routerSecrets: readonly string[];
  /** So many streams there may be, each of which may hold a connection of its own. */
  streams: number;
  keepAliveMs: number;
  front?: Front | undefined;
  /** The header in which a router names the user, in small letters; undefined if it does not. */
  ownerHeader: string | undefined;
}

export interface PublicServer {
  readonly server: Server;
  /** Closes WebSockets, evenly within so long. */
  leave(withinMs: number): void;
  /** Stops listening and closes every connection. */
  close(): Promise<void>;
}

export function createPublicServer(options: PublicServerOptions, limits: HttpLimits = {}): PublicServer {
  const { telemetry } = options;
  const bodies = new Bodies({ ...limits, onRefused: telemetry.operationShed });
  const shared = {
    ...options,
    readers: new Readers({ ...limits, onCut: () => telemetry.connectionCut('unread') }),
    turns: createTurns(),
    isRouters: secretCheck(options.routerSecrets),
    ownerOf: ownerReader(options.ownerHeader),
  };
  const [listener, front] = [createListener({ ...shared, bodies }), options.front];
  const webSockets = createWebSockets({ ...limits, ...shared });
  const server = createBoundedServer({
    limit: options.streams + (limits.connections ?? CONNECTIONS_LIMIT),
    arrivingMs: limits.arrivingMs,
    listener: front ? (...exchange) => void (front(...exchange) || listener(...exchange)) : listener,
    onCut: telemetry.connectionCut,
    keepAliveMs: options.keepAliveMs,
    bodies,
  }).on('upgrade', createUpgrades({ ...shared, webSockets }));
  return {
    server,
    leave: webSockets.leave,
    close() {
      webSockets.close();
      return closed(server);
    },
  };
}
