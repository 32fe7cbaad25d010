// The parts of undici that a call needs, each by its file. The whole of it is fetch, WebSocket, caches and doubles for tests besides,
// and takes four times as long to load, which is a sixth of this process' start.

import type * as Undici from 'undici';

export const Pool = require('undici/lib/dispatcher/pool.js') as typeof Undici.Pool;
export const buildConnector = require('undici/lib/core/connect.js') as typeof Undici.buildConnector;

/** Loaded, with the whole of undici, only where there is a proxy. */
export const envHttpProxyAgent = (): typeof Undici.EnvHttpProxyAgent =>
  (require('undici') as typeof Undici).EnvHttpProxyAgent;
