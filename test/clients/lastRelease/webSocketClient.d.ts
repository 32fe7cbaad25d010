import { type Client } from 'graphql-ws';
/** @param token asked for at each new connection: it may have changed */
export declare const webSocketClient: (url: string, token: () => string) => Client;
