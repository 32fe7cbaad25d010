// For urql: its exchange for subscriptions, and settings for Graphcache: `cacheExchange({ keys, updates })`, without `schema` and `possibleTypes`. With the one,
// an error type that is added later makes Graphcache throw, and the answer never comes; with the other, it has no fields.

import { type Exchange, type ExecutionResult, subscriptionExchange } from '@urql/core';
import type { KeyGenerator, KeyingConfig, UpdateResolver, UpdatesConfig } from '@urql/exchange-graphcache';
import type { Client as SseClient } from 'graphql-sse';
import type { Client as WebSocketClient } from 'graphql-ws';

export * from './documents.js';
export { pollIntervalFrom } from './pollInterval.js';

/** It belongs to what it was read from: a device, or a page to its arguments. */
const embedded: KeyGenerator = () => null;

const withoutId: KeyingConfig = {
  ConfirmFirmwareUpgradeSuccess: embedded,
  DeviceConnectivity: embedded,
  DeviceFirmware: embedded,
  FirmwareRelease: embedded,
  FirmwareUpgrade: embedded,
  FirmwareUpgradeProgress: embedded,
  MyDevice: embedded,
  MyDevicePage: embedded,
};

/**
 * An error is an entity of its own: so it is not written over what was known before, and a confirm's keeps the fields of
 * `... on TokenApiError`, which Graphcache cannot match on a mutation's answer without a key. `id` is for other APIs' errors.
 */
const byRequest: KeyGenerator = ({ requestId, id }) => ((requestId ?? id) as string | undefined) ?? null;

/** The types that have no `id`, and every `…Error`, those that are added later too. */
export const keys: KeyingConfig = new Proxy(withoutId, {
  get: (known, type: string) => known[type] ?? (type.endsWith('Error') ? byRequest : undefined),
});

/**
 * Keeps what is known while the newer answer is an error that says RETRY, or else one failed poll takes the progress off
 * every view. Any other error takes its place.
 */
const kept =
  (field: string): UpdateResolver =>
  (device, _args, cache) => {
    const { nextStep } = (device[field] ?? {}) as { nextStep?: string };
    const known = `${cache.keyOfEntity(device as never)}.${field}`;
    if (nextStep === 'RETRY' && cache.resolve(known, '__typename')) cache.link(device as never, field, known as never);
  };

export const updates: UpdatesConfig = {
  Device: {
    connectivity: kept('connectivity'),
    firmware: kept('firmware'),
    firmwareUpgrade: kept('firmwareUpgrade'),
  },
};

/**
 * Without it, `fetchSubscriptions: true` makes urql's own fetchExchange follow over Server-Sent Events.
 *
 * @param client of `firmware-gateway-client/graphql-ws` or `/graphql-sse`
 */
export const subscriptionsBy = (client: SseClient | WebSocketClient): Exchange =>
  subscriptionExchange({
    forwardSubscription: ({ query = '', variables = {} }) => ({
      subscribe: (observer) => ({
        unsubscribe: client.subscribe(
          { query, variables },
          // Both libraries' results are what a server sent.
          { ...observer, next: (result) => observer.next(result as ExecutionResult) },
        ),
      }),
    }),
  });
