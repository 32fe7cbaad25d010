// The parts of the gateway, put together and set to listen; and taken down in order.

import { setTimeout as pause } from 'node:timers/promises';
import type { DestinationStream } from 'pino';
import type { Config } from './config';
import { createConfirms } from './confirms/confirms';
import type { RedisStore } from './confirms/store/redis';
import { createEngine } from './engine/engine';
import type { Sample } from './explorer/sample';
import { createAdminServer } from './http/admin';
import { createCors, HOSTED_SANDBOX_ORIGIN } from './http/cors';
import { createLifecycle } from './http/lifecycle';
import { createListener } from './http/listener';
import { closed, createPublicServer, opened } from './http/servers';
import { METRICS_TYPE } from './telemetry/metrics';
import { createTelemetry } from './telemetry/telemetry';
import { createTokenApiClient } from './tokenapi/client';

/** From the signal to the exit at most, so that an orchestrator need not kill. */
const LEAVE_LIMIT_MS = 19_000;

export interface Gateway {
  /** Where GraphQL is, such as `http://localhost:4000/graphql`. */
  readonly url: string;
  readonly adminUrl: string;
  /** Goes on serving for DRAIN_DELAY_MS while no longer ready, then finishes what is under way, then closes. */
  drain(): Promise<void>;
  /** Finishes what is under way and closes. */
  close(): Promise<void>;
}

export interface GatewayOptions {
  /** What the explorer's page is filled in with. */
  sample?: Sample;
  /** Where the log goes instead of stdout. */
  logTo?: DestinationStream;
}

/**
 * Starts serving; resolves once GraphQL is.
 *
 * @throws Error if a port cannot be had
 */
export async function startGateway(config: Config, { sample, logTo }: GatewayOptions = {}): Promise<Gateway> {
  const telemetry = createTelemetry({
    logLevel: config.LOG_LEVEL,
    logTo,
    traceEndpoint: config.OTEL_EXPORTER_OTLP_ENDPOINT,
    upstream: config.TOKENAPI_URL,
  });
  const { log } = telemetry;
  const client = createTokenApiClient({
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
  });
  const redis = config.REDIS_URL === undefined ? undefined : redisStore(config.REDIS_URL, telemetry.redisChanged);
  const confirms = createConfirms({
    client,
    shared: redis,
    onLost: (what) => log.error({ what }, 'idempotency key not written'),
  });
  const [engine] = await Promise.all([
    createEngine({
      introspection: config.INTROSPECTION === 'on',
      fastLane: config.FAST_LANE === 'on',
      watcher: telemetry,
    }),
    redis?.connected(),
  ]);

  telemetry.metrics.watch({
    upstream_in_flight: client.admission.inFlight,
    upstream_queued: client.admission.queued,
    breaker_state: () => ({ reads: client.breakers.reads.state(), confirms: client.breakers.confirms.state() }),
    documents: engine.documents.size,
    redis_up: () => redis?.isUp() ?? false,
  });

  const hasExplorer = config.EXPLORER !== 'off';
  const lifecycle = createLifecycle();
  const admin = createAdminServer(lifecycle, { type: METRICS_TYPE, text: telemetry.metrics.text });
  const server = createPublicServer(
    createListener({
      engine,
      services: { client, confirms },
      lifecycle,
      telemetry,
      cors: createCors([...config.CORS_ORIGINS, ...(hasExplorer ? [HOSTED_SANDBOX_ORIGIN] : [])]),
      isFull: () => false,
      routerSecret: config.ROUTER_SECRET,
      pages: hasExplorer ? explorer().createExplorer(sample) : undefined,
    }),
  );
  const adminPort = await opened(admin, config.ADMIN_PORT, config.HOST);
  const port = await opened(server, config.PORT, config.HOST).catch(async (cause) => {
    await closed(admin);
    throw cause;
  });
  lifecycle.started();

  async function close(limitMs = LEAVE_LIMIT_MS): Promise<void> {
    await lifecycle.drained(limitMs);
    await Promise.all([closed(server), closed(admin)]);
    await Promise.all([engine.stop(), client.close(), redis?.close()]);
    await telemetry.close();
  }

  const host = ['127.0.0.1', '0.0.0.0', '::', '::1'].includes(config.HOST) ? 'localhost' : config.HOST;
  return {
    url: `http://${host}:${port}/graphql`,
    adminUrl: `http://${host}:${adminPort}`,
    async drain() {
      lifecycle.leave();
      log.info({ delayMs: config.DRAIN_DELAY_MS }, 'leaving');
      await pause(config.DRAIN_DELAY_MS);
      await close(LEAVE_LIMIT_MS - config.DRAIN_DELAY_MS);
    },
    close,
  };
}

/** Loaded late: a gateway that stands alone has no use for it. */
function redisStore(url: string, onChange: (isUp: boolean) => void): RedisStore {
  const { createRedisStore } = require('./confirms/store/redis') as typeof import('./confirms/store/redis');
  return createRedisStore(url, onChange);
}

/** Loaded only where an explorer is on. */
const explorer = (): typeof import('./explorer/explorer') => require('./explorer/explorer');
