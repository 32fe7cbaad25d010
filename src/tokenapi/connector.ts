// How a connection to the platform is made, by undici: directly, or by a tunnel through the proxy. Every connection is made here, so a
// TLS session of one is resumed by the next, whatever it is for.

import { Socket } from 'node:net';
import { buildConnector, EnvHttpProxyAgent, Pool } from 'undici';

/** The way out through a proxy: its URL, and the hosts that are reached without it. */
export interface OutboundProxy {
  httpsProxy: string;
  noProxy: string;
}

export interface ConnectorOptions {
  connectTimeoutMs: number;
  proxy?: OutboundProxy | undefined;
}

export interface Connector {
  /** For undici's `connect`. */
  readonly connect: buildConnector.connector;
  /** Makes a connection that no request waits for yet. The function that is returned gives up, if it is not there yet. */
  dial(callback: buildConnector.Callback): () => void;
  close(): Promise<void>;
}

export function createConnector(url: URL, { connectTimeoutMs, proxy }: ConnectorOptions): Connector {
  const direct = buildConnector({
    timeout: connectTimeoutMs,
    // undici's HTTP/2 sends a refused stream's POST again.
    // Stryker disable next-line BooleanLiteral: over TLS alone, and so in gateways of their own process alone.
    allowH2: false,
    // Stryker disable next-line BooleanLiteral: it matters where a host has addresses of which one does not answer.
    autoSelectFamily: true,
    // Node's 250 ms an address is short across continents.
    autoSelectFamilyAttemptTimeout: 1000,
  });
  const { connector, agent } =
    proxy && url.protocol === 'https:'
      ? throughProxy(url, direct, connectTimeoutMs, proxy)
      : { connector: direct, agent: undefined };
  const connect = holdingSessions(connector);
  const { host, protocol, port } = url;
  // As undici has it: without the brackets of an IPv6 address.
  const target = { host, hostname: url.hostname.replace(/^\[|\]$/g, ''), protocol, port };
  return {
    connect,
    dial(callback) {
      // undici's types do not say so, but its own connector returns the socket. That of a proxy returns a promise.
      const made: unknown = connect(target, callback);
      return () => {
        if (made instanceof Socket) made.destroy();
      };
    },
    close: async () => agent?.destroy(),
  };
}

/** undici remembers the TLS session of a host, but weakly: what nobody else holds is lost with the next garbage collection. */
function holdingSessions(connector: buildConnector.connector): buildConnector.connector {
  const held: { session?: Buffer } = {};
  return (options, callback) =>
    connector(options, (...made: Parameters<buildConnector.Callback>) => {
      // With TLS 1.3 it comes after the handshake, and undici hears of it first.
      made[1]?.on('session', (session: Buffer) => {
        held.session = session;
      });
      callback(...made);
    });
}

/** undici's agent for proxies shows its connector to the factory of its pools, which it calls with the first request: here one that is not sent. */
function throughProxy(url: URL, direct: buildConnector.connector, connectTimeoutMs: number, proxy: OutboundProxy) {
  let connector: buildConnector.connector | undefined;
  const agent = new EnvHttpProxyAgent({
    ...proxy,
    requestTls: { timeout: connectTimeoutMs },
    proxyTls: { timeout: connectTimeoutMs },
    // A proxy that does not answer CONNECT would hold its place for minutes.
    clientFactory: (origin, tunnel) =>
      new Pool(origin, { ...tunnel, connectTimeout: connectTimeoutMs, headersTimeout: connectTimeoutMs }),
    factory(origin, { connect }: Pool.Options) {
      // Without one, the host is to be reached past the proxy.
      connector = typeof connect === 'function' ? connect : direct;
      return new Pool(origin, { connect: (_options, callback) => callback(new Error('not to be sent'), null) });
    },
  });
  const nobody = { onRequestStart: () => undefined, onResponseError: () => undefined };
  agent.dispatch({ origin: url.origin, path: '/', method: 'GET' }, nobody);
  // Never past a proxy for want of knowing better.
  if (!connector) throw new Error('undici has not shown how it connects through the proxy.');
  return { connector, agent };
}
