// GraphQL over WebSocket: who is admitted, as whom, and what one connection may ask for.

import { once } from 'node:events';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { REQUEST_TIMEOUT_MS } from '../../src/http/servers';
import { CONFIRM, confirm, figureOf, type Pair, PRODUCT, prove, startPair, TOKEN, until } from '../pair';
import { answersIn, confirmOf, connectTo, readToEnd } from '../rawClient';
import { connected, openSocket, refusalOf } from '../webSocketClient';

const SECRET = 'the-secret-of-this-test';
const MOVING = `subscription { firmwareUpgradeProgress(productId: "${PRODUCT}", deviceName: "lamp-busy") {
  device { id firmwareUpgrade { __typename ... on FirmwareUpgrade { phase } ... on TokenApiError { code nextStep } } }
} }`;
const ENDED = MOVING.replace('lamp-busy', 'lamp-done-before');
const READ = `{ device(productId: "${PRODUCT}", deviceName: "lamp-1") { firmwareUpgrade { __typename } } }`;

let pair: Pair;
beforeAll(async () => {
  pair = await startPair({
    env: { CORS_ORIGINS: 'https://app.example.com', LIVE_STREAMS_PER_CONNECTION: '2' },
    gateway: { limits: { connections: 50, streamReadingMs: 1500, pingMs: 200, heldBytes: 200_000 } },
  });
});
beforeEach(() => {
  pair.simulator.received.length = 0;
  pair.simulator.override = undefined;
});
afterAll(async () => {
  await pair.close();
  // Whatever a client sends to say who it is stays out of the log.
  expect(JSON.stringify(pair.log)).not.toMatch(new RegExp(`${TOKEN}|demo-token|the-one-of-the-header`));
  expect(pair.log.filter(({ msg }) => msg === 'bug')).toEqual([]);
});

const tokensReceived = () => pair.simulator.received.map(({ body }) => body.AccessToken);
const upgradeOf = (payload: { data: { firmwareUpgradeProgress: { device: { firmwareUpgrade: unknown } } } }) =>
  payload.data.firmwareUpgradeProgress.device.firmwareUpgrade;

describe('an answer', () => {
  /** Its length is said in another way from 126 bytes on, and again from 65,536. */
  it.each([125, 126, 127, 65_535, 65_536, 66_000])('of %i bytes arrives whole', async (bytes) => {
    const client = await connected(pair.url);
    // More is asked for than a message may have: a name comes back as often as there are devices.
    const ids = Array.from({ length: bytes < 1000 ? 1 : 10 }, (_, i) => `${PRODUCT}/lamp-${i}`);
    const answered = async (id: string, name: string): Promise<string> => {
      client.subscribe(id, `{devices(ids:${JSON.stringify(ids)}){${name}:__typename}}`);
      await client.got('complete', id);
      return client.texts.find((text) => text.startsWith(`{"id":"${id}","type":"next"`)) as string;
    };
    // One of its characters has two bytes.
    const more = bytes - Buffer.byteLength(await answered('ü', 'a'));
    const name = 'a'.repeat(1 + Math.floor(more / ids.length));
    const text = await answered(`ö${'b'.repeat(more % ids.length)}`, name);
    client.socket.close();
    expect(Buffer.byteLength(text)).toBe(bytes);
    expect(JSON.stringify(JSON.parse(text))).toBe(text);
    expect(text).toContain(`"${name}":`);
  });
});

