// A user's app: confirms over HTTP and takes down what it gets, when, and with which headers.

import { Agent, type IncomingHttpHeaders, type IncomingMessage, request } from 'node:http';
import { crowd } from './crowd';
import { PRODUCT, type Run } from './run';

export const CONFIRM = `mutation Confirm($productId: String!, $deviceName: String!) {
  confirmFirmwareUpgrade(productId: $productId, deviceName: $deviceName) {
    __typename
    ... on ConfirmFirmwareUpgradeSuccess { requestId device { id } }
    ... on TokenApiError { code message requestId nextStep retryAfterMs }
  }
}`;

/** What the app gets for a confirm. */
export interface ConfirmResult {
  __typename: string;
  requestId?: string;
  code?: string;
  nextStep?: string;
  retryAfterMs?: number | null;
  message?: string;
}

export interface Answer {
  device: string;
  /** When it was sent, and when all of the answer was there. */
  startedAt: number;
  endedAt: number;
  /** 0 if no answer came, or if nobody waited for it. */
  status: number;
  headers: IncomingHttpHeaders;
  body: string;
  result?: ConfirmResult;
  /** True if the app gave up by itself. */
  left?: boolean;
}

export interface ConfirmOptions {
  token?: string;
  product?: string;
  headers?: Record<string, string>;
  /** The app leaves after so long. */
  leavesAfterMs?: number;
}

/** A user and a key. */
export const keyed = (token: string, key: string): ConfirmOptions => ({ token, headers: { 'idempotency-key': key } });

/** Users that a client speaks for in turns, unless it is told another. Each has a share of what the gateway does at once. */
const USERS = 50;
const INTRODUCED_AT_ONCE = 4;
/** Orders for devices with this beginning are answered at once by an upstream that is calm. */
export const KNOWN = 'known-';

export interface Client {
  /** Lets the upstream answer each user once: until then, they share what the gateway leaves to strangers. */
  introduce(): Promise<void>;
  confirm(device: string, options?: ConfirmOptions): Promise<Answer>;
  /** Posts any GraphQL request. */
  post(body: unknown, device: string, options?: ConfirmOptions): Promise<Answer>;
  close(): void;
}

/** Speaks by Node's own client, so that it shares nothing with the one that the gateway uses. */
export function createClient(run: Pick<Run, 'canary'>, origin: string): Client {
  const agent = new Agent({ keepAlive: true, maxSockets: Number.POSITIVE_INFINITY, maxFreeSockets: 1000 });
  const url = new URL('/graphql', origin);
  let calls = 0;

  function post(body: unknown, device: string, options: ConfirmOptions = {}): Promise<Answer> {
    const { token = run.canary.token(++calls % USERS), headers = {}, leavesAfterMs } = options;
    const text = JSON.stringify(body);
    const answer: Answer = { device, startedAt: performance.now(), endedAt: 0, status: 0, headers: {}, body: '' };
    return new Promise((resolve) => {
      let leaving: NodeJS.Timeout | undefined;
      const settle = (rest: Partial<Answer>) => {
        clearTimeout(leaving);
        Object.assign(answer, rest, { endedAt: performance.now() });
        run.canary.inspect('responses', JSON.stringify(answer.headers) + answer.body);
        const result = resultFrom(answer.body);
        resolve(result ? { ...answer, result } : answer);
      };
      const sent = request(url, {
        agent,
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'content-length': Buffer.byteLength(text),
          authorization: `Bearer ${token}`,
          ...headers,
        },
      });
      // How long it takes to reach the gateway is not the gateway's.
      sent.once('socket', (socket) => {
        const start = () => {
          answer.startedAt = performance.now();
        };
        if (socket.connecting) socket.once('connect', start);
        else start();
      });
      sent.once('response', (response: IncomingMessage) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.once('end', () =>
          settle({
            status: response.statusCode ?? 0,
            headers: response.headers,
            body: Buffer.concat(chunks).toString(),
          }),
        );
        response.once('error', (cause) => settle({ body: String(cause) }));
      });
      sent.once('error', (cause) => settle({ body: String(cause) }));
      if (leavesAfterMs !== undefined)
        leaving = setTimeout(() => {
          settle({ left: true });
          sent.destroy();
        }, leavesAfterMs);
      sent.end(text);
    });
  }

  const confirm = (device: string, options: ConfirmOptions = {}) =>
    post({ query: CONFIRM, variables: { productId: options.product ?? PRODUCT, deviceName: device } }, device, options);

  return {
    post,
    confirm,
    introduce: () =>
      crowd(USERS, INTRODUCED_AT_ONCE, async (user) => {
        await confirm(`${KNOWN}${user}`, { token: run.canary.token(user) });
      }),
    close: () => agent.destroy(),
  };
}

function resultFrom(body: string): ConfirmResult | undefined {
  try {
    const { data } = JSON.parse(body) as { data?: { confirmFirmwareUpgrade?: ConfirmResult } };
    return data?.confirmFirmwareUpgrade;
  } catch {
    return undefined;
  }
}
