// ioredis, set up for one server, for servers that Sentinel watches, or for a Cluster: never a queue, and soon connected again.

import { Cluster, Command, Redis } from 'ioredis';
import type { RedisAddress } from './redisAddress';

const PREFIX = 'firmware-gateway:';
const CONNECT_TIMEOUT_MS = 1000;
/** A connection on which nothing comes for so long, although something was asked, is dropped and made anew. */
const SILENT_CONNECTION_MS = 3000;
/** So long one Sentinel may take to answer; then the next one is asked. */
const SENTINEL_TIMEOUT_MS = 500;
/** Short, so that after a loss of data every replica is there to put back what it knows. */
const RECONNECT_LIMIT_MS = 200;

/** What both kinds of clients can do. */
export type Commands = Pick<Redis, 'eval' | 'get' | 'set'>;

export interface RedisClient {
  readonly commands: Commands;
  /** Whether a command can be sent at once. */
  isReady(): boolean;
  /** The servers that take writes. */
  primaries(): readonly Redis[];
  /** The server that has a name; undefined if nobody knows, or if it is not connected. */
  primaryOf(name: string): Redis | undefined;
  /** Resolves once connected, or after a moment without it. */
  connect(): Promise<void>;
  quit(): Promise<unknown>;
  disconnect(): void;
}

export interface ClientListeners {
  ready(): void;
  closed(): void;
  error(cause: unknown): void;
  /** A Sentinel has no answer, or none that is of use. */
  sentinelError(cause: unknown): void;
}

const backOff = (attempt: number): number => Math.min(attempt * 100, RECONNECT_LIMIT_MS);

export const createRedisClient = (address: RedisAddress, listeners: ClientListeners): RedisClient =>
  address.kind === 'cluster' ? createClusterClient(address, listeners) : createServerClient(address, listeners);

/** Of each connection, whoever makes it. */
const optionsOf = ({ isTls, username, password, family }: RedisAddress) => ({
  keyPrefix: PREFIX,
  lazyConnect: true,
  autoResendUnfulfilledCommands: false,
  maxRetriesPerRequest: 0,
  // What a connection is good for, the first write shows: INFO may be forbidden.
  enableReadyCheck: false,
  disableClientInfo: true,
  protocol: 2 as const,
  connectTimeout: CONNECT_TIMEOUT_MS,
  socketTimeout: SILENT_CONNECTION_MS,
  family,
  ...(username !== undefined && { username }),
  ...(password !== undefined && { password }),
  ...(isTls && { tls: {} }),
});

function createServerClient(address: RedisAddress, listeners: ClientListeners): RedisClient {
  const [{ host, port } = { host: '', port: 0 }] = address.hosts;
  const { sentinelUsername, sentinelPassword } = address;
  const place =
    address.kind === 'server'
      ? { host, port }
      : {
          sentinels: [...address.hosts],
          name: address.name,
          ...(sentinelUsername !== undefined && { sentinelUsername }),
          ...(sentinelPassword !== undefined && { sentinelPassword }),
          ...(address.isTls && { sentinelTLS: {}, enableTLSForSentinelMode: true }),
          sentinelCommandTimeout: SENTINEL_TIMEOUT_MS,
          sentinelRetryStrategy: backOff,
          // A primary that was replaced may still be there, and take writes that nobody will see.
          failoverDetector: true,
        };
  const redis = new Redis({
    ...optionsOf(address),
    ...place,
    db: address.database,
    enableOfflineQueue: false,
    retryStrategy: backOff,
    // After a failover the name may lead to another server than the one that can no longer write.
    reconnectOnError: ({ message }) => message.startsWith('READONLY'),
  });
  redis.on('ready', listeners.ready);
  redis.on('close', listeners.closed);
  redis.on('sentinelError', listeners.sentinelError);
  redis.on('error', (cause) => {
    // ioredis would go on in database 0.
    if (commandOf(cause) === 'select') redis.disconnect(true);
    listeners.error(cause);
  });
  const primaries = [redis];
  return {
    commands: redis,
    isReady: () => redis.status === 'ready',
    primaries: () => primaries,
    primaryOf: () => redis,
    connect: () => within(CONNECT_TIMEOUT_MS, redis.connect()),
    quit: () => redis.quit(),
    disconnect: () => redis.disconnect(),
  };
}

function createClusterClient(address: RedisAddress, listeners: ClientListeners): RedisClient {
  const cluster = new Cluster([...address.hosts], {
    lazyConnect: true,
    enableOfflineQueue: false,
    enableReadyCheck: false,
    clusterRetryStrategy: backOff,
    slotsRefreshTimeout: CONNECT_TIMEOUT_MS,
    // What failed is asked again by whoever still needs it.
    retryDelayOnFailover: 0,
    retryDelayOnClusterDown: 0,
    retryDelayOnTryAgain: 20,
    // A certificate is for a name: the socket looks up its address by itself.
    dnsLookup: (host, done) => done(null, host),
    redisOptions: optionsOf(address),
  });
  let isReady = false;
  // Otherwise a server is connected by its first command, and queues it.
  cluster.on('+node', (node: Redis) => {
    if (!node.options.readOnly) node.connect().catch(() => undefined);
  });
  cluster.on('ready', async () => {
    await Promise.all(cluster.nodes('master').map(settled));
    if (cluster.status !== 'ready') return;
    isReady = true;
    listeners.ready();
  });
  cluster.on('close', () => {
    isReady = false;
    listeners.closed();
  });
  cluster.on('error', (cause) => listeners.error(Object(cause).lastNodeError ?? cause));
  return {
    commands: cluster,
    isReady: () => isReady,
    primaries: () => cluster.nodes('master'),
    primaryOf(name) {
      const [place] = cluster.slots[slotOf(name)] ?? [];
      return cluster
        .nodes('master')
        .find(({ options, status }) => `${options.host}:${options.port}` === place && status === 'ready');
    },
    connect: () =>
      within(
        CONNECT_TIMEOUT_MS,
        cluster.connect().then(() => Promise.all(cluster.nodes('master').map(settled))),
      ),
    quit: () => cluster.quit(),
    disconnect: () => cluster.disconnect(),
  };
}

const settled = (node: Redis): Promise<unknown> =>
  node.status === 'ready'
    ? Promise.resolve()
    : new Promise((resolve) => node.once('ready', resolve).once('end', resolve));

/** The slot of a Cluster in which a name is. */
export const slotOf = (name: string): number => Number(new Command('get', [`${PREFIX}${name}`]).getSlot());

/** The command that got an error for an answer. */
export const commandOf = (cause: unknown): string | undefined => Object(Object(cause).command).name;

/** Resolves when it has ended, however it did, or when the time is over. */
export const within = (limitMs: number, ending: Promise<unknown>): Promise<void> =>
  new Promise((resolve) => {
    const timer = setTimeout(resolve, limitMs).unref();
    const ended = () => {
      clearTimeout(timer);
      resolve();
    };
    ending.then(ended, ended);
  });