describe('the token', () => {
  it.each<[string, object, Record<string, string>]>([
    ['after Bearer', { authorization: `Bearer ${TOKEN}` }, {}],
    ['alone', { authorization: TOKEN }, {}],
    ['under a name in capitals', { Authorization: `bearer ${TOKEN}` }, {}],
    ['among headers, as Apollo’s explorers send it', { headers: { AUTHORIZATION: `Bearer ${TOKEN}` } }, {}],
    ['in the header of the upgrade', {}, { authorization: `Bearer ${TOKEN}` }],
    ['rather than in the header', { authorization: TOKEN }, { authorization: 'Bearer the-one-of-the-header' }],
  ])('is taken %s', async (_where, params, headers) => {
    const client = await connected(pair.url, params, { headers });
    client.subscribe('1', READ);
    await client.got('complete', '1');
    client.socket.close();
    expect(tokensReceived()).toEqual([TOKEN]);
  });

  it.each<[string, object]>([
    ['none', {}],
    ['two that differ', { authorization: TOKEN, Authorization: 'demo-token-bob' }],
    ['no text', { authorization: [TOKEN] }],
  ])('that is %s is refused as data, then the stream completes, and nothing is sent', async (_what, params) => {
    const client = await connected(pair.url, params);
    client.subscribe('1', MOVING);
    await client.got('complete', '1');
    client.socket.close();
    expect(client.messages('1').map(({ type }) => type)).toEqual(['next', 'complete']);
    expect(upgradeOf((await client.got('next', '1')).payload)).toMatchObject({
      __typename: 'TokenApiInvalidAccessTokenError',
      nextStep: 'SIGN_IN',
    });
    expect(pair.simulator.received).toEqual([]);
  });

  it('that the platform refuses ends the stream with that as data', async () => {
    const client = await connected(pair.url, { authorization: 'demo-token-expired' });
    client.subscribe('1', MOVING);
    await client.got('complete', '1');
    client.socket.close();
    expect(client.messages('1').map(({ type }) => type)).toEqual(['next', 'complete']);
    expect(upgradeOf((await client.got('next', '1')).payload)).toMatchObject({ nextStep: 'SIGN_IN' });
  });
});

describe('an upgrade', () => {
  it.each<[string, number, string, Parameters<typeof refusalOf>[1]]>([
    ['of a page elsewhere', 403, '/graphql', { headers: { origin: 'https://evil.example' } }],
    ['of a page without an origin of its own', 403, '/graphql', { headers: { origin: 'null' } }],
    ['to another subprotocol', 400, '/graphql', { protocol: 'graphql-ws' }],
    ['at another path', 404, '/explorer', {}],
    ['with a version of WebSocket that is not the standard’s', 400, '/graphql', { protocolVersion: 8 }],
  ])('%s gets %i and JSON', async (_what, status, path, options) => {
    const refused = await refusalOf(pair.url.replace('/graphql', path), options);
    expect([refused.status, JSON.parse(refused.body).errors.length]).toEqual([status, 1]);
  });

  it.each([
    ['an allowed origin', () => 'https://app.example.com'],
    ['the gateway’s own origin', () => new URL(pair.url).origin],
  ])('of %s is admitted', async (_what, origin) => {
    const client = await connected(pair.url, {}, { headers: { origin: origin() } });
    client.socket.close();
  });

  it('to another protocol is answered in HTTP, as if it were none', async () => {
    const body = JSON.stringify({ query: '{ __typename }' });
    const headers = { 'content-type': 'application/json', connection: 'Upgrade, HTTP2-Settings', upgrade: 'h2c' };
    const request = httpRequest(pair.url, { method: 'POST', headers: { ...headers, 'http2-settings': 'AAMAAABk' } });
    request.end(body);
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    let text = '';
    for await (const chunk of response) text += chunk;
    expect([response.statusCode, text]).toEqual([200, '{"data":{"__typename":"Query"}}\n']);
  });

  it('behind a confirm that runs is not made: the confirm is answered, and the connection closed', async () => {
    const client = connectTo(pair.url);
    const upgrade = ['GET /graphql HTTP/1.1', 'host: a', 'connection: upgrade', 'upgrade: websocket'];
    const more = ['sec-websocket-version: 13', 'sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ=='];
    client.write(`${confirmOf('lamp-2')}${[...upgrade, ...more].join('\r\n')}\r\n\r\n`);
    expect(answersIn(await readToEnd(client))).toEqual(['200 lamp-2, then closed']);
  });

  /** From Node 26 on it would come with a stream in the place of its socket, whose error ended the process. */
  describe('with a body', () => {
    const upgradeWith = (header: string): string =>
      [
        'GET /graphql HTTP/1.1',
        'host: a',
        'connection: upgrade',
        'upgrade: websocket',
        'sec-websocket-version: 13',
        'sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==',
        'sec-websocket-protocol: graphql-transport-ws',
        header,
        '\r\n',
      ].join('\r\n');
    const statusOf = (text: string) => /^HTTP\/1\.1 (\d{3})/.exec(text)?.[1];

    it.each([
      ['none', 'content-length: 0', '', '101'],
      ['five bytes', 'content-length: 5', 'abcde', '405'],
      ['chunks', 'transfer-encoding: chunked', '5\r\nabcde\r\n0\r\n\r\n', '405'],
    ])('of %s: status of %j', async (_what, header, body, status) => {
      const client = connectTo(pair.url);
      client.write(`${upgradeWith(header)}${body}`);
      const [chunk] = (await once(client, 'data')) as [Buffer];
      client.destroy();
      expect(statusOf(String(chunk))).toBe(status);
    });

    it.each(['content-length: 5', 'transfer-encoding: chunked'])(
      'that never comes harms nobody: %s',
      async (header) => {
        const client = connectTo(pair.url);
        client.write(upgradeWith(header));
        // Until Node gives the request up.
        expect(await readToEnd(client)).not.toContain('101 Switching Protocols');
        expect(await pair.ask('{ __typename }')).toMatchObject({ status: 200 });
      },
      2 * REQUEST_TIMEOUT_MS,
    );
  });
});

