// Spare connections: a confirm takes one that is open already, and whoever is not there keeps none open.

import { setTimeout as pause } from 'node:timers/promises';
import { type GatewayProcess, startProcess } from '../gatewayProcess';
import { ask, CONFIRM, PRODUCT, until } from '../pair';
import { CERTIFICATE_FILE, type Connection, startTlsPlatform, type TlsPlatform } from './tlsPlatform';

const READ = `{ device(productId: "${PRODUCT}", deviceName: "lamp-1") { firmware { __typename } } }`;
const DELAY_MS = 5;
const ROUND_TRIP = ['to the platform', 'back'];
/** As documented. */
const [AGE_MS, STAY_MS] = [5000, 10_000];
/** A second attempt follows the first after so long. */
const PAUSE_MS = 50;
/** What a busy machine may be late. */
const GRACE_MS = 700;

let platform: TlsPlatform;
let gateway: GatewayProcess;

async function start(env: Record<string, string> = {}, delayMs = DELAY_MS): Promise<void> {
  platform = await startTlsPlatform(delayMs);
  gateway = await startProcess({
    TOKENAPI_URL: platform.url,
    NODE_EXTRA_CA_CERTS: CERTIFICATE_FILE,
    DRAIN_DELAY_MS: '0',
    ...env,
  });
}
afterEach(async () => {
  gateway.child.kill('SIGKILL');
  await platform.close();
});

const read = (token?: string | null) => ask(gateway.url, READ, {}, token === undefined ? {} : { token });

let devices = 0;
async function confirm(token?: string): Promise<void> {
  const deviceName = `lamp-${++devices}`;
  const { body } = await ask(gateway.url, CONFIRM, { productId: PRODUCT, deviceName }, token ? { token } : {});
  expect(body.data.confirmFirmwareUpgrade.__typename).toBe('ConfirmFirmwareUpgradeSuccess');
}

/** Confirms, and says what carried it, and which turns that took: of a connection that was there, those since the press. */
async function confirmOn(): Promise<{ carrier: Connection; turns: string[]; askedAt: number }> {
  for (const { turns } of platform.connections) turns.length = 0;
  const askedAt = performance.now();
  await confirm();
  const carrier = platform.connections.find((connection) => (connection.askedAt ?? 0) > askedAt);
  if (!carrier) throw new Error('expected a connection that was asked for the first time');
  return { carrier, turns: [...carrier.turns], askedAt };
}

/** Reads, and waits for the spare that this causes. */
async function readAndWait(): Promise<Connection> {
  await read();
  await until(() => platform.silent().length === 1);
  // The session of TLS 1.3 comes after the handshake.
  await pause(4 * DELAY_MS);
  return platform.silent()[0] as Connection;
}

describe.each([
  ['directly', false],
  ['through the proxy', true],
])('%s', (_name, isTunnelled) => {
  const startThere = async () => {
    await start();
    if (!isTunnelled) return;
    gateway.child.kill('SIGKILL');
    const { proxyUrl, url } = platform;
    gateway = await startProcess({ TOKENAPI_URL: url, NODE_EXTRA_CA_CERTS: CERTIFICATE_FILE, HTTPS_PROXY: proxyUrl });
  };

  it('a confirm takes the connection that was made when its user read: one round trip', async () => {
    await startThere();
    const spare = await readAndWait();
    const { carrier, turns, askedAt } = await confirmOn();
    expect(carrier).toBe(spare);
    expect(carrier.openedAt).toBeLessThan(askedAt);
    expect(turns).toEqual(ROUND_TRIP);
    expect(platform.simulator.received.map(({ body }) => body.Action)).toEqual([
      'AppCheckFirmwareUpdate',
      'AppPublishFirmwareUpdateMessage',
    ]);
    if (isTunnelled) await until(() => platform.tunnels() === platform.connections.length);
    else expect(platform.tunnels()).toBe(0);
  });

  it('one that finds none takes the handshake, too, and leaves one to the next', async () => {
    await startThere();
    const first = await confirmOn();
    expect(first.turns.length).toBeGreaterThan(ROUND_TRIP.length);
    await until(() => platform.silent().length === 1);
    await pause(100);
    const second = await confirmOn();
    expect(second.turns).toEqual(ROUND_TRIP);
    expect(second.carrier).not.toBe(first.carrier);
  });

  it('every connection but the first resumes the TLS session', async () => {
    await startThere();
    await readAndWait();
    await confirm();
    await until(() => platform.silent().length === 1);
    expect(platform.connections.map(({ isResumed }) => isResumed)).toEqual([false, true, true]);
  });
});

