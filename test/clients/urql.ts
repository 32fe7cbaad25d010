// urql with Graphcache, with the settings that are shipped for it.

import { type Exchange, fetchExchange, Client as UrqlClient } from '@urql/core';
import { type CacheExchangeOpts, cacheExchange } from '@urql/exchange-graphcache';
import {
  ConfirmFirmwareUpgradeDocument,
  DeviceFirmwareDocument,
  FollowFirmwareUpgradeDocument,
  keys,
  updates,
} from 'firmware-gateway-client/urql';
import { type Client, type ClientOptions, headersFor, required, variablesFor } from './client';

export interface UrqlTestClient extends Client {
  urql: UrqlClient;
}

/**
 * @param forSubscriptions without it, `fetchExchange`
 * @param before stands between the cache and those
 */
export function createUrql(
  options: ClientOptions,
  settings: CacheExchangeOpts = { keys, updates },
  forSubscriptions?: Exchange,
  ...before: Exchange[]
): UrqlTestClient {
  const last = [...before, ...(forSubscriptions ? [forSubscriptions] : []), fetchExchange];
  const urql = new UrqlClient({
    url: options.url,
    // The gateway takes POST alone; urql's own choice for a query is GET.
    preferGetMethod: false,
    fetchSubscriptions: forSubscriptions === undefined,
    fetchOptions: { headers: headersFor(options) },
    // Its words for a developer's console are not what is tested here.
    exchanges: [cacheExchange({ logger: () => undefined, ...settings }), ...last],
  });
  const read = { requestPolicy: 'network-only' } as const;
  return {
    urql,
    async ask(deviceName) {
      const { data, error } = await urql.query(DeviceFirmwareDocument, variablesFor(deviceName), read);
      return required(data?.device, error);
    },
    async confirm(deviceName) {
      const { data, error } = await urql.mutation(ConfirmFirmwareUpgradeDocument, variablesFor(deviceName));
      return required(data, error).confirmFirmwareUpgrade;
    },
    async follow(deviceName) {
      const { data, error } = await urql.query(FollowFirmwareUpgradeDocument, variablesFor(deviceName), read);
      return required(data?.device, error);
    },
    stop: () => undefined,
  };
}
