// One HTTP request: is it for us, is it a GraphQL request, can it be served now? What it means is the engine's business.

import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { Context, type Services } from '../context/context';
import type { Engine } from '../engine/engine';
import type { GraphQLAnswer, GraphQLRequest } from '../engine/messages';
import { type Frames, streamOf } from '../engine/subscriptions';
import { Answering, type AnsweringOptions } from './answering';
import type { Bodies } from './bodies';
import type { OwnerOf } from './owner';
import type { Pages } from './page';
import { type Accepted, acceptedFrom, BadRequest, checkHeaders, graphQLRequestFrom, JSON_TYPE } from './request';
import type { Turns } from './turns';

export interface ListenerOptions extends AnsweringOptions {
  engine: Engine;
  /** What every request's context is made with. */
  services: Services;
  /** Whether `x-router-secret` is a router's. */
  isRouters(given: string | string[] | undefined): boolean;
  ownerOf: OwnerOf;
  /** The explorer, if one is on. */
  pages: Pages | undefined;
  bodies: Bodies;
  turns: Turns;
}

export function createListener(options: ListenerOptions): RequestListener {
  const { cors, engine, services, lifecycle, pages, bodies, turns, isRouters, ownerOf } = options;

  /** Pages, preflights, and what is not for us. */
  async function answerOther(answering: Answering): Promise<void> {
    const { request } = answering;
    const page = request.method === 'GET' ? await pages?.(request) : undefined;
    if (page) return answering.end(page.status, page.headers, page.body);
    checkPath(request);
    if (request.method === 'OPTIONS') return answering.end(204, cors.preflightHeadersFor(request));
    throw new BadRequest(405, 'Operations are expected as POST requests.', { allow: 'POST, OPTIONS' });
  }

  /** @throws BadRequest once the gateway finishes what is under way and begins no more */
  function checkOpen(): void {
    if (lifecycle.isClosed()) throw shuttingDown();
  }

  /** @throws BadRequest if operations are not taken from this client, or not now */
  function checkAdmitted(request: IncomingMessage): void {
    checkPath(request);
    if (!isRouters(request.headers['x-router-secret']))
      throw new BadRequest(401, 'The header x-router-secret is expected to hold the secret of this subgraph.');
    checkOpen();
  }

  function contextOf({ request, response, reporter }: Answering, owner: string | undefined): Context {
    return new Context(services, {
      reporter,
      authorization: request.headers.authorization,
      owner,
      idempotencyKey: request.headers['idempotency-key'] as string | undefined,
      abandoned: () => response.destroyed || lifecycle.isCut(),
      isClosing: lifecycle.isClosed,
    });
  }

  /** The stream that answers the request, if it is one that is answered by a stream. */
  async function streamFor(
    request: GraphQLRequest,
    { answer, stream }: Accepted,
    context: Context,
  ): Promise<GraphQLAnswer | Frames | undefined> {
    if (stream === undefined) return undefined;
    const opened = await engine.subscribe(request, context);
    // A stream is for long, so none begins while the process is about to stop.
    if (opened && lifecycle.isLeaving()) {
      if (!('status' in opened)) void opened.return?.();
      throw shuttingDown();
    }
    if (opened) return opened;
    if (answer !== undefined) return undefined;
    const answered = await engine.answer(request, JSON_TYPE, context);
    // Whoever accepts nothing but a stream gets the answer as its one event; what is refused is refused as elsewhere.
    return answered.status === 200 ? streamOf(JSON.parse(String(answered.body))) : answered;
  }

  return async function onRequest(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const answering = new Answering(request, response, options);
    try {
      if (request.method !== 'POST') return await answerOther(answering);
      checkAdmitted(request);
      const accepted = acceptedFrom(request.headers.accept);
      checkHeaders(request);
      const owner = ownerOf(request);
      await bodies.arrived(request);
      const context = contextOf(answering, owner);
      const turn = turns.enter(request.headers.authorization ?? '', () => context.isKnown);
      if (turn) await turn;
      if (response.destroyed) return;
      // A body may take seconds: what begins late could not be finished in time.
      checkOpen();
      lifecycle.begin();
      try {
        const graphQLRequest = graphQLRequestFrom(bodies.take(request));
        answering.operationName = graphQLRequest.operationName;
        const { answer = JSON_TYPE } = accepted;
        const stream = await streamFor(graphQLRequest, accepted, context);
        if (stream && !('status' in stream)) void answering.stream(accepted.stream ?? 'sse', stream);
        else {
          const { status, body } = stream ?? (await engine.answer(graphQLRequest, answer, context));
          answering.send(status, body, answer);
        }
      } finally {
        lifecycle.end();
      }
    } catch (cause) {
      if (!request.destroyed || request.complete) answering.fail(cause);
    } finally {
      bodies.release(request);
    }
  };
}

/** @throws BadRequest */
export function checkPath({ url }: IncomingMessage): void {
  if (url !== '/graphql' && !url?.startsWith('/graphql?'))
    throw new BadRequest(404, 'Nothing is here: GraphQL is at /graphql.');
}

export const shuttingDown = () => new BadRequest(503, 'The gateway is shutting down.', { 'retry-after': '1' });
