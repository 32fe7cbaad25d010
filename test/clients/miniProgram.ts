// A runtime with what a mini program has, and nothing else: the language, timers and `wx`. The package's modules run in there.

import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import { dirname, join } from 'node:path';
import { createContext, runInContext } from 'node:vm';
import { WebSocket } from 'ws';

interface RequestOptions {
  url: string;
  method: string;
  header: Record<string, string>;
  data: string;
  success(answer: object): void;
  fail(cause: object): void;
}

/** `wx.request`: what it sends, it sends over HTTP, and what it does not know it refuses. */
function wxRequest({ url, method, header, data, success, fail }: RequestOptions) {
  const sending = request(url, { method, headers: header }, async (response) => {
    const body = Buffer.concat(await response.toArray()).toString();
    success({ statusCode: response.statusCode, data: body, header: { ...response.headers } });
  });
  sending.on('error', ({ message }) => fail({ errMsg: `request:fail ${message}` }));
  sending.end(data);
  return { abort: () => sending.destroy() };
}

interface SocketOptions {
  url: string;
  protocols: string[];
  fail(cause: object): void;
}

function wxConnectSocket({ url, protocols }: SocketOptions) {
  const socket = new WebSocket(url, protocols);
  socket.on('error', () => undefined);
  return {
    onOpen: (listener: () => void) => socket.on('open', listener),
    onMessage: (listener: (message: object) => void) =>
      socket.on('message', (data) => listener({ data: String(data) })),
    onClose: (listener: () => void) => socket.on('close', listener),
    onError: (listener: () => void) => socket.on('error', listener),
    send: ({ data }: { data: string }) => socket.send(data),
    close: () => socket.close(),
  };
}

export const wx = { request: wxRequest, connectSocket: wxConnectSocket };

/**
 * The module with this path, as a mini program loads it.
 *
 * @param packages where the developer tools have put what they build of npm's packages; they know no `exports`
 */
export function loadedInMiniProgram(path: string, globals: object, packages = ''): Record<string, never> {
  const context = createContext({ setTimeout, clearTimeout, ...globals });
  const modules = new Map<string, { exports: Record<string, never> }>();
  const load = (name: string): Record<string, never> => {
    const path = name.endsWith('.js') ? name : `${name}.js`;
    const known = modules.get(path);
    if (known) return known.exports;
    const module = { exports: {} };
    modules.set(path, module);
    const wrapped = `(function (module, exports, require) {${readFileSync(path, 'utf8')}\n})`;
    const run = runInContext(wrapped, context, { filename: path });
    run(module, module.exports, (from: string) => load(join(from.startsWith('.') ? dirname(path) : packages, from)));
    return module.exports;
  };
  const exports = load(path);
  const absent = ['fetch', 'WebSocket', 'AbortController', 'URL', 'TextDecoder', 'crypto', 'process', 'window'];
  const there = absent.filter((global) => runInContext(`typeof ${global}`, context) !== 'undefined');
  if (there.length > 0) throw new Error(`A mini program has no ${there}.`);
  return exports;
}
