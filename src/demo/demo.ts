// The demo as a program: the simulated platform and the gateway in front of it, in one process.

import type { Form } from '../cli';
import { type Config, ConfigError } from '../config';
import { languageFrom } from '../languages/language';
import { onStop } from '../signals';
import { writeBanner } from './banner';
import { startDemo } from './start';
import { terminalFrom } from './terminal';

// Apps are told to ask every two seconds: at this pace they see every step.
const PACE_MS = 2000;

/** One sentence for what a person can set right; what is a bug stays as it is. */
function explained(error: unknown, ports: Config): unknown {
  const { code, port } = error as { code?: unknown; port?: unknown };
  if (code !== 'EADDRINUSE' && code !== 'EACCES') return error;
  const name = port === ports.ADMIN_PORT ? 'ADMIN_PORT' : 'PORT';
  const taken = code === 'EADDRINUSE' ? 'is taken' : 'may not be opened';
  return new ConfigError(`Port ${ports[name]} ${taken}: choose another with ${name}.`);
}

export const form: Form = {
  name: 'demo',
  about: {
    en: 'The gateway in front of a simulated platform, with an explorer. Configured by the environment, as the gateway is.',
    zh: '运行连接模拟平台的网关，并带有调试页面。与网关一样由环境变量配置。',
  },
  options: {},
};

export async function run(): Promise<void> {
  const demo = await startDemo({ env: process.env, paceMs: PACE_MS, explained });
  onStop(() => {
    demo.close().then(
      () => process.exit(0),
      () => process.exit(1),
    );
  });
  writeBanner(terminalFrom(process.stdout, process.env.NO_COLOR), demo.url, demo.adminUrl, languageFrom(process.env));
}
