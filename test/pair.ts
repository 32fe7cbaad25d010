// What every test stands on: a running gateway over a running simulator, spoken to over HTTP.

import { Writable } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import { configFrom } from '../src/config';
import { type GatewayOptions, startGateway } from '../src/server';
import { type Simulator, type SimulatorOptions, startSimulator } from '../src/simulator/simulator';

export const PRODUCT = 'PRDEMO0001';
export const TOKEN = 'demo-token-alice';

export interface Answer {
  status: number;
  headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: an answer's shape is what the test is about
  body: any;
}

export interface RequestOptions {
  token?: string | null;
  headers?: Record<string, string>;
}

export interface Pair {
  url: string;
  adminUrl: string;
  simulator: Simulator;
  /** Every line that the gateway logged. */
  log: Record<string, unknown>[];
  ask(query: string, variables?: Record<string, unknown>, options?: RequestOptions): Promise<Answer>;
  close(): Promise<void>;
}

export interface PairOptions {
  env?: Record<string, string>;
  simulator?: SimulatorOptions;
  gateway?: GatewayOptions;
}

export async function startPair({
  env,
  simulator: simulatorOptions,
  gateway: options,
}: PairOptions = {}): Promise<Pair> {
  const simulator = await startSimulator({ paceMs: 20, ...simulatorOptions });
  const log: Record<string, unknown>[] = [];
  const logTo = new Writable({
    write(lines, _encoding, done) {
      for (const line of lines.toString().trim().split('\n')) log.push(JSON.parse(line));
      done();
    },
  });
  const started = async () =>
    startGateway(configFrom({ PORT: '0', ADMIN_PORT: '0', TOKENAPI_URL: simulator.url, ...env }), {
      logTo,
      ...options,
    });
  // A start that is refused is the point of some tests: nothing is left behind that would keep them from ending.
  const gateway = await started().catch(async (cause: unknown) => {
    await simulator.close();
    throw cause;
  });
  return {
    url: gateway.url,
    adminUrl: gateway.adminUrl,
    simulator,
    log,
    ask: (query, variables, requestOptions) => ask(gateway.url, query, variables, requestOptions),
    async close() {
      await gateway.close();
      // A test may have closed it before: that was its point.
      await simulator.close().catch(() => undefined);
    },
  };
}

export async function ask(
  url: string,
  query: string,
  variables: Record<string, unknown> = {},
  { token = TOKEN, headers = {} }: RequestOptions = {},
): Promise<Answer> {
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(token !== null && { authorization: `Bearer ${token}` }),
      ...headers,
    },
    body: JSON.stringify({ query, variables }),
  });
  return { status: response.status, headers: response.headers, body: await response.json() };
}

export const CONFIRM = `mutation Confirm($productId: String!, $deviceName: String!) {
  confirmFirmwareUpgrade(productId: $productId, deviceName: $deviceName) {
    __typename
    ... on ConfirmFirmwareUpgradeSuccess { requestId device { id } }
    ... on TokenApiError { code message requestId nextStep retryAfterMs }
    ... on DeviceOfflineError { device { id } }
    ... on DeviceHasNoFirmwareError { device { id } }
    ... on FirmwareUpgradeInProgressError { device { id } }
    ... on FirmwareUpgradeOutcomeUnknownError { device { id } }
  }
}`;

/** Confirms, and returns the member of the union that came. */
export async function confirm(pair: Pair, deviceName: string, options?: RequestOptions) {
  const { status, body } = await pair.ask(CONFIRM, { productId: PRODUCT, deviceName }, options);
  if (status !== 200 || body.errors) throw new Error(`expected an answer, got ${status} ${JSON.stringify(body)}`);
  return body.data.confirmFirmwareUpgrade;
}

/** How an error's message repeats the platform's words. */
export const quoted = (words: string): string =>
  words === '' ? 'The platform refused it without a word.' : `The platform says: "${words}"`;

/** Lets the platform answer a user once: until then, one call of theirs is under way at a time. Leaves no trace in `received`. */
export async function prove({ url, simulator }: Pair, token = TOKEN): Promise<void> {
  await ask(url, CONFIRM, { productId: PRODUCT, deviceName: 'lamp-offline' }, { token });
  simulator.received.length = 0;
}

/** Like the platform, but wrong: answers the next calls by `answer`, which is given the RequestId. */
export function answerWith(
  pair: Pair,
  answer: (requestId: string) => { status?: number; headers?: Record<string, string>; body: unknown },
): void {
  pair.simulator.override = (call, response) => {
    const { status = 200, headers = {}, body } = answer(String(call.body.RequestId));
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(typeof body === 'string' ? body : JSON.stringify(body));
    return true;
  };
}

/** Resolves once it is so. @throws Error if it is not after about ten seconds */
export async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  for (let i = 0; i < 5000; i++) {
    if (await isSo()) return;
    await pause(2);
  }
  throw new Error(`waited in vain for ${isSo}`);
}

/** One figure of /metrics, such as `upstream_queued`; undefined if it is not there. */
export async function figureOf({ adminUrl }: Pair, name: string): Promise<number | undefined> {
  const lines = (await (await fetch(`${adminUrl}/metrics`)).text()).split('\n');
  const found = lines.find((line) => line.startsWith(`firmware_gateway_${name} `));
  return found === undefined ? undefined : Number(found.slice(found.lastIndexOf(' ')));
}
