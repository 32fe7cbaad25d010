// A gateway over a simulator whose trouble the tests of the client package play, and what the simulator received.

import { createFirmwareClient, type FirmwareClientOptions, type Request } from 'firmware-gateway-client';
import { type Pair, type PairOptions, PRODUCT, startPair, TOKEN } from '../../pair';

export const device = (deviceName: string) => ({ productId: PRODUCT, deviceName });

export const clientOf = ({ url }: Pair, options: Partial<FirmwareClientOptions> = {}) =>
  createFirmwareClient({ url, token: TOKEN, connectivityPollMs: 50, ...options });

/** The sends that the platform received, in their order. */
export const sends = ({ simulator }: Pair) =>
  simulator.received.filter(({ action }) => action === 'AppPublishFirmwareUpdateMessage');

export const reads = ({ simulator }: Pair) =>
  simulator.received.filter(({ action }) => action === 'AppDescribeFirmwareUpdateStatus');

export interface Wire {
  readonly request: Request;
  /** The variables and the token of every request. */
  readonly sent: { query: string; variables: Record<string, unknown>; authorization: string | undefined; at: number }[];
  /** What becomes of the answer with this number, counted from 0. */
  fate: (nth: number, query: string) => 'arrives' | 'is lost' | 'never comes';
}

/** A network between the client and the gateway that loses answers: the gateway has had each request by then. */
export function wireOf(): Wire {
  const wire: Wire = {
    sent: [],
    fate: () => 'arrives',
    async request({ url, method, headers, body, signal }) {
      const { query, variables } = JSON.parse(body);
      const fate = wire.fate(wire.sent.length, query);
      wire.sent.push({ query, variables, authorization: headers.authorization, at: Date.now() });
      const answer = await fetch(url, { method, headers, body });
      const text = await answer.text();
      if (fate === 'is lost') throw new Error('The connection was reset.');
      if (fate === 'never comes') await new Promise((resolve) => signal.addEventListener('abort', () => resolve(null)));
      return { status: answer.status, body: text, retryAfter: answer.headers.get('retry-after') };
    },
  };
  return wire;
}

export const keysOf = ({ sent }: Wire) =>
  sent.flatMap(({ query, variables }) => (query.startsWith('mutation') ? [variables.idempotencyKey] : []));

/** The platform refuses so many calls of this action with this code. */
export function refuseWith(pair: Pair, action: string, code: string, times = Number.POSITIVE_INFINITY): void {
  let left = times;
  pair.simulator.override = (call, response) => {
    if (call.action !== action || left-- <= 0) return false;
    const Response = { Error: { Code: code, Message: 'no' }, RequestId: call.body.RequestId };
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ Response }));
    return true;
  };
}

export async function withPair<T>(use: (pair: Pair) => Promise<T>, options?: PairOptions): Promise<T> {
  const pair = await startPair(options);
  try {
    return await use(pair);
  } finally {
    await pair.close();
  }
}

export async function all<T>(events: AsyncIterable<T>): Promise<T[]> {
  const told: T[] = [];
  for await (const event of events) told.push(event);
  return told;
}
