// Requests to speak another protocol from here on: which are admitted, and what becomes of the others.

import { type IncomingMessage, type Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { handleProtocols } from 'graphql-ws';
import { Answering, type AnsweringOptions } from './answering';
import { connectionOf } from './connection';
import { checkPath, checkPlace, shuttingDown } from './listener';
import type { OwnerOf } from './owner';
import { BadRequest, checkAuthorizations, checkHost } from './request';
import { asksForWebSocket } from './servers';
import type { WebSockets } from './webSockets';

export interface UpgradesOptions extends AnsweringOptions {
  webSockets: WebSockets;
  isRouters(given: string | string[] | undefined): boolean;
  ownerOf: OwnerOf;
}

/** Where an answer of Node's own is still on its way, there is none of ours. */
function assign(response: ServerResponse, socket: Socket): void {
  try {
    response.assignSocket(socket);
  } catch {
    socket.destroy();
  }
}

/** The connection ends with it. */
const isNoted = (): void => undefined;

export function createUpgrades(options: UpgradesOptions) {
  const { cors, lifecycle, webSockets, isRouters, ownerOf } = options;

  /** @throws BadRequest */
  function check(request: IncomingMessage): void {
    const { headers, rawHeaders } = request;
    checkHost(request);
    checkPath(request);
    if (!cors.admits(request)) throw new BadRequest(403, 'Pages of this origin are not admitted.');
    // A router that cannot send it with the upgrade sends it as soon as it is connected.
    const secret = headers['x-router-secret'];
    if (secret !== undefined && !isRouters(secret))
      throw new BadRequest(401, 'The header x-router-secret is expected to hold the secret of this subgraph.');
    checkAuthorizations(rawHeaders);
    ownerOf(request);
    if (handleProtocols(headers['sec-websocket-protocol'] ?? '') === false)
      throw new BadRequest(400, 'Sec-WebSocket-Protocol is expected to be graphql-transport-ws.');
    if (!/^[+/0-9a-z]{22}==$/i.test(headers['sec-websocket-key'] ?? '') || headers['sec-websocket-version'] !== '13')
      throw new BadRequest(400, 'The headers of WebSocket version 13 are expected.', { 'sec-websocket-version': '13' });
    if (lifecycle.isLeaving()) throw shuttingDown();
    checkPlace(request);
  }

  return function onUpgrade(this: Server, request: IncomingMessage, socket: Socket, head: Buffer): void {
    // Before anything else: an error that nobody listens to would end the process.
    if (socket.listenerCount('error', isNoted) === 0) socket.on('error', isNoted);
    const connection = connectionOf(request.socket);
    if (!connection?.admitsUpgrade()) return;
    if (!asksForWebSocket(request)) {
      readAgain(this, request, socket, head);
      return;
    }
    const response = new ServerResponse(request);
    response.shouldKeepAlive = false;
    const answering = new Answering(request, response, options);
    try {
      check(request);
      webSockets.open(request, socket, head, (session) => {
        session.used = connection.upgraded(session.isInUse);
        answering.reporter.requestEnded(101, null);
      });
    } catch (cause) {
      assign(response, socket);
      response.on('finish', () => socket.destroySoon());
      answering.fail(cause);
    }
  };
}

/**
 * Whoever offers a protocol that is not spoken here is answered in HTTP. Node has stopped reading it as HTTP by then, so it is read
 * once more, without the offer.
 */
function readAgain(server: Server, request: IncomingMessage, socket: Socket, head: Buffer): void {
  const { method, url, httpVersion, rawHeaders } = request;
  let text = `${method} ${url} HTTP/${httpVersion}\r\n`;
  for (let i = 0; i < rawHeaders.length; i += 2)
    if (!/^(upgrade|connection|http2-settings)$/i.test(rawHeaders[i] ?? ''))
      text += `${rawHeaders[i]}: ${rawHeaders[i + 1]}\r\n`;
  if (/\bclose\b/i.test(request.headers.connection ?? '')) text += 'connection: close\r\n';
  socket.unshift(Buffer.concat([Buffer.from(`${text}\r\n`, 'latin1'), head]));
  server.emit('connection', socket);
}
