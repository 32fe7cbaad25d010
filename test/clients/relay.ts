// Relay: what relay-compiler made of relay/firmware.ts, run by Relay's runtime and store.

import {
  commitMutation,
  Environment,
  fetchQuery,
  Network,
  RecordSource,
  Store,
  type SubscribeFunction,
} from 'relay-runtime';
import askQuery, { type firmwareAskQuery } from './artefacts/relay/firmwareAskQuery.graphql';
import confirmMutation, { type firmwareConfirmMutation } from './artefacts/relay/firmwareConfirmMutation.graphql';
import followQuery, { type firmwareFollowQuery } from './artefacts/relay/firmwareFollowQuery.graphql';
import { type Client, type ClientOptions, headersFor, required, variablesFor } from './client';

export interface RelayTestClient extends Client {
  environment: Environment;
}

export function createRelay(options: ClientOptions, subscribe?: SubscribeFunction): RelayTestClient {
  const network = Network.create(async ({ text: query }, variables) => {
    const response = await fetch(options.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headersFor(options) },
      body: JSON.stringify({ query, variables }),
    });
    return response.json();
  }, subscribe);
  const environment = new Environment({ network, store: new Store(new RecordSource()) });
  const force = { networkCacheConfig: { force: true } };
  return {
    environment,
    async ask(deviceName) {
      const answer = fetchQuery<firmwareAskQuery>(environment, askQuery, variablesFor(deviceName), force);
      return required((await answer.toPromise())?.device);
    },
    confirm: (deviceName) =>
      new Promise((resolve, reject) => {
        commitMutation<firmwareConfirmMutation>(environment, {
          mutation: confirmMutation,
          variables: variablesFor(deviceName),
          onCompleted: ({ confirmFirmwareUpgrade }) => resolve(confirmFirmwareUpgrade),
          onError: reject,
        });
      }),
    async follow(deviceName) {
      const answer = fetchQuery<firmwareFollowQuery>(environment, followQuery, variablesFor(deviceName), force);
      return required((await answer.toPromise())?.device);
    },
    stop: () => undefined,
  };
}
