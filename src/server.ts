// The parts of the gateway, put together and set to listen; and taken down in order.

import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import type { DestinationStream } from 'pino';
import type { Config } from './config';
import { createConfirms } from './confirms/confirms';
import type { RedisStore } from './confirms/store/redis';
import { createEngine } from './engine/engine';
import type { Sample } from './explorer/sample';
import { createLifecycle, type Lifecycle } from './http/lifecycle';
import { createListener } from './http/listener';
import { METRICS_TYPE, type Metrics } from './telemetry/metrics';
import { createTelemetry } from './telemetry/telemetry';
import { createTokenApiClient } from './tokenapi/client';

/** A client gets so long to send its headers, and so long for the whole request. */
export const HEADERS_TIMEOUT_MS = 5000;
export const REQUEST_TIMEOUT_MS = 10_000;
const TIMEOUTS_CHECK_MS = 1000;
/** Above the balancer's, which must be the one to close an idle connection. */
const KEEP_ALIVE_MS = 65_000;
export const CONNECTIONS_LIMIT = 10_000;
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
  const telemetry = createTelemetry(config, logTo);
  const { log } = telemetry;
  const lifecycle = createLifecycle();
  const client = createTokenApiClient({
    url: config.TOKENAPI_URL,
    timeoutMs: config.TOKENAPI_TIMEOUT_MS,
    places: config.MAX_UPSTREAM_CALLS,
    proxy: config.HTTPS_PROXY === undefined ? undefined : { httpsProxy: config.HTTPS_PROXY, noProxy: config.NO_PROXY },
    observe: telemetry.callEnded,
    onBreakerChange: telemetry.breakerChanged,
  });
  const redis = config.REDIS_URL === undefined ? undefined : redisStore(config.REDIS_URL, telemetry.redisChanged);
  const confirms = createConfirms({
    timeoutMs: config.TOKENAPI_TIMEOUT_MS,
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
    breaker_state: client.breaker.state,
    documents: engine.documents.size,
    redis_up: () => redis?.isUp() ?? false,
  });

  const admin = createAdminServer(lifecycle, telemetry.metrics);
  const server = createServer(
    {
      headersTimeout: HEADERS_TIMEOUT_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
      connectionsCheckingInterval: TIMEOUTS_CHECK_MS,
      keepAliveTimeout: KEEP_ALIVE_MS,
    },
    createListener({ config, engine, client, confirms, lifecycle, telemetry, sample }),
  );
  server.maxConnections = CONNECTIONS_LIMIT;
  const adminPort = await listening(admin, config.ADMIN_PORT, config.HOST);
  const port = await listening(server, config.PORT, config.HOST).catch(async (cause) => {
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

/** What a balancer asks, and what Prometheus does. */
function createAdminServer(lifecycle: Lifecycle, metrics: Metrics): Server {
  return createServer(async ({ url }, response) => {
    const tell = (status: number, body: string, type = 'text/plain; charset=utf-8') => {
      response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' });
      response.end(body);
    };
    if (url === '/livez') tell(200, 'ok\n');
    else if (url === '/readyz') tell(lifecycle.isReady() ? 200 : 503, lifecycle.isReady() ? 'ok\n' : 'not ready\n');
    else if (url === '/metrics') tell(200, await metrics.text(), METRICS_TYPE);
    else tell(404, 'Here are /livez, /readyz and /metrics.\n');
  });
}

/** Loaded late: a gateway that stands alone has no use for it. */
function redisStore(url: string, onChange: (isUp: boolean) => void): RedisStore {
  const { createRedisStore } = require('./confirms/store/redis') as typeof import('./confirms/store/redis');
  return createRedisStore(url, onChange);
}

function listening(server: Server, port: number, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => resolve((server.address() as AddressInfo).port));
  });
}

/** Stops listening and closes every connection: by now none has anything under way that could still be answered. */
function closed(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeIdleConnections();
    setTimeout(() => server.closeAllConnections(), CLOSE_GRACE_MS).unref();
  });
}

/** So long an answer that was just written may take to be read. */
const CLOSE_GRACE_MS = 300;
