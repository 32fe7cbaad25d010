// The connections to one URL: which of them carries a POST. Knows undici; knows neither actions nor what an answer means.

import type { buildConnector } from 'undici';
import type { Connector } from './connector';
import { ANSWER_LIMIT_BYTES, Exchange, type ExchangeOutcome } from './exchange';
import { Spares, type SparesOptions } from './spares';
import { Pool } from './undici';

export interface Wire {
  /**
   * Posts a JSON text. Its outcome is told at most `limitMs` later, and nothing is sent after that. An answer that had arrived by
   * then counts, even if a stall of the process kept it from being read.
   *
   * @param isRepeat whether it needs a connection that is newly made
   */
  post(body: string, limitMs: number, isRepeat: boolean, told: ExchangeOutcome): void;
  /** A user is there, for whom a connection may soon be needed. */
  userIsThere(): void;
  close(): Promise<void>;
}

/** How long an idle connection is kept, in milliseconds. */
export interface KeepAlive {
  /** Where the server does not say how long it keeps one. */
  usualMs: number;
  /** Where it says more than this. */
  mostMs: number;
  /** Given up so long before the server does. */
  earlierMs: number;
}

export interface WireOptions {
  connector: Connector;
  connections: number;
  keepAlive: KeepAlive;
  /** Without it, no connection is made before it is needed. */
  spares?: SparesOptions | undefined;
}

/** HTTP/1.1 connections to one URL. */
export function createWire(url: URL, { connector, connections, keepAlive, spares: sparesOptions }: WireOptions): Wire {
  const spares = sparesOptions && new Spares(connector, sparesOptions);
  const connect = spares?.connect ?? connector.connect;
  let connects = 0;
  const counted: buildConnector.connector = (options, callback) => {
    connects++;
    connect(options, callback);
  };
  const poolWith = (connect: buildConnector.connector) =>
    new Pool(url.origin, {
      connect,
      connections,
      pipelining: 1,
      // Deadlines are the exchange's own: undici's are coarse and start late.
      headersTimeout: 0,
      bodyTimeout: 0,
      maxResponseSize: ANSWER_LIMIT_BYTES,
      keepAliveTimeout: keepAlive.usualMs,
      keepAliveMaxTimeout: keepAlive.mostMs,
      keepAliveTimeoutThreshold: keepAlive.earlierMs,
    });
  const usual = poolWith(counted);
  /** Of repeats: each of its connections is newly made, carries one request and is closed. */
  const repeats = poolWith(connector.connect);

  const { origin } = url;
  const path = url.pathname + url.search;
  const headers = ['content-type', 'application/json'];
  return {
    post(body, limitMs, isRepeat, told) {
      const exchange = new Exchange(told, limitMs);
      const before = connects;
      try {
        const pool = isRepeat ? repeats : usual;
        pool.dispatch({ origin, path, method: 'POST', headers, body, reset: isRepeat }, exchange);
        // Stryker disable next-line BlockStatement: undici throws here for arguments alone that are never given.
      } catch (cause) {
        exchange.onResponseError(undefined, cause as Error);
      }
      // A pool that has no connection for a request asks for one at once.
      exchange.isOnKeptConnection = !isRepeat && connects === before;
    },
    userIsThere: () => spares?.userIsThere(),
    // Stryker disable next-line BlockStatement,ArrayDeclaration: idle connections close by themselves later.
    async close() {
      spares?.close();
      await Promise.all([usual.destroy(), repeats.destroy()]);
    },
  };
}
