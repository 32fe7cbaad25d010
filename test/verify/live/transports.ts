// A stream over each transport, by a client that is small enough that thousands fit into a process: it can stop reading, and leave.

import { request } from 'node:http';
import { WebSocket } from 'ws';

export type Transport = 'sse' | 'multipart' | 'websocket';
export const TRANSPORTS: readonly Transport[] = ['sse', 'multipart', 'websocket'];

export interface Subscription {
  readonly origin: string;
  readonly token: string;
  readonly query: string;
  readonly variables: object;
  onEvent(result: string): void;
  /** Called once. `isComplete`: the gateway said that nothing more comes. */
  onEnd(isComplete: boolean): void;
}

export interface OpenStream {
  pause(): void;
  resume(): void;
  leave(): void;
}

export const open = (transport: Transport, subscription: Subscription): OpenStream =>
  transport === 'websocket' ? overWebSocket(subscription) : overHttp(subscription, forms[transport]);

interface Form {
  readonly accept: string;
  readonly between: string;
  /** The event of what stands between; undefined: there is none. */
  event(block: string): string | undefined;
  isEnd(block: string): boolean;
}

const forms: Record<'sse' | 'multipart', Form> = {
  sse: {
    accept: 'text/event-stream',
    between: '\n\n',
    event: (block) => (block.startsWith('event: next\ndata: ') ? block.slice('event: next\ndata: '.length) : undefined),
    isEnd: (block) => block.startsWith('event: complete'),
  },
  multipart: {
    accept: 'multipart/mixed;subscriptionSpec=1.0, application/json',
    between: '\r\n--graphql',
    event: (block) => /\{"payload":(.*)\}$/s.exec(block)?.[1],
    isEnd: (block) => /^--(\r\n)?$/.test(block),
  },
};

function overHttp({ origin, token, query, variables, onEvent, onEnd }: Subscription, form: Form): OpenStream {
  let text = '';
  let isComplete = false;
  const asking = request(`${origin}/graphql`, {
    method: 'POST',
    agent: false,
    headers: { 'content-type': 'application/json', accept: form.accept, authorization: `Bearer ${token}` },
  });
  let isPaused = false;
  asking.once('response', (response) => {
    response.setEncoding('utf8').on('data', (chunk: string) => {
      const blocks = (text + chunk).split(form.between);
      // Nothing follows the last boundary of a multipart answer that would end it.
      text = form.isEnd(blocks.at(-1) as string) ? '' : (blocks.pop() as string);
      for (const block of blocks) {
        const event = form.event(block);
        if (event !== undefined) onEvent(event);
        else isComplete ||= form.isEnd(block);
      }
    });
    response.once('error', () => undefined);
    if (isPaused) response.pause();
  });
  asking.on('error', () => undefined).once('close', () => onEnd(isComplete));
  asking.end(JSON.stringify({ query, variables }));
  const paused = (is: boolean) => {
    isPaused = is;
    if (is) asking.socket?.pause();
    else asking.socket?.resume();
  };
  return { pause: () => paused(true), resume: () => paused(false), leave: () => asking.destroy() };
}

function overWebSocket({ origin, token, query, variables, onEvent, onEnd }: Subscription): OpenStream {
  const socket = new WebSocket(`${origin.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
  let isComplete = false;
  const say = (message: object) => socket.send(JSON.stringify(message));
  socket.on('open', () => say({ type: 'connection_init', payload: { authorization: `Bearer ${token}` } }));
  socket.on('message', (data) => {
    const text = String(data);
    const { type, payload } = JSON.parse(text);
    if (type === 'connection_ack') say({ id: '1', type: 'subscribe', payload: { query, variables } });
    else if (type === 'next') onEvent(JSON.stringify(payload));
    else if (type === 'complete') {
      isComplete = true;
      socket.close(1000);
    }
  });
  socket.on('error', () => undefined);
  socket.once('close', () => onEnd(isComplete));
  return { pause: () => socket.pause(), resume: () => socket.resume(), leave: () => socket.terminate() };
}
