// A client that says over a WebSocket what a test tells it to say, and nothing else: for what no library would do.

import type { ClientOptions } from 'ws';
import { WebSocket } from 'ws';
import { TOKEN, until } from './pair';

export interface Message {
  id?: string;
  type: string;
  // biome-ignore lint/suspicious/noExplicitAny: a payload's shape is what the test is about
  payload?: any;
}

export interface PlainClient {
  socket: WebSocket;
  /** Everything that came, the oldest first, as it came. */
  texts: string[];
  messages(id?: string): Message[];
  say(message: object): void;
  subscribe(id: string, query: string, variables?: object): void;
  /** Resolves with the first message that is of this operation and this type. */
  got(type: string, id?: string): Promise<Message>;
  /** Resolves with the code and the reason with which the connection was closed. */
  closed: Promise<[code: number, reason: string]>;
}

export const webSocketUrl = (url: string): string => url.replace(/^http/, 'ws');

/** A WebSocket that is open. @throws Error with the status if it is refused */
export async function openSocket(url: string, options: ClientOptions = {}): Promise<PlainClient> {
  const socket = new WebSocket(webSocketUrl(url), 'graphql-transport-ws', options);
  const texts: string[] = [];
  socket.on('message', (data) => texts.push(String(data)));
  const closed = new Promise<[number, string]>((resolve) =>
    socket.on('close', (code, reason) => resolve([code, String(reason)])),
  );
  await new Promise((resolve, reject) => {
    socket.on('open', resolve);
    socket.on('error', reject);
  });
  const messages = (id?: string): Message[] =>
    texts.map((text) => JSON.parse(text)).filter((message) => id === undefined || message.id === id);
  const say = (message: object) => socket.send(JSON.stringify(message));
  return {
    socket,
    texts,
    messages,
    say,
    closed,
    subscribe: (id, query, variables = {}) => say({ id, type: 'subscribe', payload: { query, variables } }),
    async got(type, id) {
      const find = () => messages(id).find((message) => message.type === type);
      await until(() => find() !== undefined);
      return find() as Message;
    },
  };
}

/** One that was admitted with these parameters. */
export async function connected(
  url: string,
  params: object = { authorization: TOKEN },
  options: ClientOptions = {},
): Promise<PlainClient> {
  const client = await openSocket(url, options);
  client.say({ type: 'connection_init', payload: params });
  await client.got('connection_ack');
  return client;
}

/** What is answered to an upgrade that is refused. */
export function refusalOf(
  url: string,
  options: ClientOptions & { protocol?: string } = {},
): Promise<{ status: number | undefined; body: string }> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(webSocketUrl(url), options.protocol ?? 'graphql-transport-ws', options);
    socket.on('open', () => reject(new Error('expected a refusal')));
    socket.on('error', () => undefined);
    socket.on('unexpected-response', async (_request, response) => {
      let body = '';
      for await (const chunk of response) body += chunk;
      resolve({ status: response.statusCode, body });
    });
  });
}
