// The wire: which answers are read, which connections are used, and what a connection that cannot be made says about what was sent.

import { readFileSync } from 'node:fs';
import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import type { Simulator } from '../../src/simulator/simulator';
import { confirm, type Pair, PRODUCT, prove, startPair } from '../pair';

const SUCCESS = 'ConfirmFirmwareUpgradeSuccess';
const UNKNOWN = 'FirmwareUpgradeOutcomeUnknownError';
const NOT_SENT = { __typename: 'TokenApiUnavailableError', code: 'Gateway.NotSent', nextStep: 'RETRY' };

type Response = Parameters<NonNullable<Simulator['override']>>[1];

describe('an answer', () => {
  let pair: Pair;
  beforeAll(async () => {
    pair = await startPair({ env: { TOKENAPI_TIMEOUT_MS: '1000' } });
  });
  afterAll(() => pair.close());
  beforeEach(() => {
    pair.simulator.received.length = 0;
  });

  /** Said by the platform, each of these would be a success: that is what makes them tests. */
  it.each<[string, string, (response: Response, success: string) => void]>([
    ['that says so', SUCCESS, (response, success) => response.end(success)],
    [
      'that comes in pieces, one in the middle of a character',
      SUCCESS,
      (response, success) => {
        const bytes = Buffer.from(success.replace('{', '{"灯":1,'));
        response.write(bytes.subarray(0, 3));
        setTimeout(() => response.end(bytes.subarray(3)), 5);
      },
    ],
    [
      'after an informational one',
      SUCCESS,
      (response, success) => response.writeEarlyHints({ link: '</x>; rel=preload' }, () => response.end(success)),
    ],
    [
      'that claims to be encoded',
      UNKNOWN,
      (response, success) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(success),
    ],
    [
      'that is encoded',
      UNKNOWN,
      (response, success) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(success)),
    ],
    ['of 64 KiB', SUCCESS, (response, success) => response.end(success.padEnd(65_536))],
    ['that announces more than 64 KiB', UNKNOWN, (response, success) => response.end(success.padEnd(65_537))],
    [
      'that brings more than 64 KiB unannounced',
      UNKNOWN,
      (response, success) => response.writeHead(200, { 'transfer-encoding': 'chunked' }).end(success.padEnd(65_537)),
    ],
    [
      'that is cut, though all that counts is there',
      UNKNOWN,
      (response, success) =>
        response.writeHead(200, { 'content-length': success.length + 1 }).write(success, () => response.destroy()),
    ],
  ])('%s is a %s, sent once', async (_name, type, respond) => {
    pair.simulator.override = ({ body: { RequestId } }, response) => {
      respond(response, JSON.stringify({ Response: { RequestId } }));
      return true;
    };
    const { __typename, requestId } = await confirm(pair, 'lamp-1');
    expect(__typename).toBe(type);
    expect(pair.simulator.received.map(({ body }) => body.RequestId)).toEqual([requestId]);
    expect(pair.simulator.received[0]?.headers['content-type']).toBe('application/json');
  });

  it.each<[string, string, (response: Response, success: string) => void]>([
    ['encoded', 'The answer is encoded.', (r, success) => r.writeHead(200, { 'content-encoding': 'br' }).end(success)],
    ['too large', 'The answer is too large.', (r, success) => r.end(success.padEnd(65_537))],
    ['cut', 'The connection brought no complete answer. UND_ERR_SOCKET', (r) => r.destroy()],
    ['late', 'No complete answer came before the deadline.', () => undefined],
  ])('that is %s is logged with the reason "%s"', async (_name, reason, respond) => {
    pair.log.length = 0;
    pair.simulator.override = ({ body: { RequestId } }, response) => {
      respond(response, JSON.stringify({ Response: { RequestId } }));
      return true;
    };
    await confirm(pair, 'lamp-1');
    const [call] = pair.log.filter(({ msg }) => msg === 'upstream call');
    expect(call).toMatchObject({ level: 40, outcome: 'no-answer', attempts: 1, reason });
    expect(call?.ms).toBeGreaterThan(0);
    expect(call?.ms).toBeLessThan(1250);
  });

  it('is not waited for once it has announced more than 64 KiB', async () => {
    pair.log.length = 0;
    pair.simulator.override = (_call, response) => {
      response.writeHead(200, { 'content-length': 65_537 }).flushHeaders();
      return true;
    };
    expect((await confirm(pair, 'lamp-1')).__typename).toBe(UNKNOWN);
    const [call] = pair.log.filter(({ msg }) => msg === 'upstream call');
    expect(call?.ms).toBeLessThan(1000);
    expect(pair.simulator.received).toHaveLength(1);
  });
});

it('reuses no connection for a confirm that the server may be about to close', async () => {
  const pair = await startPair();
  const ports: (number | undefined)[] = [];
  pair.simulator.override = (_call, response) => {
    ports.push(response.socket?.remotePort);
    return false;
  };
  await confirm(pair, 'lamp-1');
  // A server that closes idle connections after so long must find no confirm on one.
  await pause(100);
  await confirm(pair, 'lamp-2');
  expect(new Set(ports).size).toBe(2);
  await pair.close();
});

