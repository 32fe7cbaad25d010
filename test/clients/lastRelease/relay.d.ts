import type { Client as SseClient } from 'graphql-sse';
import type { Client as WebSocketClient } from 'graphql-ws';
import { type SubscribeFunction } from 'relay-runtime';
export { pollIntervalFrom } from './pollInterval.js';
export declare const subscriptionsBy: (client: SseClient | WebSocketClient) => SubscribeFunction;
