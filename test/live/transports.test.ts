// One stream over three transports: the same payloads to the byte, the same ends, one call for all.

import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { configFrom } from '../../src/config';
import { startGateway } from '../../src/server';
import { type Follower, followBy } from '../followers';
import { ask, CONFIRM, confirm, figureOf, type Pair, PRODUCT, startPair, TOKEN, until } from '../pair';
import { connectTo, readToEnd, requestOf } from '../rawClient';
import { connected, refusalOf, webSocketUrl } from '../webSocketClient';

const transports = ['sse', 'multipart', 'websocket'] as const;

const progressOf = (deviceName: string) => `subscription {
  firmwareUpgradeProgress(productId: "${PRODUCT}", deviceName: "${deviceName}") {
    device {
      id
      firmware { __typename ... on DeviceFirmware { currentVersion targetVersion } ... on TokenApiError { code message } }
      firmwareUpgrade {
        __typename
        ... on FirmwareUpgrade { phase percent fromVersion toVersion isFinal failureReason }
        ... on TokenApiError { code message nextStep }
      }
    }
  }
}`;

const followByAll = (url: string, query: string): Promise<Follower[]> =>
  Promise.all(transports.map((transport) => followBy[transport](url, query)));
const phaseOf = (payload: string) =>
  JSON.parse(payload).data.firmwareUpgradeProgress.device.firmwareUpgrade.phase as string;

