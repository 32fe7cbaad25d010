// The wire over TLS and through a proxy: what a late or broken connection says about what was sent. The gateway is a process of its
// own, which is told at its start to trust the certificate of this upstream.

import { readFileSync } from 'node:fs';
import { createServer as createTlsServer, type Server as TlsServer } from 'node:https';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { type GatewayProcess, startProcess } from '../gatewayProcess';
import { ask, CONFIRM, PRODUCT } from '../pair';

const SUCCESS = 'ConfirmFirmwareUpgradeSuccess';
const UNKNOWN = 'FirmwareUpgradeOutcomeUnknownError';
const NOT_SENT = { __typename: 'TokenApiUnavailableError', code: 'Gateway.NotSent', nextStep: 'RETRY' };

const file = (name: string) => join(__dirname, '..', 'tls', name);

const TIMEOUT_MS = 1500;

/** What becomes of a tunnel through the proxy. */
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
// A gateway that was asked goes on making spare connections for a while.
afterEach(() => Promise.all(gateways.map(({ child, exited }) => child.kill('SIGKILL') && exited)));
afterAll(() => {
  for (const socket of sockets) socket.destroy();
  upstream.close();
  upstream.closeAllConnections();
  proxy.close();
});
beforeEach(() => {
  gateways.length = 0;
  received.length = 0;
  connects.length = 0;
});

async function startOverTls(server: Server | TlsServer, env: Record<string, string> = {}): Promise<GatewayProcess> {
  const gateway = await startProcess({
    TOKENAPI_URL: `https://localhost:${portOf(server)}/tokenapi`,
    TOKENAPI_TIMEOUT_MS: String(TIMEOUT_MS),
    NODE_EXTRA_CA_CERTS: file('cert.pem'),
    ...env,
  });
  gateways.push(gateway);
  // A first operation loads what it needs: that is not to be measured.
  await ask(gateway.url, '{ __typename }');
  return gateway;
}

/** Confirms, and expects the answer by the deadline. */
async function confirmBy({ url }: GatewayProcess, deviceName = 'lamp-1') {
  const startedAt = performance.now();
  const { body } = await ask(url, CONFIRM, { productId: PRODUCT, deviceName });
  expect(performance.now() - startedAt).toBeLessThan(TIMEOUT_MS + 250);
  return body.data.confirmFirmwareUpgrade;
}

async function confirmThrough(how: Mode, env: Record<string, string> = {}) {
  mode = how;
  return confirmBy(await startOverTls(upstream, { HTTPS_PROXY: `http://127.0.0.1:${portOf(proxy)}`, ...env }));
}

it('sends nothing over a connection that is there only after the deadline', async () => {
  let handOver: () => void = () => undefined;
  const isHandedOver = new Promise<void>((resolve) => {
    handOver = resolve;
  });
  // TCP is there at once; nobody answers to TLS.
  const late = createServer(async (client) => {
    sockets.add(client.on('error', () => undefined));
    await isHandedOver;
    const onward = connect(portOf(upstream), '127.0.0.1').on('error', () => undefined);
    client.pipe(onward).pipe(client);
  });
  await listening(late);
  const gateway = await startOverTls(late);
  expect(await confirmBy(gateway, 'lamp-1')).toMatchObject(NOT_SENT);
  handOver();
  expect((await confirmBy(gateway, 'lamp-2')).__typename).toBe(SUCCESS);
  expect(received.map(({ DeviceName }) => DeviceName)).toEqual(['lamp-2']);
  late.close();
});

it('goes through the proxy', async () => {
  const { __typename, requestId } = await confirmThrough('works');
  expect(__typename).toBe(SUCCESS);
  expect(received.map(({ RequestId }) => RequestId)).toEqual([requestId]);
  // Another is made for the next confirm.
  expect([...new Set(connects)]).toEqual([`CONNECT localhost:${portOf(upstream)} HTTP/1.1`]);
});

it('goes past it to a host of NO_PROXY', async () => {
  const { __typename } = await confirmThrough('works', { NO_PROXY: 'example.com,localhost' });
  expect([__typename, received.length, connects]).toEqual([SUCCESS, 1, []]);
});

it('takes the variables in small letters, too', async () => {
  await confirmThrough('works', { HTTPS_PROXY: '', https_proxy: `http://127.0.0.1:${portOf(proxy)}` });
  expect([received.length, connects[0]]).toEqual([1, `CONNECT localhost:${portOf(upstream)} HTTP/1.1`]);
});

it.each<Mode>(['refuses', 'hangs', 'cuts before TLS'])('says "not sent" of a proxy that %s', async (how) => {
  expect(await confirmThrough(how)).toMatchObject(NOT_SENT);
  expect(received).toEqual([]);
  expect(connects.length).toBeGreaterThan(0);
});

it('says "not sent" where there is no proxy', async () => {
  const { code } = await confirmThrough('works', { HTTPS_PROXY: 'http://127.0.0.1:9' });
  expect([code, received]).toEqual(['Gateway.NotSent', []]);
});

it('says "unknown" of a proxy that cuts the answer, and does not send again', async () => {
  expect(await confirmThrough('cuts the answer')).toMatchObject({ __typename: UNKNOWN });
  expect(received).toHaveLength(1);
});

it('says that a certificate cannot be trusted, and logs it as an error', async () => {
  expect(await confirmThrough('works', { NODE_EXTRA_CA_CERTS: '' })).toMatchObject({
    __typename: 'TokenApiUnavailableError',
    nextStep: 'GIVE_UP',
    retryAfterMs: null,
  });
  expect(received).toEqual([]);
  await gateways.at(-1)?.written(/"level":50,.*DEPTH_ZERO_SELF_SIGNED_CERT/);
});
