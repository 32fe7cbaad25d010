// The gateway of the demo, over a simulated platform whose devices are never used up, with what the demo has beside it.

import { type Config, configFrom } from '../config';
import { type Gateway, startGateway } from '../server';
import { type Simulator, startSimulator } from '../simulator/simulator';
import { SAMPLE_PRODUCT_ID, SAMPLE_TOKENS } from '../simulator/world';
import { createFront, isLocalOrigin } from './front';

export interface Demo extends Pick<Gateway, 'url' | 'adminUrl' | 'close'> {
  simulator: Simulator;
}

export interface DemoOptions {
  env: Readonly<Record<string, string | undefined>>;
  /** How long one step of an upgrade takes. */
  paceMs: number;
  /** What becomes of an error that a start fails with. */
  explained?: (cause: unknown, config: Config) => unknown;
}

/** Below this, people choose numbers of their own. */
const FIRST_FRESH_LAMP = 1001;

export async function startDemo({ env, paceMs, explained = (cause) => cause }: DemoOptions): Promise<Demo> {
  const simulator = await startSimulator({ paceMs, offersAgain: true });
  const config = configFrom({
    ...env,
    TOKENAPI_URL: simulator.url,
    EXPLORER: env.EXPLORER ?? 'sandbox',
    LOG_LEVEL: env.LOG_LEVEL ?? 'warn',
    AUDIT: env.AUDIT ?? 'off',
  });
  let fresh = FIRST_FRESH_LAMP;
  /** What an explorer is filled in with: a lamp that nobody has upgraded. */
  const sample = () => ({
    productId: SAMPLE_PRODUCT_ID,
    deviceName: `lamp-${fresh++}`,
    token: SAMPLE_TOKENS[0].token,
  });
  const demo = { front: createFront(simulator.control), isAllowedOrigin: isLocalOrigin };
  const { url, adminUrl, close } = await startGateway(config, { sample, demo }).catch(async (cause: unknown) => {
    await simulator.close();
    throw explained(cause, config);
  });
  return {
    url,
    adminUrl,
    simulator,
    async close() {
      await close();
      await simulator.close();
    },
  };
}
