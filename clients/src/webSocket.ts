// Streams over a WebSocket, one each: graphql-transport-ws, as much of it as one subscription needs.

import { after, type Signal } from './signal.js';
import { type Push, type PushEnd, SILENT_MS } from './transport.js';

export const PROTOCOL = 'graphql-transport-ws';

export interface Socket {
  send(text: string): void;
  close(): void;
}

export interface SocketEvents {
  onOpen(): void;
  onMessage(text: string): void;
  /** Once it is closed, or could not be opened. May be called more than once. */
  onClose(): void;
}

/** Opens a socket: what differs between a browser and the mini programs. */
export type Connect = (url: string, protocol: string, events: SocketEvents) => Socket;

interface WebSocketLike extends Socket {
  onopen: unknown;
  onmessage: unknown;
  onclose: unknown;
}

/** The platform's own `WebSocket`. */
export const connectByWebSocket: Connect = (url, protocol, { onOpen, onMessage, onClose }) => {
  const { WebSocket } = globalThis as unknown as { WebSocket: new (url: string, protocol: string) => WebSocketLike };
  return Object.assign(new WebSocket(url, protocol), {
    onopen: onOpen,
    onmessage: ({ data }: { data: unknown }) => onMessage(String(data)),
    onclose: onClose,
  });
};

interface Message {
  readonly type?: string;
  readonly payload?: never;
}

function messageFrom(text: string): Message {
  try {
    return JSON.parse(text) as Message;
  } catch {
    return {};
  }
}

/** Ends as refused where no connection was ever acknowledged. */
export const pushByWebSocket =
  (connect: Connect = connectByWebSocket): Push =>
  ({ url, query, variables, authorization, signal, onEvent }) =>
    new Promise<PushEnd>((resolve) => {
      let [isAcknowledged, isOver] = [false, false];
      let socket: Socket | undefined;
      const send = (message: object) => socket?.send(JSON.stringify(message));
      const end = (how: PushEnd) => {
        if (isOver) return;
        isOver = true;
        callOff();
        signal.removeEventListener('abort', leave);
        resolve(how);
        socket?.close();
      };
      const leave = () => end('cut');
      const closed = () => end(isAcknowledged ? 'cut' : 'refused');
      // The gateway's own pings are not told to a page, so this asks: once, then it is over.
      let callOff = after(SILENT_MS / 2, ping);
      function ping() {
        callOff = after(SILENT_MS / 2, closed);
        send({ type: 'ping' });
      }
      const heard: Record<string, (payload: never) => void> = {
        connection_ack: () => {
          isAcknowledged = true;
          send({ id: '1', type: 'subscribe', payload: { query, variables } });
        },
        next: (payload) => onEvent(payload),
        error: (errors) => {
          onEvent({ errors });
          end('completed');
        },
        complete: () => end('completed'),
        ping: () => send({ type: 'pong' }),
      };
      connectNow(signal);

      function connectNow({ aborted }: Signal) {
        if (aborted) return leave();
        signal.addEventListener('abort', leave);
        try {
          socket = connect(url.replace(/^http/, 'ws'), PROTOCOL, {
            onOpen: () => send({ type: 'connection_init', payload: { authorization } }),
            onMessage(text) {
              if (isOver) return;
              callOff();
              callOff = after(SILENT_MS / 2, ping);
              const { type = '', payload } = messageFrom(text);
              heard[type]?.(payload as never);
            },
            onClose: closed,
          });
        } catch {
          end('refused');
        }
      }
    });
