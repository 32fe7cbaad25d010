// The audit: what is written of a confirm before it is sent, and of its end; where, and whatever the level.

import { once } from 'node:events';
import { type Simulator, startSimulator } from '../../src/simulator/simulator';
import { createTelemetry } from '../../src/telemetry/telemetry';
import { type GatewayProcess, startProcess } from '../gatewayProcess';
import { ask, CONFIRM, confirm, PRODUCT, startPair, until } from '../pair';

let simulator: Simulator;
let gateway: GatewayProcess | undefined;
beforeEach(async () => {
  simulator = await startSimulator();
});
afterEach(async () => {
  gateway?.child.kill('SIGKILL');
  await simulator.close();
});

/** What a process with this environment writes of one confirm: on stdout and on stderr. */
async function writtenWith(env: Record<string, string>): Promise<[string, string]> {
  const started = await startProcess({ TOKENAPI_URL: simulator.url, DRAIN_DELAY_MS: '0', ...env });
  gateway = started;
  const written: [string, string] = ['', ''];
  for (const [i, stream] of [started.child.stdout, started.child.stderr].entries())
    stream?.on('data', (chunk) => {
      written[i as 0 | 1] += chunk;
    });
  await ask(started.url, CONFIRM, { productId: PRODUCT, deviceName: 'lamp-1' });
  expect(simulator.received).toHaveLength(1);
  started.child.kill('SIGTERM');
  expect(await started.exited).toBe(0);
  return written;
}

const messagesIn = (text: string) => [...text.matchAll(/^\{.*"msg":"(.*)"\}$/gm)].map(([, msg]) => msg);

it.each(['warn', 'silent'])('is on stdout at LOG_LEVEL=%s', async (LOG_LEVEL) => {
  const [stdout, stderr] = await writtenWith({ LOG_LEVEL });
  expect([messagesIn(stdout), stderr]).toEqual([['confirm begun', 'confirm'], '']);
});

it('is on stderr alone with AUDIT=stderr', async () => {
  const [stdout, stderr] = await writtenWith({ AUDIT: 'stderr' });
  expect(messagesIn(stdout)).toEqual(['upstream call', 'operation', 'leaving']);
  expect(messagesIn(stderr)).toEqual(['confirm begun', 'confirm']);
});

it('is nowhere with AUDIT=off', async () => {
  const [stdout, stderr] = await writtenWith({ AUDIT: 'off' });
  expect([messagesIn(stdout), stderr]).toEqual([['upstream call', 'operation', 'leaving'], '']);
});

it('has the RequestId of a confirm that was under way when the process was killed', async () => {
  simulator.override = () => true;
  const started = await startProcess({ TOKENAPI_URL: simulator.url, LOG_LEVEL: 'error' });
  gateway = started;
  const answer = ask(started.url, CONFIRM, { productId: PRODUCT, deviceName: 'lamp-1' }).catch(() => 'cut');
  await until(() => simulator.received.length === 1);
  started.child.kill('SIGKILL');
  await once(started.child, 'close');
  expect(await answer).toBe('cut');
  const line = started
    .output()
    .split('\n')
    .find((each) => each.includes('confirm begun'));
  expect(JSON.parse(line ?? '{}')).toMatchObject({
    RequestId: simulator.received[0]?.body.RequestId,
    user: expect.stringMatching(/^[\w-]{12}$/),
    device: `${PRODUCT}/lamp-1`,
  });
});

it('has a line for every confirm before the platform receives it', async () => {
  const writes: string[] = [];
  const pair = await startPair({ gateway: { logTo: { write: (text: string) => void writes.push(text) } } });
  const unwritten: unknown[] = [];
  pair.simulator.override = ({ body: { RequestId } }, response) => {
    if (!writes.join('').includes(`"RequestId":"${RequestId}"`)) unwritten.push(RequestId);
    response.end(JSON.stringify({ Response: { RequestId } }));
    return true;
  };
  await Promise.all(Array.from({ length: 50 }, (_, i) => confirm(pair, `lamp-${i}`, { token: `demo-token-${i}` })));
  await pair.close();
  expect([pair.simulator.received.length, unwritten]).toEqual([50, []]);
});

it('is written at once for the confirms of one turn of the event loop', async () => {
  const writes: string[] = [];
  const telemetry = createTelemetry({
    logLevel: 'silent',
    logTo: { write: (text: string) => void writes.push(text) },
    openTelemetry: undefined,
    upstream: new URL('http://127.0.0.1'),
  });
  const begun = Array.from({ length: 100 }, (_, i) =>
    telemetry
      .requestStarted(`test-${i}`, {})
      .confirmBegun({ owner: 'owner', deviceId: `${PRODUCT}/lamp`, upstreamRequestId: `id-${i}` }),
  );
  expect(writes).toEqual([]);
  await Promise.all(begun);
  expect(writes.map((text) => messagesIn(text).length)).toEqual([100]);
  await telemetry.close();
});
