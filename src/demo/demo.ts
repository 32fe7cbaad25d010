// The demo: the simulated platform and the gateway in front of it, in one process. The only room of the simulator that
// knows the gateway.

import type { Form } from '../cli';
import { ConfigError, configFrom } from '../config';
import { startGateway } from '../server';
import { onStop } from '../signals';
import { type Simulator, startSimulator } from '../simulator/simulator';
import { ORDINARY_DEVICE, SAMPLE_PRODUCT_ID, SAMPLE_TOKENS } from '../simulator/world';
import { writeBanner } from './banner';
import { terminalFrom } from './terminal';

/** What the explorer is filled in with. */
const SAMPLE = { productId: SAMPLE_PRODUCT_ID, deviceName: ORDINARY_DEVICE.name, token: SAMPLE_TOKENS[0].token };

// Apps are told to ask every two seconds: at this pace they see every step.
const PACE_MS = 2000;

/** One sentence for what a person can set right; undefined for what is a bug. */
function sentenceFrom(error: unknown, ports: { PORT: number; ADMIN_PORT: number }): string | undefined {
  const { code, port } = error as { code?: unknown; port?: unknown };
  if (code !== 'EADDRINUSE' && code !== 'EACCES') return undefined;
  const name = port === ports.ADMIN_PORT ? 'ADMIN_PORT' : 'PORT';
  const taken = code === 'EADDRINUSE' ? 'is taken' : 'may not be opened';
  return `Port ${ports[name]} ${taken}: choose another with ${name}.`;
}

async function startDemo(simulator: Simulator): Promise<void> {
  const config = configFrom({
    ...process.env,
    TOKENAPI_URL: simulator.url,
    EXPLORER: process.env.EXPLORER ?? 'sandbox',
    LOG_LEVEL: process.env.LOG_LEVEL ?? 'warn',
    AUDIT: process.env.AUDIT ?? 'off',
  });
  const gateway = await startGateway(config, { sample: SAMPLE }).catch((error: unknown) => {
    const sentence = sentenceFrom(error, config);
    throw sentence === undefined ? error : new ConfigError(sentence);
  });
  onStop(() => {
    gateway
      .close()
      .then(() => simulator.close())
      .then(
        () => process.exit(0),
        () => process.exit(1),
      );
  });
  writeBanner(terminalFrom(process.stdout, process.env.NO_COLOR), gateway.url, gateway.adminUrl);
}

export const form: Form = {
  name: 'demo',
  about:
    'The gateway in front of a simulated platform, with an explorer. Configured by the environment, as the gateway is.',
  options: {},
};

export async function run(): Promise<void> {
  await startDemo(await startSimulator({ paceMs: PACE_MS }));
}
