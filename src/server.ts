// The parts of the gateway, put together and set to listen; and taken down in order.

import { setTimeout as pause } from 'node:timers/promises';
import type { DestinationStream } from 'pino';
import { type Config, ConfigError, STOP_CALLS_LIMIT_MS } from './config';
import { createConfirms } from './confirms/confirms';
import type { RedisStore } from './confirms/store/redis';
import type { RedisReporter } from './confirms/store/redisHealth';
import { sharingReads } from './context/sharedReads';
import { createEngine } from './engine/engine';
import { readManifest } from './engine/manifest';
import type { Sample } from './explorer/sample';
import { readErrorFrom } from './graph/errors';
import { createAdminServer } from './http/admin';
import { createCors, HOSTED_SANDBOX_ORIGIN } from './http/cors';
import { createLifecycle, endsWithin } from './http/lifecycle';
import type { Front } from './http/page';
import { createPublicServer, type HttpLimits } from './http/public';
import { closed, opened } from './http/servers';
import { createLive, type LiveLimits } from './live/live';
import { lookAt, upgradeOf } from './operations/firmwareUpgrade';
import { METRICS_TYPE } from './telemetry/metrics';
import { createTelemetry } from './telemetry/telemetry';
import { openTelemetryFrom } from './telemetry/variables';
import { createTokenApiClient } from './tokenapi/client';
import { flatUUID } from './tokenapi/flat';

// The way out, in milliseconds since the stop signal: all of it takes less than 20 s, so that an orchestrator need not kill.
/** What is under way by then is cut. No confirm that was sent is: it has had its whole time. */
const CUT_AT_MS = STOP_CALLS_LIMIT_MS + 200;
/** So long what was cut may take to be answered, and servers and connections to be closed. */
const CUT_ANSWERS_MS = 300;
const CLOSE_LIMIT_MS = 400;
const GONE_AT_MS = 19_800;

export interface Gateway {
  /** Where GraphQL is, such as `http://localhost:4000/graphql`. */
  readonly url: string;
  readonly adminUrl: string;
  /**
   * Goes on serving for DRAIN_DELAY_MS while no longer ready, then finishes what is under way, then closes.
   *
   * @returns false if something had to be cut, which the log or stderr names
   */
  drain(): Promise<boolean>;
  /** Finishes what is under way and closes. */
  close(): Promise<void>;
}

export interface GatewayOptions {
  /** What the explorer's page is filled in with, or who tells it for each page anew. */
  sample?: Sample | (() => Sample);
  /** What the demo has beside the gateway. No environment variable sets it. */
  demo?: { front: Front; isAllowedOrigin(origin: string): boolean };
  /** Where the log goes instead of stdout. */
  logTo?: DestinationStream;
  /** Limits that differ from the documented ones. */
  limits?: HttpLimits & LiveLimits;
}

/**
 * Starts serving; resolves once GraphQL is.
 *
 * @throws Error if a port cannot be had, or if a trusted document cannot be executed
 * @throws ConfigError if Redis says that it has no such database
 */
