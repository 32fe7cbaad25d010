// The upgrade in the terminal, as a program: arguments in, exit code out.

import { parseArgs } from 'node:util';
import { SAMPLE_PRODUCT_ID, SAMPLE_TOKENS } from '../simulator/world';
import { polled, pushed } from './following';
import { DEFAULT_URL } from './question';
import { terminalFrom } from './terminal';
import { upgradeDevice } from './walkthrough';

const DEFAULTS = {
  device: 'lamp-online',
  product: SAMPLE_PRODUCT_ID,
  token: SAMPLE_TOKENS[0].token,
  url: DEFAULT_URL,
};

const HELP = `Upgrades one device through the gateway's public GraphQL API.

  npm run demo:upgrade -- [options]

  --device <name>    ${DEFAULTS.device}
  --product <id>     ${DEFAULTS.product}
  --token <token>    ${DEFAULTS.token}
  --url <url>        GATEWAY_URL, else ${DEFAULTS.url}
  --poll             asks again and again, in place of a subscription
  --help             this text

Exit code: 0 if the device has what is offered, else 1.
`;

async function main(): Promise<number> {
  const option = { type: 'string' } as const;
  const { values } = parseArgs({
    options: {
      device: option,
      product: option,
      token: option,
      url: option,
      poll: { type: 'boolean' },
      help: { type: 'boolean' },
    },
  });
  if (values.help) {
    process.stdout.write(HELP);
    return 0;
  }
  const target = {
    url: values.url ?? process.env.GATEWAY_URL ?? DEFAULTS.url,
    token: values.token ?? DEFAULTS.token,
    productId: values.product ?? DEFAULTS.product,
    deviceName: values.device ?? DEFAULTS.device,
  };
  const terminal = terminalFrom(process.stdout, process.env.NO_COLOR);
  const done = await upgradeDevice(target, terminal, values.poll ? polled : pushed);
  return done ? 0 : 1;
}

main().then(
  (exitCode) => {
    process.exitCode = exitCode;
  },
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  },
);
