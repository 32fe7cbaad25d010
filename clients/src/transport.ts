// The ways to the gateway that an app may replace: a request with one answer, and a stream of events.

import type { Signal } from './signal.js';

export interface Outgoing {
  readonly url: string;
  readonly method: 'POST';
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Aborted when nobody waits for the answer any more. */
  readonly signal: Signal;
}

export interface Incoming {
  readonly status: number;
  /** The body, as text. */
  readonly body: string;
  /** The header of this name, if it can be read. */
  readonly retryAfter?: string | null | undefined;
}

/** Sends one request, once, and resolves with its answer. Rejects where none came. */
export type Request = (outgoing: Outgoing) => Promise<Incoming>;

/** What one event holds. */
export interface Payload {
  readonly data?: unknown;
  readonly errors?: unknown;
}

export interface Subscribing {
  readonly url: string;
  readonly query: string;
  readonly variables: object;
  /** The value of the header `Authorization`. */
  readonly authorization: string;
  /** Aborted when nobody listens any more. */
  readonly signal: Signal;
  onEvent(payload: Payload): void;
}

/**
 * How a stream ended: by itself; cut in between, so that another may be tried; or never begun, since there is none to be had
 * on this way. Never rejects.
 */
export type PushEnd = 'completed' | 'cut' | 'refused';

export type Push = (subscribing: Subscribing) => Promise<PushEnd>;

/** A stream that has told nothing for so long, not even that it lives, is cut. The gateway says so every 5 s. */
export const SILENT_MS = 20_000;

interface FetchAnswer {
  readonly status: number;
  readonly headers: { get(name: string): string | null };
  readonly body?: { getReader?(): Reader } | null;
  text(): Promise<string>;
}

export interface Reader {
  read(): Promise<{ done: boolean; value?: Uint8Array }>;
  cancel(): Promise<void>;
}

interface Web {
  readonly fetch?: (url: string, options: object) => Promise<FetchAnswer>;
  readonly AbortController?: new () => { readonly signal: unknown; abort(): void };
  readonly Response?: { readonly prototype: object };
}

export const web = globalThis as unknown as Web;

/** The platform's `fetch`, which takes no signal but the platform's own. @throws Error where there is none */
export async function fetched({ url, signal, ...options }: Outgoing): Promise<FetchAnswer> {
  if (web.fetch === undefined) throw new Error('There is no fetch here: give createFirmwareClient a `request`.');
  const controller = web.AbortController && new web.AbortController();
  const abort = () => controller?.abort();
  signal.addEventListener('abort', abort);
  return web.fetch(url, { ...options, signal: controller?.signal });
}

export const requestByFetch: Request = async (outgoing) => {
  const answer = await fetched(outgoing);
  return { status: answer.status, body: await answer.text(), retryAfter: answer.headers.get('retry-after') };
};
