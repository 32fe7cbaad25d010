// The HTTP server for balancers and Prometheus: health and figures. Takes no operations.

import type { RequestListener, Server } from 'node:http';
import type { Lifecycle } from './lifecycle';
import { Readers } from './readers';
import type { HttpTelemetry } from './reporter';
import { createBoundedServer } from './servers';
import { targetOf } from './target';

export const ADMIN_CONNECTIONS_LIMIT = 100;

/** The figures as text, and that text's type. */
export interface Figures {
  readonly type: string;
  text(): Promise<string>;
}

export function createAdminServer(lifecycle: Lifecycle, figures: Figures, telemetry: HttpTelemetry): Server {
  const readers = new Readers({ onCut: () => telemetry.connectionCut('unread') });

  const listener: RequestListener = async (request, response) => {
    const { path } = targetOf(request);
    const send = (status: number, body: string, type = 'text/plain; charset=utf-8') => {
      response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' });
      response.end(body);
      readers.ended(response, Buffer.byteLength(body));
    };
    if (path === '/livez') send(200, 'ok\n');
    else if (path === '/readyz') send(lifecycle.isReady() ? 200 : 503, lifecycle.isReady() ? 'ok\n' : 'not ready\n');
    else if (path === '/metrics') send(200, await figures.text(), figures.type);
    else send(404, 'Here are /livez, /readyz and /metrics.\n');
  };
  return createBoundedServer({ limit: ADMIN_CONNECTIONS_LIMIT, listener, onCut: telemetry.connectionCut });
}
