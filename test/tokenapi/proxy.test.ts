// The way out through a CONNECT proxy that works, and through ones that break: what was sent is still told from what was not.

import { readFileSync } from 'node:fs';
import { createServer as createTlsServer, type Server as TlsServer } from 'node:https';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { type GatewayProcess, startProcess } from '../gatewayProcess';
import { ask, CONFIRM, PRODUCT } from '../pair';

const file = (name: string) => join(__dirname, '..', 'tls', name);

/** What becomes of a tunnel. */
type Mode = 'works' | 'refuses' | 'hangs' | 'cuts before TLS' | 'cuts the answer';

let mode: Mode = 'works';
let upstream: TlsServer;
let proxy: Server;
const received: Record<string, unknown>[] = [];
const connects: string[] = [];
const sockets = new Set<Socket>();
const gateways: GatewayProcess[] = [];

const portOf = (server: Server | TlsServer) => (server.address() as AddressInfo).port;
const listening = (server: Server | TlsServer) =>
  new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));

beforeAll(async () => {
  upstream = createTlsServer(
    { key: readFileSync(file('key.pem')), cert: readFileSync(file('cert.pem')) },
    async (request, response) => {
      let body = '';
      for await (const chunk of request) body += chunk;
      received.push(JSON.parse(body));
      response.end(JSON.stringify({ Response: { RequestId: received.at(-1)?.RequestId } }));
    },
  );
  proxy = createServer((client) => {
    sockets.add(client);
    client.on('error', () => undefined);
    client.once('data', (head) => {
      connects.push(head.toString().split('\r\n', 1)[0] ?? '');
      if (mode === 'hangs') return;
      if (mode === 'refuses') return void client.end('HTTP/1.1 403 Forbidden\r\n\r\n');
      const tunnel = connect(portOf(upstream), '127.0.0.1', () => {
        client.write('HTTP/1.1 200 Connection Established\r\n\r\n');
        if (mode === 'cuts before TLS') client.destroy();
      });
      tunnel.on('error', () => undefined);
      client.pipe(tunnel);
      tunnel.on('data', (chunk) => {
        // The handshake passes; the answer to the request does not.
        if (mode === 'cuts the answer' && received.length > 0) client.destroy();
        else client.write(chunk);
      });
      client.once('close', () => tunnel.destroy());
    });
  });
  await Promise.all([listening(upstream), listening(proxy)]);
});
afterAll(() => {
  for (const { child } of gateways) child.kill('SIGKILL');
  for (const socket of sockets) socket.destroy();
  upstream.close();
  upstream.closeAllConnections();
  proxy.close();
});
beforeEach(() => {
  received.length = 0;
  connects.length = 0;
});

async function confirmThrough(how: Mode, env: Record<string, string> = {}) {
  mode = how;
  const gateway = await startProcess({
    TOKENAPI_URL: `https://localhost:${portOf(upstream)}/tokenapi`,
    TOKENAPI_TIMEOUT_MS: '1500',
    NODE_EXTRA_CA_CERTS: file('cert.pem'),
    HTTPS_PROXY: `http://127.0.0.1:${portOf(proxy)}`,
    ...env,
  });
  gateways.push(gateway);
  const startedAt = performance.now();
  const { body } = await ask(gateway.url, CONFIRM, { productId: PRODUCT, deviceName: 'lamp-1' });
  expect(performance.now() - startedAt).toBeLessThan(1500 + 250);
  return body.data.confirmFirmwareUpgrade;
}

it('goes through the proxy', async () => {
  const { __typename, requestId } = await confirmThrough('works');
  expect(__typename).toBe('ConfirmFirmwareUpgradeSuccess');
  expect(received.map(({ RequestId }) => RequestId)).toEqual([requestId]);
  expect(connects).toEqual([`CONNECT localhost:${portOf(upstream)} HTTP/1.1`]);
});

it('goes past it to a host of NO_PROXY', async () => {
  const { __typename } = await confirmThrough('works', { NO_PROXY: 'example.com,localhost' });
  expect([__typename, received.length, connects]).toEqual(['ConfirmFirmwareUpgradeSuccess', 1, []]);
});

it('takes the variables in small letters, too', async () => {
  await confirmThrough('works', { HTTPS_PROXY: '', https_proxy: `http://127.0.0.1:${portOf(proxy)}` });
  expect([received.length, connects.length]).toEqual([1, 1]);
});

it.each<Mode>(['refuses', 'hangs', 'cuts before TLS'])('says "not sent" of a proxy that %s', async (how) => {
  expect(await confirmThrough(how)).toMatchObject({
    __typename: 'TokenApiUnavailableError',
    code: 'Gateway.NotSent',
    nextStep: 'RETRY',
  });
  expect(received).toEqual([]);
  expect(connects.length).toBeGreaterThan(0);
});

it('says "not sent" where there is no proxy', async () => {
  const { code } = await confirmThrough('works', { HTTPS_PROXY: 'http://127.0.0.1:9' });
  expect([code, received]).toEqual(['Gateway.NotSent', []]);
});

it('says "unknown" of a proxy that cuts the answer, and does not send again', async () => {
  expect(await confirmThrough('cuts the answer')).toMatchObject({ __typename: 'FirmwareUpgradeOutcomeUnknownError' });
  expect(received).toHaveLength(1);
});

it('says that a certificate cannot be trusted, and logs it as an error', async () => {
  expect(await confirmThrough('works', { NODE_EXTRA_CA_CERTS: '' })).toMatchObject({
    __typename: 'TokenApiUnavailableError',
    nextStep: 'GIVE_UP',
    retryAfterMs: null,
  });
  expect(received).toEqual([]);
  // The log is written in blocks, ten times a second.
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(gateways.at(-1)?.output()).toMatch(/"level":50,.*DEPTH_ZERO_SELF_SIGNED_CERT/);
});