export async function startGateway(
  config: Config,
  { sample, demo, logTo, limits }: GatewayOptions = {},
): Promise<Gateway> {
  const trusted = config.TRUSTED_DOCUMENTS === undefined ? undefined : await readManifest(config.TRUSTED_DOCUMENTS);
  const telemetry = createTelemetry({
    logLevel: config.LOG_LEVEL,
    logTo,
    audit: config.AUDIT,
    openTelemetry: openTelemetryFrom(config),
    upstream: config.TOKENAPI_URL,
  });
  const { log } = telemetry;
  if (config.ignored.length > 0) log.warn({ variables: config.ignored }, 'variables ignored');
  const unshared = createTokenApiClient({
    url: config.TOKENAPI_URL,
    timeoutMs: config.TOKENAPI_TIMEOUT_MS,
    operationTimeoutMs: config.OPERATION_TIMEOUT_MS,
    places: config.MAX_UPSTREAM_CALLS,
    confirmPlaces: config.CONFIRM_PLACES,
    userPlaces: config.USER_PLACES,
    userQueue: config.USER_QUEUE,
    perSecond: config.TOKENAPI_CALLS_PER_SECOND,
    proxy: config.HTTPS_PROXY === undefined ? undefined : { httpsProxy: config.HTTPS_PROXY, noProxy: config.NO_PROXY },
    onBreakerChange: telemetry.breakerChanged,
    onSpare: telemetry.metrics.spareEnded,
  });
  const client = sharingReads(unshared);
  const redis =
    config.REDIS_URL === undefined ? undefined : redisStore(config.REDIS_URL, config.REDIS_REPLICAS_ACK, telemetry);
  const confirms = createConfirms({
    client,
    shared: redis,
    onLost: telemetry.keyEndLost,
    believedAfterMs: limits?.believedAfterMs,
  });
  const [engine] = await Promise.all([
    createEngine({
      introspection: config.INTROSPECTION === 'on',
      fastLane: config.FAST_LANE === 'on',
      persisted: {
        automatic: config.PERSISTED_QUERIES === 'automatic',
        trusted,
        trustedOnly: config.TRUSTED_DOCUMENTS_ONLY === 'on',
      },
      watcher: telemetry,
    }).catch(async (cause) => {
      await telemetry.close(0);
      throw cause;
    }),
    redis?.connected(),
  ]);
  if (redis?.lacksDatabase()) {
    await redis.close();
    throw new ConfigError('REDIS_URL: expected a database number that this Redis has');
  }

  const live = createLive({
    client,
    confirms,
    look: lookAt,
    upgradeOf,
    unreadFrom: readErrorFrom,
    streams: config.LIVE_STREAMS,
    streamsPerUser: config.LIVE_STREAMS_PER_USER,
    // More than the platform is sent at all would stand in the way of reads.
    callsPerSecond: Math.min(
      config.LIVE_CALLS_PER_SECOND,
      config.TOKENAPI_CALLS_PER_SECOND ?? Number.POSITIVE_INFINITY,
    ),
    callsPerSecondPerUser: config.LIVE_CALLS_PER_SECOND_PER_USER,
    userPlaces: config.USER_PLACES,
    readPlaces: config.MAX_UPSTREAM_CALLS - config.CONFIRM_PLACES,
    reporter: () => telemetry.lookStarted(flatUUID()),
    onBug: telemetry.bug,
    onPoll: telemetry.metrics.polled,
    onPollLate: telemetry.metrics.pollLate,
    ...limits,
  });

  telemetry.metrics.watch({
    upstream_in_flight: client.admission.inFlight,
    upstream_queued: client.admission.queued,
    breaker_state: () => ({ reads: client.circuits.reads.state(), confirms: client.circuits.confirms.state() }),
    documents: engine.documents.size,
    redis_configured: () => redis !== undefined,
    redis_up: () => redis?.isUp() ?? false,
    live_watchers: live.streams,
    live_pollers: live.pollers,
  });

  const hasExplorer = config.EXPLORER !== 'off';
  const lifecycle = createLifecycle();
  const admin = createAdminServer({
    lifecycle,
    figures: { type: METRICS_TYPE, text: telemetry.metrics.text },
    telemetry,
    keepAliveMs: config.KEEP_ALIVE_MS,
  });
  const publicServer = createPublicServer(
    {
      engine,
      services: { client, confirms, live },
      lifecycle,
      telemetry,
      streams: config.LIVE_STREAMS,
      operationsPerConnection: config.LIVE_STREAMS_PER_CONNECTION,
      keepAliveMs: config.KEEP_ALIVE_MS,
      cors: createCors(
        [...config.CORS_ORIGINS, ...(hasExplorer ? [HOSTED_SANDBOX_ORIGIN] : [])],
        config.CORS_HEADERS,
        demo?.isAllowedOrigin,
      ),
      front: demo?.front,
      routerSecrets: [config.ROUTER_SECRET, config.ROUTER_SECRET_PREVIOUS].filter((secret) => secret !== undefined),
      ownerHeader: config.OWNER_HEADER,
      pages: hasExplorer ? explorer().createExplorer(sample) : undefined,
    },
    limits,
  );
  const adminPort = await opened(admin, config.ADMIN_PORT, config.ADMIN_HOST);
  const port = await opened(publicServer.server, config.PORT, config.HOST).catch(async (cause) => {
    await closed(admin);
    throw cause;
  });
  lifecycle.started();

  async function leave(delayMs: number): Promise<boolean> {
    const signalledAt = performance.now();
    const until = (ms: number) => Math.max(0, signalledAt + ms - performance.now());
    // Whoever follows an upgrade comes again to another replica, and not all do so at once.
    const ended = live.close(delayMs);
    publicServer.leave(delayMs);
    if (delayMs > 0) await pause(delayMs);
    await ended;
    const cut = await lifecycle.drained(until(CUT_AT_MS));
    if (cut > 0) await cutReads(cut);
    const closing = Promise.all([publicServer.close(), closed(admin), confirms.close()]).then(() =>
      Promise.all([engine.stop(), client.close(), redis?.close()]),
    );
    const isClosed = await endsWithin(CLOSE_LIMIT_MS, closing);
    if (!isClosed) log.error({ limitMs: CLOSE_LIMIT_MS }, 'close cut');
    const isWritten = await telemetry.close(until(GONE_AT_MS));
    return cut === 0 && isClosed && isWritten;
  }

  /** Only reads take so long: several may follow one another in an operation. */
  async function cutReads(operations: number): Promise<void> {
    lifecycle.cut();
    log.error({ operations }, 'reads cut');
    void client.cutReads();
    await lifecycle.drained(CUT_ANSWERS_MS);
  }

  return {
    url: `http://${shownHost(config.HOST)}:${port}/graphql`,
    adminUrl: `http://${shownHost(config.ADMIN_HOST)}:${adminPort}`,
    drain() {
      lifecycle.leave();
      log.info({ delayMs: config.DRAIN_DELAY_MS }, 'leaving');
      return leave(config.DRAIN_DELAY_MS);
    },
    async close() {
      await leave(0);
    },
  };
}

const shownHost = (host: string) => (['127.0.0.1', '0.0.0.0', '::', '::1'].includes(host) ? 'localhost' : host);

/** Loaded late: a gateway that stands alone has no use for it. */
function redisStore(url: string, replicasAck: number, reporter: RedisReporter): RedisStore {
  const { createRedisStore } = require('./confirms/store/redis') as typeof import('./confirms/store/redis');
  return createRedisStore(url, replicasAck, reporter);
}

/** Loaded only where an explorer is on. */
const explorer = (): typeof import('./explorer/explorer') => require('./explorer/explorer');
