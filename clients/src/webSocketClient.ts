// Subscriptions over one WebSocket, by graphql-ws. A browser's WebSocket cannot send a header: the token goes in the first message.

import { type Client, createClient } from 'graphql-ws';

/** @param token asked for at each new connection: it may have changed */
export const webSocketClient = (url: string, token: () => string): Client =>
  createClient({
    url: url.replace(/^http/, 'ws'),
    connectionParams: () => ({ authorization: `Bearer ${token()}` }),
  });
