// The ways to follow by a subscription that are tested, by name: each client's own, with what it is given from clients/.

import { subscriptionsBy as apolloBy } from 'firmware-gateway-client/apollo';
import {
  FollowFirmwareUpgradeDocument as FOLLOW,
  FirmwareUpgradeProgressDocument as PROGRESS,
} from 'firmware-gateway-client/documents';
import { sseClient } from 'firmware-gateway-client/graphql-sse';
import { webSocketClient } from 'firmware-gateway-client/graphql-ws';
import { subscriptionsBy as relayBy } from 'firmware-gateway-client/relay';
import { subscriptionsBy as urqlBy } from 'firmware-gateway-client/urql';
import { print } from 'graphql';
import { createOperationDescriptor, fetchQuery, getRequest, requestSubscription } from 'relay-runtime';
import { onEnd, pipe, subscribe } from 'wonka';
import { WebSocket } from 'ws';
import { type ApolloTestClient, createApollo } from './apollo';
import followQuery, { type firmwareFollowQuery } from './artefacts/relay/firmwareFollowQuery.graphql';
import progressSubscription, {
  type firmwareProgressSubscription,
} from './artefacts/relay/firmwareProgressSubscription.graphql';
import { type ClientOptions, type Device, type Member, required, variablesFor } from './client';
import { createRelay, type RelayTestClient } from './relay';
import { createUrql, type UrqlTestClient } from './urql';

// Browsers have one, and Node from version 22 on.
Object.assign(globalThis, { WebSocket });

export interface Sink {
  next(upgrade: Member): void;
  complete(): void;
  error(cause: unknown): void;
}

export interface LiveClient {
  /** Asks once, and shows what the cache then has for that query, now and whenever it changes. Absent without a cache. */
  show?(deviceName: string, shown: (upgrade: Member) => void): void;
  /** @returns unsubscribes */
  live(deviceName: string, sink: Sink): () => void;
  stop(): void;
}

type Options = ClientOptions & { token: string };

const upgradeOf = (device: Device | null | undefined): Member => required(device?.firmwareUpgrade);
const overSse = ({ url, token }: Options) => sseClient(url, () => token);
const overWebSocket = ({ url, token }: Options) => webSocketClient(url, () => token);

function liveApollo({ apollo, stop }: ApolloTestClient): LiveClient {
  return {
    show(deviceName, shown) {
      const view = apollo.watchQuery({ query: FOLLOW, variables: variablesFor(deviceName) });
      view.subscribe(({ data, dataState }) => {
        if (dataState === 'complete') shown(upgradeOf(data.device));
      });
    },
    live(deviceName, { next, complete, error }) {
      const events = apollo.subscribe({ query: PROGRESS, variables: variablesFor(deviceName) });
      const subscription = events.subscribe({
        next: ({ data, error: cause }) => (data ? next(upgradeOf(data.firmwareUpgradeProgress.device)) : error(cause)),
        complete,
        error,
      });
      return () => subscription.unsubscribe();
    },
    stop,
  };
}

function liveUrql({ urql, stop }: UrqlTestClient): LiveClient {
  return {
    show(deviceName, shown) {
      urql.query(FOLLOW, variablesFor(deviceName)).subscribe(({ data }) => {
        if (data) shown(upgradeOf(data.device));
      });
    },
    live(deviceName, { next, complete, error }) {
      const { unsubscribe } = pipe(
        urql.subscription(PROGRESS, variablesFor(deviceName)),
        onEnd(complete),
        subscribe(({ data, error: cause, hasNext }) => {
          if (cause) error(cause);
          // With the end, urql tells the last event once more.
          else if (data && hasNext) next(upgradeOf(data.firmwareUpgradeProgress.device));
        }),
      );
      return unsubscribe;
    },
    stop,
  };
}

function liveRelay({ environment, stop }: RelayTestClient): LiveClient {
  return {
    async show(deviceName, shown) {
      const variables = variablesFor(deviceName);
      const operation = createOperationDescriptor(getRequest(followQuery), variables);
      environment.retain(operation);
      await fetchQuery<firmwareFollowQuery>(environment, followQuery, variables).toPromise();
      const snapshot = environment.lookup(operation.fragment);
      const tell = ({ data }: { data: unknown }) => shown(upgradeOf((data as firmwareFollowQuery['response']).device));
      tell(snapshot);
      environment.subscribe(snapshot, tell);
    },
    live(deviceName, { next, complete, error }) {
      const { dispose } = requestSubscription<firmwareProgressSubscription>(environment, {
        subscription: progressSubscription,
        variables: variablesFor(deviceName),
        onNext: (event) => next(upgradeOf(event?.firmwareUpgradeProgress.device)),
        onCompleted: complete,
        onError: error,
      });
      return dispose;
    },
    stop,
  };
}

function liveAlone(client: ReturnType<typeof overSse>): LiveClient {
  return {
    live: (deviceName, { next, complete, error }) =>
      client.subscribe<{ firmwareUpgradeProgress: { device: Device } }>(
        { query: print(PROGRESS), variables: variablesFor(deviceName) },
        { next: ({ data }) => next(upgradeOf(data?.firmwareUpgradeProgress.device)), complete, error },
      ),
    stop: () => client.dispose(),
  };
}

export const liveClients: Readonly<Record<string, (options: Options) => LiveClient>> = {
  'Apollo Client by HttpLink alone': (options) => liveApollo(createApollo(options)),
  'Apollo Client over a WebSocket': (options) =>
    liveApollo(createApollo(options, undefined, (http) => apolloBy(overWebSocket(options), http))),
  'urql by fetchExchange alone': (options) => liveUrql(createUrql(options)),
  'urql over SSE': (options) => liveUrql(createUrql(options, undefined, urqlBy(overSse(options)))),
  'urql over a WebSocket': (options) => liveUrql(createUrql(options, undefined, urqlBy(overWebSocket(options)))),
  'Relay over SSE': (options) => liveRelay(createRelay(options, relayBy(overSse(options)))),
  'Relay over a WebSocket': (options) => liveRelay(createRelay(options, relayBy(overWebSocket(options)))),
  'graphql-sse alone': (options) => liveAlone(overSse(options)),
};
