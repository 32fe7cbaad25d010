// Apollo Client 3, which many apps still have, with its link for persisted queries.

import { ApolloClient, HttpLink, InMemoryCache } from 'apollo-client-3/core';
import { createPersistedQueryLink } from 'apollo-client-3/link/persisted-queries';
import possibleTypes from '../../clients/possibleTypes.json';
import {
  ConfirmFirmwareUpgradeDocument,
  DeviceFirmwareDocument,
  FollowFirmwareUpgradeDocument,
} from './artefacts/preset/graphql';
import { type Client, type ClientOptions, headersFor, required, variablesFor } from './client';

export function createApollo3(
  options: ClientOptions,
  persisted: Parameters<typeof createPersistedQueryLink>[0],
): Client {
  const http = new HttpLink({ uri: options.url, headers: headersFor(options) });
  const apollo = new ApolloClient({
    link: createPersistedQueryLink(persisted).concat(http),
    cache: new InMemoryCache({ possibleTypes }),
  });
  const read = { fetchPolicy: 'network-only' } as const;
  return {
    async ask(deviceName) {
      const variables = variablesFor(deviceName);
      const { data } = await apollo.query({ query: DeviceFirmwareDocument, variables, ...read });
      return required(data.device);
    },
    async confirm(deviceName) {
      const variables = variablesFor(deviceName);
      const { data } = await apollo.mutate({ mutation: ConfirmFirmwareUpgradeDocument, variables });
      return required(data).confirmFirmwareUpgrade;
    },
    async follow(deviceName) {
      const variables = variablesFor(deviceName);
      const { data } = await apollo.query({ query: FollowFirmwareUpgradeDocument, variables, ...read });
      return required(data.device);
    },
    stop: () => apollo.stop(),
  };
}
