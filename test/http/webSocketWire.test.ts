// Whether the peer of a WebSocket is there: asked seldom while messages go to it, and found out all the same.

import { once } from 'node:events';
import type { AddressInfo, Socket } from 'node:net';
import { WebSocket, WebSocketServer } from 'ws';
import { Readers } from '../../src/http/readers';
import { WebSocketWire } from '../../src/http/webSocketWire';
import { until } from '../pair';

const PING_MS = 200;
const STREAM_READING_MS = 1500;

let server: WebSocketServer;
let cuts: string[];
beforeEach(async () => {
  cuts = [];
  server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  await once(server, 'listening');
});
afterEach(async () => {
  for (const client of server.clients) client.terminate();
  await new Promise((resolve) => server.close(resolve));
});

/** A peer that only listens, and counts how often it is asked. */
async function peer(options: { answers: boolean; getsMessages: boolean }) {
  const client = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`, {
    autoPong: options.answers,
  });
  const pings: number[] = [];
  client.on('ping', () => pings.push(performance.now()));
  const [ws, { socket }] = (await once(server, 'connection')) as [WebSocket, { socket: Socket }];
  const onCut = (why = 'by its reader') => {
    cuts.push(why);
  };
  const wire = new WebSocketWire(ws, socket, {
    readers: new Readers({ streamReadingMs: STREAM_READING_MS, onCut }),
    turn: () => undefined,
    onBytes: () => undefined,
    onMessage: () => undefined,
    onCut,
    onBug: (cause) => {
      throw cause;
    },
    pingMs: PING_MS,
  });
  const sending = options.getsMessages ? setInterval(() => wire.send('{}'), 5) : undefined;
  const closed = once(client, 'close').then(([code]) => {
    clearInterval(sending);
    return code as number;
  });
  return { client, pings, closed };
}

it('one that gets messages and never answers is asked, and then cut', async () => {
  const { pings, closed } = await peer({ answers: false, getsMessages: true });
  expect(await closed).toBe(1006);
  expect(pings.length).toBeGreaterThan(0);
  expect(cuts).toEqual(['unread']);
});

it('one that gets messages is asked at most a third as often as a quiet one, and stays', async () => {
  const quiet = await peer({ answers: true, getsMessages: false });
  const busy = await peer({ answers: true, getsMessages: true });
  await until(() => quiet.pings.length >= 12);
  expect(busy.pings.length).toBeGreaterThan(0);
  expect(busy.pings.length).toBeLessThanOrEqual(quiet.pings.length / 3);
  expect([quiet.client.readyState, busy.client.readyState]).toEqual([WebSocket.OPEN, WebSocket.OPEN]);
});
