import { type Client } from 'graphql-sse';
/** @param token asked for at each new stream: it may have changed */
export declare const sseClient: (url: string, token: () => string) => Client;
