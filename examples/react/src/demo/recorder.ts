// What the client sends and is answered, kept for each device since its last press. It sends nothing by itself.

import { type Payload, type Push, pushBySse, type Request } from 'firmware-gateway-client';

export interface Exchange {
  readonly id: number;
  readonly operation: string;
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly authorization: string;
  /** The answer, or the last event; undefined as long as there is none. */
  readonly answer: unknown;
  /** Of a stream: how many so far. */
  readonly events?: number;
}

export interface Recorder {
  readonly request: Request;
  readonly push: Push;
  subscribe(listener: () => void): () => void;
  /** The same array as long as nothing was added. */
  exchangesOf(deviceName: string): readonly Exchange[];
}

/** Each press brings a few; a device that is waited for brings one a second. */
const KEPT = 6;
const NONE: readonly Exchange[] = [];

interface Sent {
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
}

export function createRecorder(): Recorder {
  const listeners = new Set<() => void>();
  const byDevice = new Map<string, readonly Exchange[]>();
  let count = 0;

  const tell = (device: string, exchanges: readonly Exchange[]) => {
    byDevice.set(device, exchanges);
    for (const listener of listeners) listener();
  };

  /** @returns adds what came; undefined where it belongs to no press */
  function begin({ query, variables }: Sent, authorization: string): ((came: Partial<Exchange>) => void) | undefined {
    const device = String(variables.deviceName ?? '');
    const before = byDevice.get(device) ?? NONE;
    const isPress = query.startsWith('mutation');
    if (!isPress && before.length === 0) return undefined;
    const isSamePress = before.some((each) => each.variables.idempotencyKey === variables.idempotencyKey);
    const id = ++count;
    const operation = /^\w+ (\w+)/.exec(query)?.[1] ?? '';
    const exchange: Exchange = { id, operation, query, variables, authorization, answer: undefined };
    const all = isPress && !isSamePress ? [exchange] : [...before, exchange];
    // The first is the press itself.
    tell(device, [...all.slice(0, 1), ...all.slice(1).slice(1 - KEPT)]);
    return (came) => {
      const now = byDevice.get(device) ?? NONE;
      tell(
        device,
        now.map((each) => (each.id === id ? { ...each, ...came } : each)),
      );
    };
  }

  return {
    async request({ url, method, headers, body, signal }) {
      const add = begin(JSON.parse(body) as Sent, headers.authorization ?? '');
      const leaving = new AbortController();
      signal.addEventListener('abort', () => leaving.abort());
      const response = await fetch(url, { method, headers, body, signal: leaving.signal });
      const text = await response.text();
      add?.({ answer: parsed(text) });
      return { status: response.status, body: text, retryAfter: response.headers.get('retry-after') };
    },
    push(subscribing) {
      const { query, variables, authorization, onEvent } = subscribing;
      const add = begin({ query, variables: { ...variables } as Sent['variables'] }, authorization);
      let events = 0;
      const record = (payload: Payload) => {
        events += 1;
        add?.({ answer: payload, events });
        onEvent(payload);
      };
      return pushBySse({ ...subscribing, onEvent: record });
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    exchangesOf: (deviceName) => byDevice.get(deviceName) ?? NONE,
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
