// One HTTP request: is it for us, is it a GraphQL request, can it be served now? What it means is the engine's business.

import { createHash, randomUUID, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { Config } from './config';
import type { Confirms } from './confirms';
import { createContext } from './context';
import { createCors, type Headers, HOSTED_SANDBOX_ORIGIN } from './cors';
import type { Engine } from './engine';
import type { Page } from './explorer/page';
import type { Sample } from './explorer/sample';
import type { Lifecycle } from './lifecycle';
import { answerTypeFrom, BadRequest, bodyFrom, checkHeaders, graphQLRequestFrom, JSON_TYPE } from './request';
import type { Telemetry } from './telemetry';
import type { TokenApiClient } from './tokenapi/client';

export interface ListenerOptions {
  config: Config;
  engine: Engine;
  client: TokenApiClient;
  confirms: Confirms;
  lifecycle: Lifecycle;
  telemetry: Telemetry;
  /** What the explorers are filled in with. */
  sample?: Sample | undefined;
}

const CLOSE: Headers = { connection: 'close' };
const NOTHING: Headers = {};

export function createListener(options: ListenerOptions): RequestListener {
  const { config, engine, client, confirms, lifecycle, telemetry, sample } = options;
  const cors = createCors([...config.CORS_ORIGINS, ...(config.EXPLORER === 'off' ? [] : [HOSTED_SANDBOX_ORIGIN])]);
  const explorer = config.EXPLORER === 'off' ? undefined : explorerRoom().createExplorer(sample);

  const isRouters = secretCheck(config.ROUTER_SECRET);

  return async function onRequest(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const startedAt = performance.now();
    const requestId = requestIdFrom(request.headers['x-request-id']);
    const trail = telemetry.operationStarted(requestId, request.headers);
    const corsHeaders = cors.headersFor(request);
    let operationName: string | null = null;

    const send = (status: number, body: string, type: string, headers: Headers = NOTHING) => {
      response.writeHead(status, {
        'content-type': type,
        'content-length': Buffer.byteLength(body),
        'cache-control': 'no-store',
        'x-request-id': requestId,
        ...corsHeaders,
        ...(lifecycle.isLeaving() ? CLOSE : NOTHING),
        ...headers,
      });
      response.end(body);
      telemetry.operationEnded(trail, status, operationName, performance.now() - startedAt);
    };

    lifecycle.begin();
    try {
      const page = request.method === 'GET' ? await explorer?.(request) : undefined;
      if (page) return sendPage(response, page);
      if (!isFor('/graphql', request.url)) throw new BadRequest(404, 'Nothing is here: GraphQL is at /graphql.');
      if (request.method === 'OPTIONS') return sendEmpty(response, cors.preflightHeadersFor(request));
      if (request.method !== 'POST')
        throw new BadRequest(405, 'Operations are expected as POST requests.', { allow: 'POST, OPTIONS' });
      if (!isRouters(request.headers['x-router-secret']))
        throw new BadRequest(401, 'The header x-router-secret is expected to hold the secret of this subgraph.');
      if (lifecycle.isClosed()) throw new BadRequest(503, 'The gateway is going away.', { 'retry-after': '1' });
      if (client.admission.isFull()) {
        telemetry.shed();
        throw new BadRequest(503, 'Too many operations are under way.', { 'retry-after': '1' });
      }

      const answerType = answerTypeFrom(request.headers.accept);
      checkHeaders(request);
      const graphQLRequest = graphQLRequestFrom(await bodyFrom(request));
      operationName = graphQLRequest.operationName;
      const context = createContext({
        client,
        confirms,
        telemetry,
        trail,
        authorization: request.headers.authorization,
        idempotencyKey: request.headers['idempotency-key'] as string | undefined,
        abandoned: () => response.destroyed,
      });
      const { status, body } = await engine.answer(graphQLRequest, answerType, context);
      send(status, body, answerType);
    } catch (cause) {
      if (request.destroyed && !request.complete) return;
      if (!(cause instanceof BadRequest)) telemetry.bug(cause, requestId);
      const known = cause instanceof BadRequest ? cause : new BadRequest(500, 'Internal server error');
      send(known.status, known.body, JSON_TYPE, known.headers);
    } finally {
      lifecycle.end();
    }
  };
}

/** Compares in the same time whatever came: digests are of one length. */
function secretCheck(secret: string | undefined): (given: string | string[] | undefined) => boolean {
  if (secret === undefined) return () => true;
  const digest = (text: string) => createHash('sha256').update(text).digest();
  const expected = digest(secret);
  return (given) => typeof given === 'string' && timingSafeEqual(digest(given), expected);
}

const isFor = (path: string, url: string | undefined): boolean =>
  url !== undefined && (url === path || url.startsWith(`${path}?`));

/** A caller's id is taken if it is short and plain. */
const requestIdFrom = (given: string | string[] | undefined): string =>
  typeof given === 'string' && /^[A-Za-z0-9_.:-]{1,128}$/.test(given) ? given : randomUUID();

/** Loaded only where an explorer is on. */
const explorerRoom = (): typeof import('./explorer/explorer') => require('./explorer/explorer');

function sendPage(response: ServerResponse, { status, body, headers }: Page): void {
  response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body) });
  response.end(body);
}

function sendEmpty(response: ServerResponse, headers: Headers): void {
  response.writeHead(204, headers);
  response.end();
}