it('requires the router’s secret where one is set: in the header, or where a client can send none, among the parameters', async () => {
  const guarded = await startPair({ env: { ROUTER_SECRET: SECRET } });
  const params = { authorization: TOKEN };
  expect((await refusalOf(guarded.url, { headers: { 'x-router-secret': 'another-secret-than-that' } })).status).toBe(
    401,
  );
  for (const wrong of [params, { ...params, 'x-router-secret': 'another-secret-than-that' }]) {
    const client = await openSocket(guarded.url);
    client.say({ type: 'connection_init', payload: wrong });
    client.subscribe('1', READ);
    expect((await client.closed)[0]).toBe(4403);
  }
  expect(guarded.simulator.received).toEqual([]);
  const clients = [
    await connected(guarded.url, params, { headers: { 'x-router-secret': SECRET } }),
    await connected(guarded.url, { ...params, 'X-Router-Secret': SECRET }),
  ];
  for (const client of clients) {
    client.subscribe('1', READ);
    await client.got('complete', '1');
    client.socket.close();
  }
  expect(guarded.simulator.received).toHaveLength(2);
  await guarded.close();
  expect(JSON.stringify(guarded.log)).not.toContain(SECRET);
});

describe('what a client says wrongly closes the connection', () => {
  const init = { type: 'connection_init' };
  it.each<[string, number, (string | object | Buffer)[]]>([
    ['an operation before it says who it is', 4401, [{ id: '1', type: 'subscribe', payload: { query: READ } }]],
    ['who it is, twice', 4429, [init, init]],
    ['no JSON', 4400, [init, 'no JSON']],
    ['bytes that are no text', 4400, [init, Buffer.from('{"type":"ping"}')]],
    ['what only a server says', 4400, [init, { id: '1', type: 'next', payload: {} }]],
    ['a type that is not there', 4400, [init, { type: 'start' }]],
    ['a message that is too large', 1009, [init, 'x'.repeat(65_537)]],
    ['too many values', 4400, [init, `{"type":"ping","payload":{"a":[${'[],'.repeat(16_500)}1]}}`]],
    ['an id that is too long', 4400, [init, { id: 'x'.repeat(129), type: 'subscribe', payload: { query: READ } }]],
    [
      'an id that is under way',
      4409,
      [init, ...[1, 2].map(() => ({ id: '1', type: 'subscribe', payload: { query: MOVING } }))],
    ],
  ])('%s: %i', async (_what, code, messages) => {
    const client = await openSocket(pair.url, { headers: { authorization: `Bearer ${TOKEN}` } });
    for (const message of messages)
      client.socket.send(typeof message === 'string' || Buffer.isBuffer(message) ? message : JSON.stringify(message));
    expect((await client.closed)[0]).toBe(code);
    await until(async () => (await figureOf(pair, 'live_pollers')) === 0);
  });

  it('nothing, for 5 seconds: 4408', async () => {
    const client = await openSocket(pair.url);
    expect(await client.closed).toEqual([4408, 'Connection initialisation timeout']);
  });
});

