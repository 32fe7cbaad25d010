// The HTTP server for balancers and Prometheus: health and figures. Takes no operations.

import type { RequestListener, Server } from 'node:http';
import { healthAt, isRead } from './health';
import type { Lifecycle } from './lifecycle';
import { Readers } from './readers';
import type { HttpTelemetry } from './reporter';
import { lacksHost } from './request';
import { createBoundedServer } from './servers';
import { targetOf } from './target';

export const ADMIN_CONNECTIONS_LIMIT = 100;

/** The figures as text, and that text's type. */
export interface Figures {
  readonly type: string;
  text(): Promise<string>;
}

export interface AdminServerOptions {
  lifecycle: Lifecycle;
  figures: Figures;
  telemetry: HttpTelemetry;
  keepAliveMs: number;
}

export function createAdminServer({ lifecycle, figures, telemetry, keepAliveMs }: AdminServerOptions): Server {
  const readers = new Readers({ onCut: () => telemetry.connectionCut('unread') });

  const listener: RequestListener = async (request, response) => {
    const send = (status: number, body: string, headers: Record<string, string> = {}): void => {
      const bytes = Buffer.byteLength(body);
      response.writeHead(status, {
        'content-length': bytes,
        'content-type': 'text/plain; charset=utf-8',
        'cache-control': 'no-store',
        ...(lifecycle.isLeaving() && { connection: 'close' }),
        ...headers,
      });
      response.end(body);
      readers.ended(response, bytes);
    };
    const { path } = targetOf(request);
    const health = healthAt(path, lifecycle);
    if (lacksHost(request)) send(400, 'The header host is expected.\n');
    else if (!health && path !== '/metrics') send(404, 'Here are /livez, /readyz and /metrics.\n');
    else if (!isRead(request)) send(405, 'GET or HEAD is expected.\n', { allow: 'GET, HEAD' });
    else if (health) send(health.status, health.body);
    else send(200, await figures.text(), { 'content-type': figures.type });
  };
  return createBoundedServer({ limit: ADMIN_CONNECTIONS_LIMIT, listener, onCut: telemetry.connectionCut, keepAliveMs });
}