describe('a connection for reads', () => {
  const READ = `{ device(productId: "${PRODUCT}", deviceName: "lamp-1") { firmware { __typename ... on TokenApiError { code } } } }`;
  let pair: Pair;
  const ports: (number | undefined)[] = [];
  beforeAll(async () => {
    pair = await startPair({ simulator: { latencyMs: 50 } });
    await prove(pair);
  });
  afterAll(() => pair.close());
  beforeEach(() => {
    ports.length = 0;
    pair.log.length = 0;
    pair.simulator.override = undefined;
  });

  const noting = (answer: (response: Response, requestId: string) => boolean): Simulator['override'] =>
    function noted({ body }, response) {
      ports.push(response.socket?.remotePort);
      return answer(response, String(body.RequestId));
    };
  const read = async () => {
    const { body } = await pair.ask(READ);
    expect(body.data.device.firmware).toEqual({ __typename: 'DeviceFirmware' });
  };

  it('is kept while the platform keeps it', async () => {
    pair.simulator.override = noting((response) => {
      response.setHeader('keep-alive', 'timeout=2');
      return false;
    });
    await read();
    await pause(1200);
    await read();
    await pause(1800);
    await read();
    expect(ports[1]).toBe(ports[0]);
    expect(ports[2]).not.toBe(ports[1]);
  });

  it('that ends under a read is replaced at once; many at once do not open the circuit', async () => {
    // Three operations have as many reads under way as one user may have, which is more than the failures that open the circuit.
    const readMany = () =>
      Promise.all(
        [1, 2, 3].map(async (nth) => {
          const ids = Array.from({ length: 8 }, (_, i) => `${PRODUCT}/lamp-${10 * nth + i}`);
          const { body } = await pair.ask('query ($ids: [ID!]!) { devices(ids: $ids) { firmware { __typename } } }', {
            ids,
          });
          expect(body.data.devices).toEqual(ids.map(() => ({ firmware: { __typename: 'DeviceFirmware' } })));
        }),
      );
    /** Each on a connection of its own, since none is answered before all have come. */
    const kept = new Map<number | undefined, () => void>();
    const dying: (() => void)[] = [];
    let diedAt = 0;
    const repeats: number[] = [];
    pair.simulator.override = noting((response, RequestId) => {
      const port = response.socket?.remotePort;
      if (kept.size < 24) {
        kept.set(port, () => response.end(JSON.stringify({ Response: { RequestId, CurrentVersion: '1' } })));
        if (kept.size === 24) for (const answer of kept.values()) answer();
        return true;
      }
      if (kept.has(port)) {
        dying.push(() => response.socket?.destroy());
        if (dying.length < 24) return true;
        diedAt = performance.now();
        for (const die of dying) die();
        return true;
      }
      repeats.push(performance.now());
      return false;
    });
    await readMany();
    await readMany();
    expect(repeats).toHaveLength(24);
    expect((repeats[0] as number) - diedAt).toBeLessThan(50);
    expect(pair.log.filter(({ msg }) => msg === 'circuit breaker')).toEqual([]);
  });

  it('that was new and ends is replaced after a pause, once', async () => {
    const times: number[] = [];
    pair.simulator.override = noting((response) => {
      times.push(performance.now());
      response.socket?.destroy();
      return true;
    });
    // What the tests before have left.
    await pair.ask(READ);
    times.length = 0;
    const { body } = await pair.ask(READ);
    expect(body.data.device.firmware.code).toBe('Gateway.NoAnswer');
    expect(times).toHaveLength(2);
    expect((times[1] as number) - (times[0] as number)).toBeGreaterThanOrEqual(50);
  });
});

describe('to a server that cannot prove who it is', () => {
  const file = (name: string) => readFileSync(join(__dirname, '..', 'tls', name));
  const servers: [name: string, create: () => Server][] = [
    [
      'with a certificate that nobody has signed',
      () => createTlsServer({ key: file('key.pem'), cert: file('cert.pem') }),
    ],
    [
      'that speaks no TLS',
      () => createServer((socket) => void socket.on('error', () => undefined).end('HTTP/1.1 400 \r\n\r\n')),
    ],
  ];
  it.each(servers)('%s, sends nothing, tries once, and says that trying again is of no use', async (_name, create) => {
    const server = create();
    let connections = 0;
    server.on('connection', () => connections++);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const pair = await startPair({ env: { TOKENAPI_URL: `https://localhost:${port}/tokenapi` } });
    // More than would open the circuit: this fault is not one that waiting mends.
    for (let i = 0; i < 21; i++)
      expect(await confirm(pair, 'lamp-1')).toMatchObject({ ...NOT_SENT, nextStep: 'GIVE_UP', retryAfterMs: null });
    expect(connections).toBe(21);
    expect(pair.log.find(({ msg }) => msg === 'upstream call')).toMatchObject({
      level: 50,
      outcome: 'not-sent',
      attempts: 1,
    });
    await pair.close();
    server.close();
  });
});