describe('one connection', () => {
  it('has so many operations under way: a stream beyond is rate limited as data, a query is refused', async () => {
    const client = await connected(pair.url);
    for (const id of ['1', '2', '3']) client.subscribe(id, MOVING);
    await client.got('complete', '3');
    expect(upgradeOf((await client.got('next', '3')).payload)).toMatchObject({
      __typename: 'TokenApiRateLimitedError',
      code: 'Gateway.RateLimited',
    });
    client.subscribe('4', READ);
    expect((await client.got('error', '4')).payload[0].extensions.code).toBe('TOO_MANY_OPERATIONS');
    client.say({ id: '1', type: 'complete' });
    client.subscribe('5', READ);
    await client.got('complete', '5');
    client.socket.close();
  });

  it('may use an id again at once, and gets nothing of what it had before under it', async () => {
    const client = await connected(pair.url);
    pair.simulator.override = () => true;
    client.subscribe('1', READ);
    await until(() => pair.simulator.received.length === 1);
    client.say({ id: '1', type: 'complete' });
    client.subscribe('1', '{ __typename }');
    await client.got('complete', '1');
    expect(client.messages('1').map(({ payload }) => payload)).toEqual([{ data: { __typename: 'Query' } }, undefined]);
    client.socket.close();
  });

  it('that sends thousands of messages at once keeps nobody else waiting', async () => {
    const flood = await connected(pair.url);
    const pongs = () => flood.texts.length - 1;
    for (let i = 0; i < 20_000; i++) flood.socket.send('{"type":"ping"}');
    await until(() => pongs() > 0);
    expect((await pair.ask('{ __typename }')).status).toBe(200);
    expect(pongs()).toBeLessThan(20_000);
    flood.socket.terminate();
  });

  it.each([
    ['unread', 90],
    ['pipelined', 200],
  ])('that does not read is served no further, and is cut: %s after %i messages', async (why, count) => {
    const large = `{ ${Array.from({ length: 10 }, (_, i) => `a${i}: _service { sdl }`).join(' ')} }`;
    await pair.ask(large);
    const client = await connected(pair.url);
    const before = pair.log.length;
    client.socket.pause();
    for (let i = 0; i < count; i++) client.subscribe(`large-${i}`, large);
    await until(async () => {
      const figures = await (await fetch(`${pair.adminUrl}/metrics`)).text();
      return figures.includes(`connections_cut_total{why="${why}"} 1`);
    });
    // Each has a quarter of a megabyte: these are what the sockets of both sides hold.
    expect(pair.log.slice(before).filter(({ msg }) => msg === 'operation').length).toBeLessThan(60);
    client.socket.terminate();
  });

  it('that sends messages which never become whole is cut once all of these together are too many', async () => {
    const part = Buffer.concat([
      Buffer.from([0x81, 0xff, ...Buffer.alloc(4), 0, 0, 0xff, 0, ...Buffer.alloc(4)]),
      Buffer.alloc(60_000),
    ]);
    const clients = await Promise.all(Array.from({ length: 5 }, () => connected(pair.url)));
    const rawOf = (client: (typeof clients)[number]) => (client.socket as unknown as { _socket: Socket })._socket;
    for (const client of clients.slice(0, 3)) rawOf(client).write(part);
    await pause(600);
    expect(clients.map(({ socket }) => socket.readyState)).toEqual(Array(5).fill(1));
    rawOf(clients[3]!).write(part);
    await until(() => clients.filter(({ socket }) => socket.readyState === 3).length === 1);
    const [, , , , bystander] = clients;
    bystander?.subscribe('1', '{ __typename }');
    await bystander?.got('complete', '1');
    for (const { socket } of clients) socket.terminate();
  });

  it('whose peer is silent is cut, and its stream with it', async () => {
    const client = await connected(pair.url, { authorization: TOKEN }, { autoPong: false });
    client.subscribe('1', MOVING);
    await client.got('next', '1');
    expect((await client.closed)[0]).toBe(1006);
    await until(() => pair.log.some(({ msg, reason }) => msg === 'stream' && reason === 'unread'));
    await until(async () => (await figureOf(pair, 'live_pollers')) === 0);
  });

  it('whose peer is heard and answered is asked less often whether it is there', async () => {
    const pingsOf = async (query: string | undefined) => {
      const client = await connected(pair.url);
      let pings = 0;
      client.socket.on('ping', () => pings++);
      let asked = 0;
      const asking = query && setInterval(() => client.subscribe(`${asked++}`, query), 50);
      await pause(3000);
      clearInterval(asking || undefined);
      client.socket.close();
      return pings;
    };
    const [quiet, busy] = await Promise.all([pingsOf(undefined), pingsOf('{ __typename }')]);
    expect(quiet).toBeGreaterThan(5);
    expect(busy).toBeLessThan(quiet / 2);
  });

  it('that is quiet, but there, stays open', async () => {
    const client = await connected(pair.url);
    let pings = 0;
    client.socket.on('ping', () => pings++);
    await until(() => pings > 10);
    expect(client.socket.readyState).toBe(client.socket.OPEN);
    client.socket.close();
  });
});

