// HTTP ⇄ GraphQL: routes, limits, request ids, health. What an operation means is the engine's and the operations' business.

import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { DestinationStream } from 'pino';
import type { Config } from './config';
import { createConfirms } from './confirms';
import { createContext } from './context';
import { createCors, type Headers, HOSTED_SANDBOX_ORIGIN } from './cors';
import { createEngine, type GraphQLAnswer } from './engine';
import { type Sample, sandboxPage } from './explorer';
import { answerTypeFrom, BadRequest, bodyFrom, checkHeaders, graphQLRequestFrom, JSON_TYPE } from './request';
import { createTelemetry } from './telemetry';
import { createTokenApiClient } from './tokenapi/client';

const HEADERS_TIMEOUT_MS = 5000;
const REQUEST_TIMEOUT_MS = 10_000;
const TIMEOUTS_CHECK_MS = 1000;
/** Above the balancer's, which must be the one to close an idle connection. */
const KEEP_ALIVE_MS = 65_000;
const MAX_UPSTREAM_CALLS = 256;

export interface Gateway {
  /** Where GraphQL is, such as `http://localhost:4000/graphql`. */
  readonly url: string;
  readonly adminUrl: string;
  close(): Promise<void>;
}

export interface GatewayOptions {
  /** What the explorer's page is filled in with. */
  sample?: Sample;
  /** Where the log goes instead of stdout. */
  logTo?: DestinationStream;
}

/**
 * Starts serving; resolves once GraphQL is.
 *
 * @throws Error if a port cannot be had
 */
export async function startGateway(config: Config, { sample, logTo }: GatewayOptions = {}): Promise<Gateway> {
  const telemetry = createTelemetry(config, logTo);
  const { log } = telemetry;
  const client = createTokenApiClient({
    url: config.TOKENAPI_URL,
    timeoutMs: config.TOKENAPI_TIMEOUT_MS,
    places: MAX_UPSTREAM_CALLS,
    observe: telemetry.callEnded,
    onBreakerChange: (state) => log.warn({ state }, 'circuit breaker'),
  });
  const confirms = createConfirms({ timeoutMs: config.TOKENAPI_TIMEOUT_MS });
  const engine = await createEngine({
    introspection: config.INTROSPECTION === 'on',
    onBug: (bug, requestId) => log.error({ requestId, err: bug }, 'bug'),
  });
  const cors = createCors([...config.CORS_ORIGINS, ...(config.EXPLORER === 'off' ? [] : [HOSTED_SANDBOX_ORIGIN])]);
  let isReady = false;

  async function onRequest(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const startedAt = performance.now();
    const requestId = requestIdFrom(request.headers['x-request-id']);
    const corsHeaders = cors.headersFor(request);
    let operationName: string | null = null;
    const send = ({ status, body }: GraphQLAnswer, type: string, headers: Headers = {}) => {
      response.writeHead(status, {
        'content-type': type,
        'content-length': Buffer.byteLength(body),
        'cache-control': 'no-store',
        'x-request-id': requestId,
        ...corsHeaders,
        ...headers,
      });
      response.end(body);
      telemetry.operationEnded({ requestId, operationName, status, ms: performance.now() - startedAt });
    };
    try {
      const path = (request.url ?? '').split('?', 1)[0];
      if (path !== '/graphql') throw new BadRequest(404, 'Nothing is here: GraphQL is at /graphql.');
      if (request.method === 'OPTIONS') return sendEmpty(response, cors.preflightHeadersFor(request));
      if (config.EXPLORER !== 'off' && wantsPage(request)) return sendPage(response, sample);
      if (request.method !== 'POST')
        throw new BadRequest(405, 'Operations are expected as POST requests.', { allow: 'POST, OPTIONS' });

      const answerType = answerTypeFrom(request.headers.accept);
      checkHeaders(request);
      const graphQLRequest = graphQLRequestFrom(await bodyFrom(request));
      operationName = graphQLRequest.operationName;
      const context = createContext({
        client,
        confirms,
        requestId,
        authorization: request.headers.authorization,
        abandoned: () => response.destroyed,
      });
      send(await engine.answer(graphQLRequest, answerType, context), answerType);
    } catch (cause) {
      if (request.destroyed && !request.complete) return;
      if (!(cause instanceof BadRequest)) log.error({ requestId, err: cause }, 'bug');
      const known = cause instanceof BadRequest ? cause : new BadRequest(500, 'Internal server error');
      send({ status: known.status, body: errorBody(known) }, JSON_TYPE, known.headers);
    }
  }

  const admin = createServer((request, response) => {
    const status = { '/livez': 200, '/readyz': isReady ? 200 : 503 }[request.url ?? ''] ?? 404;
    response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' });
    response.end({ 200: 'ok\n', 503: 'not ready\n', 404: 'not found\n' }[status]);
  });
  const server = createServer(
    {
      headersTimeout: HEADERS_TIMEOUT_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
      connectionsCheckingInterval: TIMEOUTS_CHECK_MS,
      keepAliveTimeout: KEEP_ALIVE_MS,
    },
    onRequest,
  );
  const adminPort = await listening(admin, config.ADMIN_PORT, config.HOST);
  const port = await listening(server, config.PORT, config.HOST).catch(async (cause) => {
    await closed(admin);
    throw cause;
  });
  isReady = true;
  const host = ['127.0.0.1', '0.0.0.0', '::', '::1'].includes(config.HOST) ? 'localhost' : config.HOST;

  return {
    url: `http://${host}:${port}/graphql`,
    adminUrl: `http://${host}:${adminPort}`,
    async close() {
      isReady = false;
      await Promise.all([closed(server), closed(admin)]);
      await Promise.all([engine.stop(), client.close()]);
      telemetry.close();
    },
  };
}

/** A caller's id is taken if it is short and plain. */
const requestIdFrom = (given: string | string[] | undefined): string =>
  typeof given === 'string' && /^[A-Za-z0-9_.:-]{1,128}$/.test(given) ? given : randomUUID();

const wantsPage = ({ method, headers: { accept } }: IncomingMessage): boolean =>
  method === 'GET' && accept !== undefined && accept.includes('text/html');

function sendPage(response: ServerResponse, sample: Sample | undefined): void {
  const { html, headers } = sandboxPage(sample);
  response.writeHead(200, headers);
  response.end(html);
}

function sendEmpty(response: ServerResponse, headers: Headers): void {
  response.writeHead(204, headers);
  response.end();
}

const errorBody = ({ message, status }: BadRequest): string =>
  `${JSON.stringify({ errors: [{ message, extensions: { code: status === 500 ? 'INTERNAL_SERVER_ERROR' : 'BAD_REQUEST' } }] })}\n`;

function listening(server: Server, port: number, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => resolve((server.address() as AddressInfo).port));
  });
}

function closed(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeIdleConnections();
  });
}
