// The upgrade in the terminal, as a program: arguments in, exit code out.

import { randomInt } from 'node:crypto';
import type { Form, Values } from '../cli';
import { SAMPLE_PRODUCT_ID, SAMPLE_TOKENS } from '../simulator/world';
import { polled, pushed } from './following';
import { DEFAULT_URL } from './question';
import { terminalFrom } from './terminal';
import { upgradeDevice } from './walkthrough';

const DEFAULTS = {
  product: SAMPLE_PRODUCT_ID,
  token: SAMPLE_TOKENS[0].token,
  url: DEFAULT_URL,
};

export const form: Form = {
  name: 'demo:upgrade',
  about: `Upgrades one device through the gateway's public GraphQL API.
Exit code: 0 if the device has what is offered, else 1.`,
  options: {
    device: { value: 'name', meaning: 'whom to upgrade. Default: a lamp that nobody has upgraded' },
    product: { value: 'id', byDefault: DEFAULTS.product, meaning: 'its product.' },
    token: { value: 'token', byDefault: DEFAULTS.token, meaning: 'its user.' },
    url: { value: 'url', meaning: `GraphQL of the gateway. Default: GATEWAY_URL, else ${DEFAULTS.url}` },
    poll: { meaning: 'asks again and again, in place of a subscription' },
  },
};

/** Beyond those that the explorers are filled in with. */
const freshLamp = (): string => `lamp-${randomInt(100_000, 1_000_000)}`;

export async function run(values: Values): Promise<void> {
  const target = {
    url: String(values.url ?? process.env.GATEWAY_URL ?? DEFAULTS.url),
    token: String(values.token),
    productId: String(values.product),
    deviceName: String(values.device ?? freshLamp()),
  };
  const terminal = terminalFrom(process.stdout, process.env.NO_COLOR);
  const done = await upgradeDevice(target, terminal, values.poll ? polled : pushed);
  process.exitCode = done ? 0 : 1;
}
