// One HTTP request: is it for us, is it a GraphQL request, can it be served now? What it means is the engine's business.

import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { Context, type Services } from '../context/context';
import type { Engine } from '../engine/engine';
import type { FoundRequest, GraphQLAnswer } from '../engine/messages';
import { type Frames, framesOfAnswer } from '../engine/subscriptions';
import { Answering, type AnsweringOptions } from './answering';
import type { Bodies } from './bodies';
import { connectionOf } from './connection';
import { createDoor, isAtDoor, isBrowsing } from './door';
import { HEALTH_QUERY_ANSWER, healthAt, isHealthQuery, isRead } from './health';
import { graphQLRequestFrom, graphQLRequestIn, holdsOperation } from './members';
import type { OwnerOf } from './owner';
import type { Pages } from './page';
import { acceptedFrom, BadRequest, checkAuthorizations, checkHeaders, checkHost, JSON_TYPE } from './request';
import { isGraphQL, targetOf } from './target';
import type { Turns } from './turns';

const TEXT_TYPE = 'text/plain; charset=utf-8';

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

const ALLOW = 'POST, OPTIONS';

export function createListener(options: ListenerOptions): RequestListener {
  const { cors, engine, services, lifecycle, pages, bodies, turns, isRouters, ownerOf } = options;
  const doorFor = createDoor(pages !== undefined);

  /** Pages, preflights, and what is not for us. @returns false if it is an operation: a GET may be one */
  async function answeredOther(answering: Answering): Promise<boolean> {
    const { request } = answering;
    const { method } = request;
    const { path, search } = targetOf(request);
    const page = method === 'GET' ? await pages?.(request) : undefined;
    const health = isRead(request) ? healthAt(path, lifecycle) : undefined;
    if (page) answering.end(page.status, page.headers, page.body);
    else if (health) answering.quietly(health.status, health.body, TEXT_TYPE);
    else if (isRead(request) && isAtDoor(request)) answerByDoor(answering, 200);
    else if (isBrowsing(request) && !isGraphQL(path)) answerByDoor(answering, 404);
    else {
      checkPath(request);
      if (isRead(request) && isHealthQuery(search)) answerHealthQuery(answering);
      else if (method === 'GET' && holdsOperation(search)) return false;
      else if (method === 'OPTIONS') answering.end(204, cors.preflightHeadersFor(request));
      else throw new BadRequest(405, 'Operations are expected as POST requests.', { allow: ALLOW });
    }
    return true;
  }

  function answerByDoor(answering: Answering, status: 200 | 404): void {
    const { body, type, headers } = doorFor(answering.request, status === 200);
    // Balancers ask for `/` unless told otherwise.
    if (status === 200) answering.quietly(status, body, type, headers);
    else answering.send(status, body, type, headers);
  }

  /** For platforms that look at GraphQL itself: like `/readyz`, so that nothing more is sent to a replica that leaves. */
  function answerHealthQuery(answering: Answering): void {
    const { answer = JSON_TYPE } = acceptedFrom(answering.request.headers.accept);
    const { status, body, headers } = shuttingDown();
    if (lifecycle.isReady()) answering.quietly(200, HEALTH_QUERY_ANSWER, answer);
    else answering.quietly(status, body, JSON_TYPE, headers);
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

  /** The stream that answers a request whose client accepts one, if it is one that is answered by a stream. */
  async function streamFor(
    found: FoundRequest,
    answer: string | undefined,
    context: Context,
  ): Promise<GraphQLAnswer | Frames | undefined> {
    const opened = await engine.subscribe(found, context);
    // A stream is for long, so none begins while the process is about to stop.
    if (opened && lifecycle.isLeaving()) {
      if (!('status' in opened)) opened.stop();
      throw shuttingDown();
    }
    if (opened) return opened;
    if (answer !== undefined) return undefined;
    const answered = await engine.answer(found, JSON_TYPE, context);
    // Whoever accepts nothing but a stream gets the answer as its one event; what is refused is refused as elsewhere.
    return answered.status === 200 ? framesOfAnswer(JSON.parse(String(answered.body))) : answered;
  }

  return async function onRequest(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const answering = new Answering(request, response, options);
    try {
      checkHost(request);
      const isGet = request.method !== 'POST';
      if (isGet && (await answeredOther(answering))) return;
      checkAdmitted(request);
      const accepted = acceptedFrom(request.headers.accept);
      if (isGet) checkAuthorizations(request.rawHeaders);
      else checkHeaders(request);
      const owner = ownerOf(request);
      await bodies.arrived(request);
      // Not before: whoever is still sending would not see the refusal.
      checkPlace(request);
      const context = contextOf(answering, owner);
      const turn = turns.enter(request.headers.authorization ?? '', () => context.isKnown);
      if (turn) await turn;
      if (response.destroyed) return;
      // A body may take seconds: what begins late could not be finished in time.
      checkOpen();
      lifecycle.begin();
      try {
        const asked = isGet ? graphQLRequestIn(targetOf(request).search) : graphQLRequestFrom(bodies.take(request));
        answering.operationName = asked.operationName;
        const { answer = JSON_TYPE } = accepted;
        const found = engine.found(asked);
        const stream = accepted.stream && (await streamFor(found, accepted.answer, context));
        if (stream && !('status' in stream)) void answering.stream(accepted.stream ?? 'sse', stream);
        else {
          const { status, body } = stream ?? (await engine.answer(found, answer, context));
          answering.send(status, body, answer, status === 405 ? { allow: ALLOW } : undefined);
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
export function checkPath(request: IncomingMessage): void {
  if (!isGraphQL(targetOf(request).path)) throw new BadRequest(404, 'Nothing is here: GraphQL is at /graphql.');
}

/** @throws BadRequest if its connection is one too many */
export function checkPlace({ socket }: IncomingMessage): void {
  if (connectionOf(socket)?.isOneTooMany)
    throw new BadRequest(503, 'There are too many connections.', { 'retry-after': '1' });
}

export const shuttingDown = () => new BadRequest(503, 'The gateway is shutting down.', { 'retry-after': '1' });