it('there is one, never older than it may be, and none when nobody has come for a while', async () => {
  await start();
  // The time that spares stay begins between these two.
  const startedAt = performance.now();
  await readAndWait();
  const answeredAt = performance.now();
  let [most, least] = [1, 1];
  while (performance.now() - startedAt < STAY_MS - GRACE_MS) {
    await pause(10);
    const silent = platform.silent();
    most = Math.max(most, silent.length);
    // On two connections the end of the old one and the last word of the new one may be read in either order.
    least = Math.min(least, silent.length + platform.answered());
    for (const { openedAt } of silent) expect(performance.now() - openedAt).toBeLessThan(AGE_MS + GRACE_MS);
  }
  // Its successor is there before it goes.
  expect(least).toBe(1);
  expect(most).toBeLessThanOrEqual(2);
  expect(platform.connections.length).toBeGreaterThan(3);
  await pause(answeredAt + STAY_MS + GRACE_MS - performance.now());
  expect(platform.silent()).toEqual([]);
}, 30_000);

it('there are two under load, never more, and made one after the other', async () => {
  await start();
  await readAndWait();
  let most = 0;
  const look = setInterval(() => {
    most = Math.max(most, platform.silent().length);
  }, 1);
  for (let i = 0; i < 10; i++) {
    // More than the 50 ms for which a connection is used again.
    await Promise.all([confirm(), confirm(), confirm(), pause(120)]);
  }
  await until(() => platform.silent().length === 2);
  clearInterval(look);
  expect(most).toBe(2);
  const fates = await (await fetch(`${gateway.adminUrl}/metrics`)).text();
  expect(Number(/spare_connections_total\{fate="taken"\} (\d+)/.exec(fates)?.[1])).toBeGreaterThan(10);
  expect(fates).toMatch(/spare_connections_total\{fate="missing"\} \d+/);
});

it.each<[string, string | null]>([
  ['without a token', null],
  ['with a token of another form', 'two words'],
  ['with a token that the platform does not know', 'demo-token-nobody'],
])('none is made for whoever asks %s', async (_name, token) => {
  await start();
  platform.simulator.override = ({ body }, response) => {
    if (body.AccessToken !== 'demo-token-nobody') return false;
    const refusal = { Code: 'InvalidParameterValue.InvalidAccessToken', Message: 'no' };
    response.end(JSON.stringify({ Response: { RequestId: body.RequestId, Error: refusal } }));
    return true;
  };
  for (let i = 0; i < 3; i++) await read(token);
  await pause(100);
  expect(platform.silent()).toEqual([]);
  await readAndWait();
});

it.each<[string, (spare: Connection) => void]>([
  ['a byte', ({ socket }) => socket.write('H')],
  ['an answer to nothing', ({ socket }) => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}')],
  ['an end', ({ socket }) => socket.end()],
  ['a reset', ({ socket }) => socket.destroy()],
])('one is thrown away for %s, and after two in a row none is made for a while', async (_name, spoil) => {
  await start();
  const first = await readAndWait();
  spoil(first);
  await until(() => first.closedAt !== undefined && platform.silent().length === 1);
  const [second] = platform.silent() as [Connection];
  spoil(second);
  await until(() => second.closedAt !== undefined);
  const count = platform.connections.length;
  for (let i = 0; i < 10; i++) {
    await read();
    await pause(50);
  }
  expect(platform.connections).toHaveLength(count);
  const { turns } = await confirmOn();
  expect(turns.length).toBeGreaterThan(ROUND_TRIP.length);
});

it('a confirm that could not be sent is sent again on a connection of its own, though there are spares', async () => {
  await start({}, 40);
  await readAndWait();
  const [startedAt, begun] = [performance.now(), platform.begun()];
  // The first press takes the spare and has another made. The second press finds none yet, and its own connection is reset.
  const first = confirm();
  await until(() => platform.begun() > begun);
  platform.resetsNext = true;
  await Promise.all([first, confirm()]);
  const carriers = platform.connections.filter(({ askedAt }) => (askedAt ?? 0) > startedAt);
  expect(carriers).toHaveLength(2);
  expect(Math.max(...carriers.map(({ openedAt }) => openedAt)) - (platform.resetAt ?? 0)).toBeGreaterThan(PAUSE_MS);
  expect(platform.silent().length).toBeGreaterThan(0);
});

it('none is left when the gateway goes, and none keeps it', async () => {
  await start();
  const spare = await readAndWait();
  gateway.child.kill('SIGTERM');
  expect(await gateway.exited).toBe(0);
  await until(() => spare.closedAt !== undefined);
  expect(platform.silent()).toEqual([]);
});
