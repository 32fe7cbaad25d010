// The HTTP server for clients and routers: what every request there shares, put together.

import type { Server } from 'node:http';
import type { AnsweringOptions } from './answering';
import { Bodies, type BodiesOptions } from './bodies';
import { createListener, type ListenerOptions } from './listener';
import { Readers, type ReadersOptions } from './readers';
import { createBoundedServer } from './servers';

export const CONNECTIONS_LIMIT = 10_000;

/** Limits that differ from the documented ones: for tests, which cannot bring those about. */
export interface HttpLimits
  extends Pick<BodiesOptions, 'bodies' | 'bodiesBytes'>,
    Pick<ReadersOptions, 'readingMs' | 'unreadBytes'> {
  connections?: number;
}

export type PublicServerOptions = Omit<ListenerOptions, 'bodies' | 'readers'> & Omit<AnsweringOptions, 'readers'>;

export function createPublicServer(options: PublicServerOptions, limits: HttpLimits = {}): Server {
  const { telemetry } = options;
  const bodies = new Bodies({ ...limits, onRefused: telemetry.operationShed });
  const readers = new Readers({ ...limits, onCut: () => telemetry.connectionCut('unread') });
  return createBoundedServer({
    limit: limits.connections ?? CONNECTIONS_LIMIT,
    listener: createListener({ ...options, bodies, readers }),
    onCut: telemetry.connectionCut,
    bodies,
  });
}
