// A collector that takes OTLP over HTTP, or does not: what a gateway sends to it, as it came.

import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';

export interface Export {
  path: string | undefined;
  headers: IncomingHttpHeaders;
  /** Uncompressed. */
  body: Buffer;
}

export interface Span {
  name: string;
  kind: number;
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  status: { code?: number };
  attributes: Attribute[];
  startTimeUnixNano: string;
  endTimeUnixNano: string;
}

export interface Attribute {
  key: string;
  value: Record<string, unknown>;
}

export interface Collector {
  url: string;
  exports: Export[];
  /** What it answers with: a status, or nothing at all. */
  status: number | undefined;
  /** The members of each export that came as JSON. */
  json<Body>(path: string): Body[];
  spans(): Span[];
  close(): void;
}

export const attributesOf = (attributes: readonly Attribute[] = []): Record<string, unknown> =>
  Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]));

export async function startCollector(): Promise<Collector> {
  const exports: Export[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const bytes = Buffer.concat(chunks);
    const body = request.headers['content-encoding'] === 'gzip' ? gunzipSync(bytes) : bytes;
    exports.push({ path: request.url, headers: request.headers, body });
    if (collector.status !== undefined)
      response.writeHead(collector.status, { 'content-type': 'application/json' }).end('{}');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const json = <Body>(path: string): Body[] =>
    exports.filter((one) => one.path === path).map(({ body }) => JSON.parse(body.toString()));
  const collector: Collector = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    exports,
    status: 200,
    json,
    spans: () =>
      json<{ resourceSpans: { scopeSpans: { spans: Span[] }[] }[] }>('/v1/traces').flatMap(({ resourceSpans }) =>
        resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans)),
      ),
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
  return collector;
}
