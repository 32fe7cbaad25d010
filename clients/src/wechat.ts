// For WeChat's mini programs, and for Taro and uni-app, whose `request` and `connectSocket` have the same shape. A mini program has
// none of `fetch`, `WebSocket`, `AbortController`, `URL` and `TextDecoder`.

import { createFirmwareClient, type FirmwareClient, type FirmwareClientOptions } from './client.js';
import type { Push, Request } from './transport.js';
import { type Connect, pushByWebSocket } from './webSocket.js';

export {
  createUpgradeStates,
  type UpgradeState,
  type UpgradeStateName,
  type UpgradeStates,
} from './upgradeStates.js';

/** As much of `wx`, `Taro` or `uni` as is needed. */
export interface MiniProgram {
  request(options: {
    url: string;
    method: 'POST';
    header: Record<string, string>;
    data: string;
    /** The answer as text, whatever it looks like. */
    dataType: string;
    responseType: 'text';
    success(answer: { statusCode: number; data: unknown; header?: unknown }): void;
    fail(cause: { errMsg?: string }): void;
  }): unknown;
  connectSocket(options: {
    url: string;
    protocols: string[];
    success(): void;
    fail(cause: { errMsg?: string }): void;
    /** uni-app gives the task only where there is one. */
    complete(): void;
  }): unknown;
}

interface SocketTask {
  onOpen(listener: () => void): void;
  onMessage(listener: (message: { data: unknown }) => void): void;
  onClose(listener: () => void): void;
  onError(listener: () => void): void;
  send(options: { data: string; fail?(): void }): void;
  close(options: object): void;
}

const headerOf = (header: unknown, name: string): string | undefined => {
  const [, value] = Object.entries((header ?? {}) as object).find(([key]) => key.toLowerCase() === name) ?? [];
  return value === undefined ? undefined : String(value);
};

export const requestByMiniProgram =
  (mini: Pick<MiniProgram, 'request'>): Request =>
  ({ url, method, headers, body, signal }) =>
    new Promise((resolve, reject) => {
      const task = mini.request({
        url,
        method,
        header: { ...headers },
        data: body,
        dataType: 'text',
        responseType: 'text',
        success({ statusCode, data, header }) {
          const text = typeof data === 'string' ? data : JSON.stringify(data);
          resolve({ status: statusCode, body: text, retryAfter: headerOf(header, 'retry-after') });
        },
        fail: ({ errMsg }) => reject(new Error(errMsg ?? 'request:fail')),
      });
      // Taro's task is a promise, too: what it rejects with is told by `fail`.
      const { abort, catch: caught } = (task ?? {}) as { abort?(): void; catch?(on: () => void): void };
      caught?.call(task, () => undefined);
      signal.addEventListener('abort', () => abort?.call(task));
    });

const connectBy =
  (mini: Pick<MiniProgram, 'connectSocket'>): Connect =>
  (url, protocol, { onOpen, onMessage, onClose }) => {
    let task: SocketTask | undefined;
    let isClosed = false;
    const opening = mini.connectSocket({
      url,
      protocols: [protocol],
      success: () => undefined,
      fail: onClose,
      complete: () => undefined,
    });
    const begin = (opened: unknown) => {
      task = opened as SocketTask;
      if (isClosed) return task.close({});
      task.onOpen(onOpen);
      task.onMessage(({ data }) => onMessage(String(data)));
      task.onClose(onClose);
      task.onError(onClose);
    };
    // Taro gives a promise of the task.
    const { then } = (opening ?? {}) as { then?(begun: (task: unknown) => void, failed: () => void): void };
    if (then) then.call(opening, begin, onClose);
    else if (opening) begin(opening);
    return {
      send: (data) => task?.send({ data, fail: onClose }),
      close() {
        isClosed = true;
        task?.close({});
      },
    };
  };

/** A mini program may have five sockets at once; whoever finds none polls. */
export const pushByMiniProgram = (mini: Pick<MiniProgram, 'connectSocket'>): Push => pushByWebSocket(connectBy(mini));

/** `createMiniProgramClient(wx, { url, token })`; or `Taro`, or `uni`. The host of `url` must be among the mini program's domains. */
export const createMiniProgramClient = (
  mini: MiniProgram,
  options: Omit<FirmwareClientOptions, 'request'>,
): FirmwareClient =>
  createFirmwareClient({ push: pushByMiniProgram(mini), ...options, request: requestByMiniProgram(mini) });
