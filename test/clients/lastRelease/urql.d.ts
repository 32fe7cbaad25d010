import { type Exchange } from '@urql/core';
import type { KeyingConfig, UpdatesConfig } from '@urql/exchange-graphcache';
import type { Client as SseClient } from 'graphql-sse';
import type { Client as WebSocketClient } from 'graphql-ws';
export * from './documents.js';
export { pollIntervalFrom } from './pollInterval.js';
/** The types that have no `id`, and every `…Error`, those that are added later too. */
export declare const keys: KeyingConfig;
export declare const updates: UpdatesConfig;
/**
 * Without it, `fetchSubscriptions: true` makes urql's own fetchExchange follow over Server-Sent Events.
 *
 * @param client of `firmware-gateway-client/graphql-ws` or `/graphql-sse`
 */
export declare const subscriptionsBy: (client: SseClient | WebSocketClient) => Exchange;