describe('over each transport', () => {
  let pair: Pair;
  beforeEach(async () => {
    pair = await startPair({ simulator: { paceMs: 500 } });
  });
  afterEach(() => pair.close());

  it('an upgrade is told in the same bytes, to its end, by one look at the device for all', async () => {
    await confirm(pair, 'lamp-1');
    pair.simulator.received.length = 0;
    const followers = await followByAll(pair.url, progressOf('lamp-1'));
    expect(await Promise.all(followers.map(({ ended }) => ended))).toEqual(transports.map(() => 'completed'));
    const [first, ...others] = followers.map((follower) => follower.payloads());
    expect(first?.length).toBeGreaterThan(1);
    for (const other of others) expect(other).toEqual(first);
    expect(phaseOf(first?.at(-1) as string)).toBe('SUCCEEDED');
    const looks = pair.simulator.received.filter(({ action }) => action === 'AppDescribeFirmwareUpdateStatus');
    expect(looks.length).toBeLessThan(2 * (first?.length ?? 0));
    // The first look may have been for the first of them alone.
    expect(await figureOf(pair, 'live_calls_saved_total')).toBeGreaterThanOrEqual(2 * looks.length - 2);
    const ends = pair.log.filter(({ msg }) => msg === 'stream');
    expect(ends.map(({ transport, reason, events }) => [transport, reason, events]).sort()).toEqual(
      transports.map((transport) => [transport, 'finished', first?.length]).sort(),
    );
  });

  it.each(['lamp-offline-nobody-knows', 'error-ResourceNotFound', 'error-InternalError', 'lamp-done-before'])(
    'what is told first of %s is the same to the byte',
    async (deviceName) => {
      const followers = await followByAll(pair.url, progressOf(deviceName));
      await until(() => followers.every((follower) => follower.payloads().length > 0));
      const [first, ...others] = followers.map((follower) => follower.payloads()[0]);
      expect(others).toEqual([first, first]);
      for (const follower of followers) follower.leave();
    },
  );

  it.each([
    ['a query', `{ device(productId: "${PRODUCT}", deviceName: "lamp-1") { id firmware { __typename } } }`],
    ['a query with an error in it', '{ device(productId: "", deviceName: "lamp-1") { id } }'],
    [
      'a mutation',
      `mutation { confirmFirmwareUpgrade(productId: "P", deviceName: "error-LimitExceeded") { __typename } }`,
    ],
  ])('the answer to %s is that of HTTP to the byte', async (_what, query) => {
    const plain = await fetch(pair.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${TOKEN}` },
      body: JSON.stringify({ query }),
    });
    const expected = [(await plain.text()).trimEnd()];
    for (const transport of ['sse', 'websocket'] as const) {
      const follower = await followBy[transport](pair.url, query);
      expect(await follower.ended).toBe('completed');
      expect(follower.payloads()).toEqual(expected);
    }
  });

  it.each([
    ['text/event-stream', 'event: next\ndata: {"data"', 'event: complete\ndata:\n\n'],
    ['multipart/mixed;subscriptionSpec=1.0, application/json', '{"payload":{"data"', '--graphql--\r\n'],
  ])('a client of HTTP/1.0 gets %s without the lengths of chunks', async (accept, event, end) => {
    const body = JSON.stringify({ query: progressOf('lamp-done-before') });
    const socket = connectTo(pair.url);
    socket.write(requestOf(body).replace('HTTP/1.1\r\n', `HTTP/1.0\r\naccept: ${accept}\r\n`));
    const text = await readToEnd(socket);
    expect(text.split(event)).toHaveLength(2);
    expect(text.slice(text.indexOf('\r\n\r\n'))).not.toMatch(/^[0-9a-f]+\r$/m);
    expect(text.endsWith(end)).toBe(true);
  });

  it('an id is told as the client gave it', async () => {
    const id = 'a "quoted" \\ 名\u2028';
    const client = await connected(pair.url);
    client.subscribe(id, progressOf('lamp-done-before'));
    await client.got('complete', id);
    expect(
      client
        .messages()
        .slice(1)
        .map((message) => [message.id, message.type]),
    ).toEqual([
      [id, 'next'],
      [id, 'complete'],
    ]);
    client.socket.close();
  });

  it('the platform is asked no more once the last has left', async () => {
    const followers = await followByAll(pair.url, progressOf('lamp-busy'));
    await until(() => followers.every((follower) => follower.payloads().length > 0));
    const openBy = () =>
      Promise.all(transports.map((transport) => figureOf(pair, `live_streams{transport="${transport}"}`)));
    expect(await openBy()).toEqual([1, 1, 1]);
    for (const [i, follower] of followers.entries()) {
      expect(await figureOf(pair, 'live_pollers')).toBe(1);
      follower.leave();
      await until(async () => (await figureOf(pair, 'live_watchers')) === followers.length - 1 - i);
    }
    expect(await figureOf(pair, 'live_pollers')).toBe(0);
    await until(() => pair.log.filter(({ msg }) => msg === 'stream').length === 3);
    expect(pair.log.filter(({ msg }) => msg === 'stream').map(({ reason }) => reason)).toEqual([
      'left',
      'left',
      'left',
    ]);
    expect(await openBy()).toEqual([0, 0, 0]);
  });
});

it('counts looks that wait for their turn for more than 10 seconds', async () => {
  const pair = await startPair({ env: { LIVE_CALLS_PER_SECOND_PER_USER: '1' } });
  const ids = Array.from({ length: 20 }, (_, i) => `"${PRODUCT}/lamp-${i + 1}"`);
  const query = `subscription { firmwareUpgradesProgress(ids: [${ids}]) { device { id } } }`;
  const follower = await followBy.sse(pair.url, query);
  await until(() => follower.payloads().length > 8);
  expect(await figureOf(pair, 'live_polls_late_total')).toBe(0);
  await until(async () => ((await figureOf(pair, 'live_polls_late_total')) ?? 0) > 0);
  follower.leave();
  await pair.close();
}, 30_000);

describe('a gateway that stops', () => {
  const started = async (simulatorUrl: string, drainMs: number) => {
    const env = { PORT: '0', ADMIN_PORT: '0', TOKENAPI_URL: simulatorUrl, DRAIN_DELAY_MS: String(drainMs) };
    return startGateway(configFrom(env), { logTo: { write: () => undefined } });
  };

  it('ends streams as each protocol says "come again", and begins none', async () => {
    const pair = await startPair();
    const gateway = await started(pair.simulator.url, 600);
    const followers = await followByAll(gateway.url, progressOf('lamp-busy'));
    await until(() => followers.every((follower) => follower.payloads().length > 0));
    const idle = await connected(gateway.url);
    const left = gateway.drain();
    for (const transport of ['sse', 'multipart'] as const)
      await expect(followBy[transport](gateway.url, progressOf('lamp-busy'))).rejects.toThrow('refused with 503');
    expect((await refusalOf(gateway.url)).status).toBe(503);
    expect(await Promise.all(followers.map(({ ended }) => ended))).toEqual(['completed', 'completed', '1012']);
    expect((await idle.closed)[0]).toBe(1012);
    expect(await left).toBe(true);
    await pair.close();
  });

  it('tells a client the answer to its mutation before it closes the connection', async () => {
    const pair = await startPair({ simulator: { latencyMs: 500 } });
    const gateway = await started(pair.simulator.url, 100);
    const client = await connected(gateway.url);
    client.subscribe('1', CONFIRM, { productId: PRODUCT, deviceName: 'lamp-1' });
    await until(() => pair.simulator.received.length === 1);
    const left = gateway.drain();
    // What comes while it stops is not begun: the client asks the next replica for it.
    client.subscribe('2', CONFIRM, { productId: PRODUCT, deviceName: 'lamp-2' });
    expect((await client.closed)[0]).toBe(1012);
    expect(client.messages().map(({ id, type }) => [id, type])).toEqual([
      [undefined, 'connection_ack'],
      ['1', 'next'],
      ['1', 'complete'],
    ]);
    await left;
    expect(pair.simulator.received).toHaveLength(1);
    await pair.close();
  });

  it('ends in time though a client never answers that its connection is closed, or never reads', async () => {
    const pair = await startPair();
    const gateway = await started(pair.simulator.url, 100);
    const silent = await connected(gateway.url);
    silent.subscribe('1', progressOf('lamp-busy'));
    await silent.got('next', '1');
    silent.socket.pause();
    expect(await gateway.drain()).toBe(true);
    await expect(ask(gateway.url, '{ __typename }')).rejects.toThrow();
    silent.socket.terminate();
    await pair.close();
  });

  it('hands its followers on to the next: graphql-ws comes again by itself and sees the end', async () => {
    const pair = await startPair({ simulator: { paceMs: 600 } });
    const [first, second] = [await started(pair.simulator.url, 100), await started(pair.simulator.url, 0)];
    await ask(first.url, CONFIRM, { productId: PRODUCT, deviceName: 'lamp-1' });
    let url = first.url;
    const client = createClient({
      url: () => webSocketUrl(url),
      webSocketImpl: WebSocket,
      connectionParams: { authorization: TOKEN },
      retryWait: async () => undefined,
    });
    const phases: string[] = [];
    const done = new Promise<void>((resolve, reject) =>
      client.subscribe(
        { query: progressOf('lamp-1') },
        { next: (payload) => phases.push(phaseOf(JSON.stringify(payload))), error: reject, complete: resolve },
      ),
    );
    await until(() => phases.length > 0);
    url = second.url;
    await first.drain();
    await done;
    expect(phases.at(-1)).toBe('SUCCEEDED');
    expect(phases.filter((phase) => phase === 'SUCCEEDED')).toHaveLength(1);
    await client.dispose();
    await second.close();
    await pair.close();
  });
});
