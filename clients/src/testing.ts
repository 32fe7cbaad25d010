// For an app's own tests: the gateway over the simulated platform, from the package `firmware-gateway`, in the process of the test.

import type { FirmwareClientOptions } from './client.js';

/** A call that the simulated platform received. */
export interface ReceivedCall {
  /** When, in milliseconds since 1970. */
  readonly at: number;
  /** `AppPublishFirmwareUpdateMessage` is the send of a confirm. */
  readonly action: string;
  readonly body: Readonly<Record<string, unknown>>;
}

export interface TestGateway extends Pick<FirmwareClientOptions, 'url'> {
  /** A user who owns the devices `lamp-1`, `lamp-2` and so on of this product, `lamp-offline`, `lamp-fails` and others. */
  readonly token: string;
  readonly productId: string;
  /** Every call so far, the oldest first. */
  received(): readonly ReceivedCall[];
  /** The platform refuses this action with this code, until it is called with undefined. */
  refuse(action: string, code: string | undefined): void;
  close(): Promise<void>;
}

export interface TestGatewayOptions {
  /** How long one step of an upgrade takes; a whole one takes nine. Absent: 50. */
  readonly paceMs?: number;
  /** Settings of the gateway, such as `CORS_ORIGINS`. */
  readonly env?: Readonly<Record<string, string>>;
}

interface Answer {
  writeHead(status: number, headers: object): Answer;
  end(text: string): void;
}

interface Simulator {
  readonly url: string;
  readonly received: readonly ReceivedCall[];
  override?: ((call: ReceivedCall, answer: Answer) => boolean) | undefined;
  close(): Promise<void>;
}

interface Modules {
  startSimulator(options: object): Promise<Simulator>;
  startGateway(config: unknown, options: object): Promise<{ url: string; close(): Promise<void> }>;
  configFrom(env: object): unknown;
}

/** @throws Error that says what to install, where it is not there */
async function modules(): Promise<Modules> {
  try {
    // A name that the compiler and bundlers do not look for: it is the app's own development dependency.
    const name = 'firmware-gateway';
    const gateway = await import(/* @vite-ignore */ /* webpackIgnore: true */ name);
    // As Node imports it, its exports are the default one; what is compiled to require() has them at the top.
    return gateway.startGateway ? gateway : gateway.default;
  } catch (cause) {
    throw new Error(
      `firmware-gateway-client/testing needs firmware-gateway: npm install --save-dev firmware-gateway. ${cause}`,
    );
  }
}

export async function startTestGateway({ paceMs = 50, env = {} }: TestGatewayOptions = {}): Promise<TestGateway> {
  const { startSimulator, startGateway, configFrom } = await modules();
  const simulator = await startSimulator({ paceMs });
  const settings = {
    PORT: '0',
    ADMIN_PORT: '0',
    LOG_LEVEL: 'silent',
    AUDIT: 'off',
    TOKENAPI_URL: simulator.url,
    ...env,
  };
  const gateway = await startGateway(configFrom(settings), {});
  const refused = new Map<string, string>();
  simulator.override = ({ action, body: { RequestId } }, answer) => {
    const Code = refused.get(action);
    if (Code === undefined) return false;
    const Response = { Error: { Code, Message: 'Refused by the test.' }, RequestId };
    answer.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ Response }));
    return true;
  };
  return {
    url: gateway.url,
    token: 'demo-token-alice',
    productId: 'PRDEMO0001',
    received: () => simulator.received,
    refuse(action, code) {
      if (code === undefined) refused.delete(action);
      else refused.set(action, code);
    },
    async close() {
      await gateway.close();
      await simulator.close();
    },
  };
}
