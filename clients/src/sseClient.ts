// Subscriptions over Server-Sent Events, by graphql-sse: each is a POST of its own, with the token in the same header as a query's.

import { type Client, createClient } from 'graphql-sse';

/** @param token asked for at each new stream: it may have changed */
export const sseClient = (url: string, token: () => string): Client =>
  createClient({ url, headers: () => ({ authorization: `Bearer ${token()}` }) });
