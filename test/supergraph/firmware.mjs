// This project's subgraph as it is run: the compiled gateway, a process of its own, in front of the simulator.

import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const { startSimulator } = createRequire(import.meta.url)('../../dist/simulator/simulator.js');

export const PRODUCT = 'PRDEMO0001';
export const ROUTER_SECRET = 'the-secret-of-the-tests';

const PATIENCE_MS = 15_000;

/**
 * @param env variables of the gateway
 * @param paceMs how long a device takes for a step of its upgrade
 */
export async function startFirmware(env = {}, paceMs = 20) {
  const simulator = await startSimulator({ paceMs });
  const child = spawn(process.execPath, ['dist/main.js'], {
    cwd: ROOT,
    env: { PORT: '0', ADMIN_PORT: '0', DRAIN_DELAY_MS: '0', TOKENAPI_URL: simulator.url, ROUTER_SECRET, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = new Promise((resolve) => child.once('exit', resolve));
  const close = async () => {
    child.kill('SIGKILL');
    await exited;
    // A test may have closed it before: that was its point.
    await simulator.close().catch(() => undefined);
  };
  const log = [];
  createInterface({ input: child.stdout }).on('line', (line) => log.push(JSON.parse(line)));
  const logged = (isIt) => until(() => log.find(isIt));
  const started = logged((line) => line.url !== undefined);
  const { url, adminUrl } = await started.catch(async (cause) => {
    await close();
    throw cause;
  });

  return {
    url,
    simulator,
    /** Devices that are looked at for streams. */
    async pollers() {
      const text = await (await fetch(`${adminUrl}/metrics`)).text();
      return Number(/^firmware_gateway_live_pollers (\d+)$/m.exec(text)?.[1]);
    },
    /** The first line of the log that is so, waited for: the log is written in blocks. */
    logged,
    /** Calls of an action that reached the platform, for one device if named. */
    sent: (action, deviceName) =>
      simulator.received.filter(
        (call) => call.action === action && (deviceName === undefined || call.body.DeviceName === deviceName),
      ),
    /** Takes connections and says nothing. */
    freeze: () => child.kill('SIGSTOP'),
    thaw: () => child.kill('SIGCONT'),
    async stop() {
      child.kill('SIGKILL');
      await exited;
    },
    close,
  };
}

/** What `look` finds, once it finds something. */
export async function until(look) {
  for (const end = Date.now() + PATIENCE_MS; Date.now() < end; await delay(10)) {
    const found = await look();
    if (found) return found;
  }
  throw new Error(`expected within ${PATIENCE_MS} ms: ${look}`);
}
