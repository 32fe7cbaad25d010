// One HTTP request: is it for us, is it a GraphQL request, can it be served now? What it means is the engine's business.

import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { Context, type Services } from '../context/context';
import type { Engine } from '../engine/engine';
import type { GraphQLAnswer, GraphQLRequest } from '../engine/messages';
import { Answering, type AnsweringOptions } from './answering';
import type { Headers } from './cors';
import type { Page, Pages } from './page';
import { answerTypeFrom, BadRequest, checkHeaders, graphQLRequestOf } from './request';

export interface ListenerOptions extends AnsweringOptions {
  engine: Engine;
  /** What every request's context is made with. */
  services: Services;
  /** True while there is no place for one more upstream call, not even in the queue. */
  isFull: () => boolean;
  /** What a router must send in `x-router-secret`. Without it, whoever reaches the port may ask. */
  routerSecret: string | undefined;
  /** The explorer, if one is on. */
  pages: Pages | undefined;
}

export function createListener(options: ListenerOptions): RequestListener {
  const { cors, engine, services, lifecycle, telemetry, isFull, pages } = options;
  const isRouters = secretCheck(options.routerSecret);

  /** Pages, preflights, and what is not for us. */
  async function answerOther(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const page = request.method === 'GET' ? await pages?.(request) : undefined;
    if (page) return sendPage(response, page);
    checkPath(request);
    if (request.method === 'OPTIONS') return sendEmpty(response, cors.preflightHeadersFor(request));
    throw new BadRequest(405, 'Operations are expected as POST requests.', { allow: 'POST, OPTIONS' });
  }

  /** @throws BadRequest once the gateway finishes what is under way and begins no more */
  function checkOpen(): void {
    if (lifecycle.isClosed()) throw new BadRequest(503, 'The gateway is shutting down.', { 'retry-after': '1' });
  }

  /** @throws BadRequest if operations are not taken from this client, or not now */
  function checkAdmitted(request: IncomingMessage): void {
    checkPath(request);
    if (!isRouters(request.headers['x-router-secret']))
      throw new BadRequest(401, 'The header x-router-secret is expected to hold the secret of this subgraph.');
    checkOpen();
    if (isFull()) {
      telemetry.operationShed();
      throw new BadRequest(503, 'Too many operations are under way.', { 'retry-after': '1' });
    }
  }

  function answerFor(
    graphQLRequest: GraphQLRequest,
    answerType: string,
    answering: Answering,
  ): GraphQLAnswer | Promise<GraphQLAnswer> {
    const { request, response, reporter } = answering;
    answering.operationName = graphQLRequest.operationName;
    const context = new Context(services, {
      reporter,
      authorization: request.headers.authorization,
      idempotencyKey: request.headers['idempotency-key'] as string | undefined,
      abandoned: () => response.destroyed || lifecycle.isCut(),
    });
    return engine.answer(graphQLRequest, answerType, context);
  }

  return async function onRequest(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const answering = new Answering(request, response, options);
    try {
      if (request.method !== 'POST') return await answerOther(request, response);
      checkAdmitted(request);
      const answerType = answerTypeFrom(request.headers.accept);
      checkHeaders(request);
      const graphQLRequest = await graphQLRequestOf(request);
      // A body may take seconds: what begins late could not be finished in time.
      checkOpen();
      lifecycle.begin();
      try {
        const { status, body } = await answerFor(graphQLRequest, answerType, answering);
        answering.send(status, body, answerType);
      } finally {
        lifecycle.end();
      }
    } catch (cause) {
      if (!request.destroyed || request.complete) answering.fail(cause);
    }
  };
}

/** Compares digests, which are of one length, so that the time it takes says nothing of the secret. */
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

function sendPage(response: ServerResponse, { status, body, headers }: Page): void {
  response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body) });
  response.end(body);
}

function sendEmpty(response: ServerResponse, headers: Headers | undefined): void {
  response.writeHead(204, headers);
  response.end();
}
