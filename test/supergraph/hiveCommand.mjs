// Hive Gateway by its command line, with the very file under deploy/, in a folder with a supergraph.graphql: with either of its two
// planners, of which one is written in Rust.

import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { until } from './firmware.mjs';
import { composers, servicesAt } from './supergraph.mjs';

const pathOf = (path) => fileURLToPath(new URL(path, import.meta.url));
const COMMAND = pathOf('node_modules/@graphql-hive/gateway/dist/bin.js');
const CONFIG = pathOf('../../deploy/hive-gateway/gateway.config.mjs');

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

const startWith =
  (...options) =>
  async (urls) => {
    const folder = mkdtempSync(join(tmpdir(), 'hive-'));
    const { supergraphSdl } = composers['@theguild/federation-composition'](servicesAt(urls));
    writeFileSync(join(folder, 'supergraph.graphql'), supergraphSdl);
    const port = await freePort();
    const listen = ['--host', '127.0.0.1', '--port', String(port), '--config-path', CONFIG];
    const child = spawn(process.execPath, [COMMAND, 'supergraph', ...listen, ...options], {
      cwd: folder,
      env: { ...process.env, LOG_LEVEL: 'error' },
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    const exited = new Promise((resolve) => child.once('exit', resolve));
    const url = `http://127.0.0.1:${port}/graphql`;
    await until(() => fetch(url).then(Boolean, () => false));
    return {
      url,
      async close() {
        child.kill('SIGKILL');
        await exited;
        rmSync(folder, { recursive: true });
      },
    };
  };

export const hiveCommands = {
  'the command of Hive Gateway': startWith(),
  'the command of Hive Gateway with its planner in Rust': startWith('--hive-router-runtime'),
};
