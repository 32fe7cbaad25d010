// The simulated platform alone, as a program: app teams run it in their own tests, with their own gateway in front.

import { type Form, UsageError, type Values } from '../cli';
import { ConfigError } from '../config';
import type { Envelope } from '../simulator/envelope';
import { startSimulator } from '../simulator/simulator';
import { SAMPLE_DEVICES, SAMPLE_PRODUCT_ID, SAMPLE_TOKENS } from '../simulator/world';

const MS_LIMIT = 3_600_000;
const ENVELOPES = ['documented', 'client', 'alternate'] as const;

export const form: Form = {
  name: 'simulator',
  about: 'Plays the platform, with sample devices that forget everything when it ends.',
  options: {
    port: { value: 'number', byDefault: '4002', bounds: [0, 65_535], meaning: 'port to listen on; 0: any free one.' },
    host: { value: 'address', byDefault: '127.0.0.1', meaning: 'address to listen on.' },
    'pace-ms': {
      value: 'ms',
      byDefault: '1000',
      bounds: [1, MS_LIMIT],
      meaning: 'how long one of the nine steps of an upgrade takes.',
    },
    'latency-ms': { value: 'ms', byDefault: '0', bounds: [0, MS_LIMIT], meaning: 'how long each answer is held back.' },
    'stale-end-ms': {
      value: 'ms',
      byDefault: '0',
      bounds: [0, MS_LIMIT],
      meaning: 'how long after a confirm the end of an earlier upgrade is still shown.',
    },
    envelope: {
      value: 'form',
      byDefault: 'documented',
      choices: ENVELOPES,
      meaning: `${ENVELOPES.join(', ')}: the form of the answers.`,
    },
  },
};

export async function run(values: Values): Promise<void> {
  const number = (option: string) => Number(values[option]);
  const { host } = values;
  if (typeof host !== 'string' || host === '') throw new UsageError('--host: expected an address');
  const stop = () => process.exit(0);
  process.once('SIGINT', stop).once('SIGTERM', stop);
  const { url } = await startSimulator({
    port: number('port'),
    host,
    envelope: values.envelope as Envelope | 'alternate',
    paceMs: number('pace-ms'),
    latencyMs: number('latency-ms'),
    staleEndMs: number('stale-end-ms'),
  }).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code !== 'EADDRINUSE') throw cause;
    throw new ConfigError(`Port ${values.port} is taken: choose another with --port.`);
  });
  process.stdout.write(`The simulated platform listens at ${url}
A gateway in front of it: TOKENAPI_URL=${url} firmware-gateway
Product: ${SAMPLE_PRODUCT_ID}; devices: ${SAMPLE_DEVICES.map(({ name }) => name).join(', ')}
Tokens: ${SAMPLE_TOKENS.map(({ token }) => token).join(', ')}
`);
}
