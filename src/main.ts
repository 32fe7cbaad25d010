#!/usr/bin/env node
// The process: read the configuration, start, say where, stop on a signal.

import { ConfigError, configFrom } from './config';
import { startGateway } from './server';

async function main(): Promise<void> {
  const config = configFrom(process.env);
  const gateway = await startGateway(config);
  process.stdout.write(
    `firmware-gateway: ${gateway.url} in front of ${config.TOKENAPI_URL.href}, health at ${gateway.adminUrl}/readyz\n`,
  );
  let isLeaving = false;
  const leave = () => {
    if (isLeaving) process.exit(1);
    isLeaving = true;
    gateway.drain().then(
      () => process.exit(0),
      (cause) => {
        process.stderr.write(`${messageFrom(cause)}\n`);
        process.exit(1);
      },
    );
  };
  process.on('SIGINT', leave);
  process.on('SIGTERM', leave);
}

main().catch((cause: unknown) => {
  process.stderr.write(`firmware-gateway cannot start:\n${messageFrom(cause)}\n`);
  process.exit(1);
});

function messageFrom(cause: unknown): string {
  if (cause instanceof ConfigError) return cause.message;
  const { code, port, message } = cause as NodeJS.ErrnoException & { port?: number };
  if (code === 'EADDRINUSE') return `Port ${port} is taken: choose another with PORT or ADMIN_PORT.`;
  return cause instanceof Error ? (cause.stack ?? message) : String(cause);
}
