// Apollo Client 4 with the settings that are shipped for it.

import { ApolloClient, type ApolloLink, HttpLink, InMemoryCache, type InMemoryCacheConfig } from '@apollo/client';
import {
  ConfirmFirmwareUpgradeDocument,
  DeviceFirmwareDocument,
  FollowFirmwareUpgradeDocument,
  possibleTypes,
  typePolicies,
} from 'firmware-gateway-client/apollo';
import { type Client, type ClientOptions, headersFor, required, variablesFor } from './client';

export interface ApolloTestClient extends Client {
  apollo: ApolloClient;
}

export function createApollo(
  options: ClientOptions,
  settings: InMemoryCacheConfig = { possibleTypes, typePolicies },
  linkFrom = (http: ApolloLink) => http,
): ApolloTestClient {
  const apollo = new ApolloClient({
    link: linkFrom(new HttpLink({ uri: options.url, headers: headersFor(options) })),
    cache: new InMemoryCache(settings),
  });
  const read = { fetchPolicy: 'network-only' } as const;
  return {
    apollo,
    async ask(deviceName) {
      const variables = variablesFor(deviceName);
      const { data } = await apollo.query({ query: DeviceFirmwareDocument, variables, ...read });
      return required(data?.device);
    },
    async confirm(deviceName) {
      const variables = variablesFor(deviceName);
      const { data } = await apollo.mutate({ mutation: ConfirmFirmwareUpgradeDocument, variables });
      return required(data).confirmFirmwareUpgrade;
    },
    async follow(deviceName) {
      const variables = variablesFor(deviceName);
      const { data } = await apollo.query({ query: FollowFirmwareUpgradeDocument, variables, ...read });
      return required(data?.device);
    },
    stop: () => apollo.stop(),
  };
}
