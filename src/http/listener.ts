// One HTTP request: is it for us, is it a GraphQL request, can it be served now? What it means is the engine's business.

import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { Config } from '../config';
import type { Confirms } from '../confirms/confirms';
import { Context } from '../context/context';
import type { Engine } from '../engine/engine';
import type { Page } from '../explorer/page';
import type { Sample } from '../explorer/sample';
import type { Telemetry, Trail } from '../telemetry/telemetry';
import type { TokenApiClient } from '../tokenapi/client';
import { flatUUID } from '../tokenapi/flat';
import { type Cors, createCors, type Headers, HOSTED_SANDBOX_ORIGIN } from './cors';
import type { Lifecycle } from './lifecycle';
import { answerTypeFrom, BadRequest, checkHeaders, type GraphQLRequest, graphQLRequestOf, JSON_TYPE } from './request';

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

export function createListener(options: ListenerOptions): RequestListener {
  const { config, engine, client, confirms, lifecycle, telemetry, sample } = options;
  const cors = createCors([...config.CORS_ORIGINS, ...(config.EXPLORER === 'off' ? [] : [HOSTED_SANDBOX_ORIGIN])]);
  const explorer = config.EXPLORER === 'off' ? undefined : explorerRoom().createExplorer(sample);
  const isRouters = secretCheck(config.ROUTER_SECRET);

  /** Pages, preflights, and what is not for us. */
  async function answerOther(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const page = request.method === 'GET' ? await explorer?.(request) : undefined;
    if (page) return sendPage(response, page);
    checkPath(request);
    if (request.method === 'OPTIONS') return sendEmpty(response, cors.preflightHeadersFor(request));
    throw new BadRequest(405, 'Operations are expected as POST requests.', { allow: 'POST, OPTIONS' });
  }

  /** @throws BadRequest if operations are not taken from this client, or not now */
  function checkAdmitted(request: IncomingMessage): void {
    checkPath(request);
    if (!isRouters(request.headers['x-router-secret']))
      throw new BadRequest(401, 'The header x-router-secret is expected to hold the secret of this subgraph.');
    if (lifecycle.isClosed()) throw new BadRequest(503, 'The gateway is going away.', { 'retry-after': '1' });
    if (client.admission.isFull()) {
      telemetry.shed();
      throw new BadRequest(503, 'Too many operations are under way.', { 'retry-after': '1' });
    }
  }

  function answerTo(
    graphQLRequest: GraphQLRequest,
    answerType: string,
    answering: Answering,
  ): ReturnType<Engine['answer']> {
    const { request, response, trail } = answering;
    answering.operationName = graphQLRequest.operationName;
    const context = new Context({
      client,
      confirms,
      telemetry,
      trail,
      authorization: request.headers.authorization,
      idempotencyKey: request.headers['idempotency-key'] as string | undefined,
      abandoned: () => response.destroyed,
    });
    return engine.answer(graphQLRequest, answerType, context);
  }

  return async function onRequest(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const answering = new Answering(request, response, options, cors);
    lifecycle.begin();
    try {
      if (request.method !== 'POST') return await answerOther(request, response);
      checkAdmitted(request);
      const answerType = answerTypeFrom(request.headers.accept);
      checkHeaders(request);
      const { status, body } = await answerTo(await graphQLRequestOf(request), answerType, answering);
      answering.send(status, body, answerType);
    } catch (cause) {
      if (!request.destroyed || request.complete) answering.fail(cause);
    } finally {
      lifecycle.end();
    }
  };
}

/** One request on its way to its answer. */
class Answering {
  readonly trail: Trail;
  operationName: string | null = null;
  private readonly startedAt = performance.now();

  constructor(
    readonly request: IncomingMessage,
    readonly response: ServerResponse,
    private readonly gateway: ListenerOptions,
    private readonly cors: Cors,
  ) {
    this.trail = gateway.telemetry.operationStarted(requestIdFrom(request.headers['x-request-id']), request.headers);
  }

  send(status: number, body: string, type: string, more?: Headers): void {
    const { lifecycle, telemetry } = this.gateway;
    const headers: Record<string, string | number> = {
      'content-type': type,
      'content-length': Buffer.byteLength(body),
      'cache-control': 'no-store',
      'x-request-id': this.trail.requestId,
    };
    const corsHeaders = this.cors.headersFor(this.request);
    if (corsHeaders) Object.assign(headers, corsHeaders);
    if (more) Object.assign(headers, more);
    if (lifecycle.isLeaving()) headers.connection = 'close';
    this.response.writeHead(status, headers);
    this.response.end(body);
    telemetry.operationEnded(this.trail, status, this.operationName, performance.now() - this.startedAt);
  }

  /** What is not a bad request is a bug: it is logged whole, and answered masked. */
  fail(cause: unknown): void {
    if (!(cause instanceof BadRequest)) this.gateway.telemetry.bug(cause, this.trail.requestId);
    const known = cause instanceof BadRequest ? cause : new BadRequest(500, 'Internal server error');
    this.send(known.status, known.body, JSON_TYPE, known.headers);
  }
}

/** Compares in the same time whatever came: digests are of one length. */
function secretCheck(secret: string | undefined): (given: string | string[] | undefined) => boolean {
  if (secret === undefined) return () => true;
  const digest = (text: string) => createHash('sha256').update(text).digest();
  const expected = digest(secret);
  return (given) => typeof given === 'string' && timingSafeEqual(digest(given), expected);
}

/** @throws BadRequest */
function checkPath({ url }: IncomingMessage): void {
  if (url !== '/graphql' && !url?.startsWith('/graphql?'))
    throw new BadRequest(404, 'Nothing is here: GraphQL is at /graphql.');
}

/** A caller's id is taken if it is short and plain. */
const requestIdFrom = (given: string | string[] | undefined): string =>
  typeof given === 'string' && /^[A-Za-z0-9_.:-]{1,128}$/.test(given) ? given : flatUUID();

/** Loaded only where an explorer is on. */
const explorerRoom = (): typeof import('../explorer/explorer') => require('../explorer/explorer');

function sendPage(response: ServerResponse, { status, body, headers }: Page): void {
  response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body) });
  response.end(body);
}

function sendEmpty(response: ServerResponse, headers: Headers | undefined): void {
  response.writeHead(204, headers);
  response.end();
}
