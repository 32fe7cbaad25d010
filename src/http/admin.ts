// The HTTP server for balancers and Prometheus: health and figures. Takes no operations.

import { createServer, type Server } from 'node:http';
import type { Lifecycle } from './lifecycle';

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
