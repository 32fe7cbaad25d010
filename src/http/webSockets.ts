// GraphQL over WebSocket: graphql-ws speaks the protocol, ws the frames, and the engine executes.

import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { GraphQLSchema, parse } from 'graphql';
import { handleProtocols, makeServer } from 'graphql-ws';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Readers } from './readers';
import type { Turns } from './turns';
import { HeldMessages } from './webSocketHeld';
import { OperationRefused } from './webSocketOperation';
import { type SessionOptions, WebSocketSession } from './webSocketSession';
import { WEBSOCKET_MESSAGE_BYTES, WebSocketWire } from './webSocketWire';

/** A client gets so long to say who it is. */
export const CONNECTION_INIT_MS = 5000;
/** Once the process is about to end, a client may take so long to answer that its connection is closed. */
const CLOSE_MS = 300;

export interface WebSocketsOptions extends SessionOptions {
  readers: Readers;
  turns: Turns;
  pingMs?: number;
  /** Of messages that are not whole, over all connections. */
  heldBytes?: number;
}

export interface WebSockets {
  /** Takes over the socket of a request that was admitted. */
  open(request: IncomingMessage, socket: Socket, head: Buffer, onOpen: (session: WebSocketSession) => void): void;
  /** Closes those that are idle, evenly within so long, and the others once their operations have ended. */
  leave(withinMs: number): void;
  /** Closes all. */
  close(): void;
}

/** The engine parses and validates: the library only has to know that there is something to execute. */
const ANYTHING = { schema: new GraphQLSchema({}), document: parse('{ __typename }') };

export function createWebSockets(options: WebSocketsOptions): WebSockets {
  const { telemetry, turns, lifecycle } = options;
  const sessions = new Set<WebSocketSession>();
  const held = new HeldMessages(options.heldBytes, () => telemetry.connectionCut('crowded'));
  const frames = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    maxPayload: WEBSOCKET_MESSAGE_BYTES,
    perMessageDeflate: false,
    // One message in a turn of the event loop.
    allowSynchronousEvents: false,
    handleProtocols,
  });

  const protocol = makeServer<Record<string, unknown>, WebSocketSession>({
    connectionInitWaitTimeout: CONNECTION_INIT_MS,
    onConnect: ({ connectionParams, extra }) => extra.admit(connectionParams),
    onSubscribe: ({ extra }, id, payload) => ({ ...ANYTHING, contextValue: extra.begin(id, payload) }),
    execute: ({ contextValue }) => contextValue as AsyncIterable<never>,
    onError: (_context, _id, _payload, errors) =>
      errors.flatMap(({ originalError }) => (originalError instanceof OperationRefused ? originalError.errors : [])),
    onComplete: ({ extra }, _id, payload) => extra.completed(payload),
  });

  function begin(ws: WebSocket, request: IncomingMessage, socket: Socket): WebSocketSession {
    const wire: WebSocketWire = new WebSocketWire(ws, socket, {
      ...options,
      turn: () => turns.enter(session.user, () => session.isKnown),
      onBytes: () => held.received(wire),
      onMessage: () => session.used(),
      onCut: telemetry.connectionCut,
      onBug: (cause) => session.reporter().bug(cause),
    });
    const session: WebSocketSession = new WebSocketSession(request, wire, options);
    const closed = protocol.opened(wire, session);
    sessions.add(session);
    ws.once('close', (code, reason) => {
      sessions.delete(session);
      held.closed(wire);
      void closed(code, String(reason));
    });
    if (lifecycle.isLeaving()) session.leave();
    return session;
  }

  return {
    open: (request, socket, head, onOpen) =>
      frames.handleUpgrade(request, socket, head, (ws) => onOpen(begin(ws, request, socket))),
    leave(withinMs) {
      const all = [...sessions];
      for (const [i, session] of all.entries()) setTimeout(() => session.leave(), (withinMs * i) / all.length).unref();
    },
    close() {
      for (const session of sessions) session.close();
      setTimeout(() => {
        for (const session of sessions) session.terminate();
      }, CLOSE_MS).unref();
    },
  };
}
