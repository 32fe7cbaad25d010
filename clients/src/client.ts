// The client: what an app calls.

import { createAsker, type TokenSource } from './ask.js';
import { check } from './check.js';
import { createPlaces, follow } from './follow.js';
import { type MyDevice, myDevices } from './myDevices.js';
import { type ConfirmOptions, press } from './press.js';
import type { Signal } from './signal.js';
import { unlessAborted } from './signal.js';
import { canStream, pushBySse } from './sse.js';
import { type Push, type Request, requestByFetch } from './transport.js';
import type { AnyError, CheckResult, ConfirmResult, DeviceNames, UpgradeResult } from './types.js';

export interface FirmwareClientOptions {
  /** Where the gateway takes GraphQL, such as `https://gateway.example.com/graphql`. */
  readonly url: string;
  /** The user's token; or who gives it, and another one when it is told which one was not accepted. */
  readonly token: TokenSource;
  /** How a request is sent. Absent: by the platform's `fetch`. */
  readonly request?: Request | undefined;
  /** How events are pushed; false: never. Absent: as Server-Sent Events where `fetch` is used and can stream. */
  readonly push?: Push | false | undefined;
  /** Streams at once; the others poll. Absent: 3, since a browser has six connections to a host over HTTP/1.1. */
  readonly streamsLimit?: number | undefined;
  /** How often a device that is offline is looked for. Absent: 5000. */
  readonly connectivityPollMs?: number | undefined;
}

export interface CallOptions {
  readonly signal?: Signal | undefined;
}

/** Its methods throw an AbortError where they were aborted, and nothing else: whatever goes wrong is a typed result. */
export interface FirmwareClient {
  /** What is installed, what is offered, and whether the device is online. */
  check(device: DeviceNames, options?: CallOptions): Promise<CheckResult>;
  /**
   * The user has pressed the button. Resolves with the outcome; a press for a device whose press is under way is the same press.
   * Follow the upgrade by `follow`.
   */
  confirm(device: DeviceNames, options?: ConfirmOptions): Promise<ConfirmResult>;
  /** The upgrade's state now, then every change, to its end. */
  follow(device: DeviceNames, options?: CallOptions): AsyncIterableIterator<UpgradeResult>;
  /** The user's devices, each once, over all pages; an error is the last thing told. */
  myDevices(options?: CallOptions): AsyncIterableIterator<MyDevice | AnyError>;
}

const STREAMS_LIMIT = 3;
const CONNECTIVITY_POLL_MS = 5000;

export function createFirmwareClient(options: FirmwareClientOptions): FirmwareClient {
  const { url, token, request, streamsLimit = STREAMS_LIMIT } = options;
  const byDefault = request === undefined && canStream() ? pushBySse : undefined;
  const push = options.push === false ? undefined : (options.push ?? byDefault);
  const asker = createAsker({ url, token, request: request ?? requestByFetch });
  const following = { asker, url, push, places: createPlaces(streamsLimit) };
  const pressing = {
    asker,
    keys: new Map<string, string>(),
    connectivityPollMs: options.connectivityPollMs ?? CONNECTIVITY_POLL_MS,
    follow: (device: DeviceNames, signal?: Signal) => follow(following, device, signal),
  };
  const running = new Map<string, Promise<ConfirmResult>>();

  async function confirm(device: DeviceNames, options: ConfirmOptions = {}): Promise<ConfirmResult> {
    const id = `${device.productId}/${device.deviceName}`;
    for (let one = running.get(id); one !== undefined; one = running.get(id)) {
      // Where the other caller aborted it, this one goes on, under the same key.
      const result = await unlessAborted(one, options.signal).catch((cause: unknown) => {
        if (options.signal?.aborted) throw cause;
      });
      if (result) return result;
    }
    const one = press(pressing, device, options).finally(() => running.delete(id));
    running.set(id, one);
    return one;
  }

  return {
    check: (device, { signal } = {}) => check(asker, device, signal),
    confirm,
    follow: (device, { signal } = {}) => follow(following, device, signal),
    myDevices: ({ signal } = {}) => myDevices(asker, signal),
  };
}