it('a mutation whose client leaves has been sent once, and its answer is kept', async () => {
  const client = await connected(pair.url);
  let answer = (): void => undefined;
  pair.simulator.override = ({ body: { RequestId } }, response) => {
    answer = () => response.end(JSON.stringify({ Response: { RequestId } }));
    return true;
  };
  const variables = { productId: PRODUCT, deviceName: 'lamp-5', idempotencyKey: 'left' };
  const keyed = CONFIRM.replace('$deviceName: String!', '$deviceName: String!, $idempotencyKey: String').replace(
    'deviceName: $deviceName',
    'deviceName: $deviceName, idempotencyKey: $idempotencyKey',
  );
  client.subscribe('1', keyed, variables);
  await until(() => pair.simulator.received.length === 1);
  client.socket.terminate();
  await client.closed;
  answer();
  const { body } = await pair.ask(keyed, variables);
  expect(body.data.confirmFirmwareUpgrade.__typename).toBe('ConfirmFirmwareUpgradeSuccess');
  expect(pair.simulator.received).toHaveLength(1);
});

it('counts among the connections: an idle one makes room, one with a stream does not, and one that closes is released', async () => {
  const small = await startPair({
    env: { LIVE_STREAMS: '2' },
    gateway: { limits: { connections: 0, arrivingMs: 100 } },
  });
  await prove(small);
  const busy = await connected(small.url);
  busy.subscribe('1', MOVING);
  await busy.got('next', '1');
  const idle = await connected(small.url);
  await pause(200);
  const newcomer = await connected(small.url);
  expect((await idle.closed)[0]).toBe(1006);
  newcomer.subscribe('1', MOVING);
  await newcomer.got('next', '1');
  await expect(openSocket(small.url)).rejects.toThrow('503');
  newcomer.socket.close();
  await newcomer.closed;
  expect((await confirm(small, 'lamp-1')).__typename).toBe('ConfirmFirmwareUpgradeSuccess');
  expect(busy.socket.readyState).toBe(busy.socket.OPEN);
  busy.socket.close();
  await small.close();
});

it('those who come at the same time do not take each other’s places: who gets in is answered', async () => {
  const arrivingMs = 2000;
  const small = await startPair({ env: { LIVE_STREAMS: '0' }, gateway: { limits: { connections: 4, arrivingMs } } });
  const confirmed = async (i: number) => {
    const client = await openSocket(small.url);
    client.say({ type: 'connection_init', payload: { authorization: `Bearer user-${i}` } });
    await client.got('connection_ack');
    // The next ones come meanwhile.
    await pause(100);
    const text = `mutation { confirmFirmwareUpgrade(productId: "${PRODUCT}", deviceName: "lamp-${i}") { __typename } }`;
    client.subscribe('1', text);
    await client.got('complete', '1');
  };
  const told = await Promise.allSettled(Array.from({ length: 20 }, (_, i) => confirmed(i)));
  const refusals = told.flatMap((one) => (one.status === 'rejected' ? [String(one.reason)] : []));
  expect(refusals).toHaveLength(16);
  expect(refusals.filter((why) => why.includes('503'))).toHaveLength(16);
  expect(new Set(small.simulator.received.map(({ body }) => body.DeviceName)).size).toBe(4);
  await small.close();
});

it('closed with a stream that went on, it takes nobody’s place', async () => {
  const small = await startPair({ env: { LIVE_STREAMS: '2' }, gateway: { limits: { connections: 1 } } });
  await prove(small);
  const idle = connectTo(small.url);
  await once(idle, 'connect');
  for (let i = 0; i < 4; i++) {
    const client = await connected(small.url);
    client.subscribe('1', MOVING);
    await client.got('next', '1');
    client.socket.terminate();
    await until(async () => (await figureOf(small, 'live_watchers')) === 0);
  }
  expect(idle.closed).toBe(false);
  idle.destroy();
  await small.close();
});

it('is answered after its end no more: the platform is asked for nobody', async () => {
  const client = await connected(pair.url);
  client.subscribe('1', MOVING);
  client.subscribe('2', ENDED);
  await client.got('complete', '2');
  await client.got('next', '1');
  client.say({ id: '1', type: 'complete' });
  await until(async () => (await figureOf(pair, 'live_pollers')) === 0);
  const calls = pair.simulator.received.length;
  // Longer than the pace at which a moving upgrade is looked at.
  await new Promise((resolve) => setTimeout(resolve, 2500));
  expect(pair.simulator.received).toHaveLength(calls);
  client.socket.close();
  expect(pair.log.filter(({ msg, transport }) => msg === 'stream' && transport === 'websocket').at(-1)).toMatchObject({
    reason: 'left',
    events: 1,
  });
});
