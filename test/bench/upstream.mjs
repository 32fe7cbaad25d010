// The upstream of everything that is measured: answers any action with the RequestId that was sent, and does as little else as
// HTTP/1.1 allows, so that it is never the bottleneck. Bare node:net: only ever spoken to by the servers of this bench.

import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';

const HEAD_END = Buffer.from('\r\n\r\n');
const LENGTH = /\r\ncontent-length: *(\d+)/i;
const REQUEST_ID = /"RequestId":"([^"]{1,64})"/;

let delayMs = Number(process.env.DELAY_MS ?? 0);
let calls = 0;
/** Upgrades change after so long; never if 0. */
let changeMs = 0;
/** Answers that are due at about the same time share one timer. */
const waiting = [];

/** The devices of a batch, online, in the order they were asked for. */
function statusesFrom(body) {
  const { DeviceIds = [] } = JSON.parse(body);
  return DeviceIds.map((DeviceId) => {
    const [ProductId, DeviceName] = DeviceId.split('/');
    return { DeviceId, ProductId, DeviceName, Online: 1 };
  });
}

/** An upgrade that downloads: by a percent for each change, and a newer one after each hundred. */
function progress() {
  const step = changeMs === 0 ? 1 : Math.floor(Date.now() / changeMs);
  return { OriVersion: '1.0.0', DstVersion: `1.${Math.floor(step / 100)}.0`, Status: 3, Percent: step % 100 };
}

function answerTo(body) {
  const requestId = REQUEST_ID.exec(body)?.[1] ?? '';
  if (body.includes('"AppDescribeFirmwareUpdateStatus"'))
    return JSON.stringify({ Response: { RequestId: requestId, ...progress() } });
  if (!body.includes('"AppGetDeviceStatuses"')) return `{"Response":{"RequestId":"${requestId}"}}`;
  return JSON.stringify({ Response: { RequestId: requestId, DeviceStatuses: statusesFrom(body) } });
}

const framed = (body) =>
  `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;

function send(socket, text) {
  if (delayMs === 0) {
    socket.write(text, 'latin1');
    return;
  }
  waiting.push({ at: performance.now() + delayMs, socket, text });
}

setInterval(() => {
  const now = performance.now();
  const due = waiting.findIndex(({ at }) => at > now);
  for (const { socket, text } of waiting.splice(0, due === -1 ? waiting.length : due)) socket.write(text, 'latin1');
}, 5);

/** `GET /calls` tells the number of calls so far; `GET /delay/<ms>` delays every later answer; `GET /change/<ms>` changes upgrades so often. */
function control(socket, head) {
  const [, what, ms] = /^GET \/(delay|change)\/(\d+) /.exec(head) ?? [];
  if (what === 'delay') delayMs = Number(ms);
  if (what === 'change') changeMs = Number(ms);
  socket.end(framed(String(calls)).replace('\r\n\r\n', '\r\nconnection: close\r\n\r\n'));
}

function serve(socket) {
  let rest = Buffer.alloc(0);
  socket.setNoDelay(true);
  socket.on('error', () => socket.destroy());
  socket.on('data', (chunk) => {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    for (;;) {
      const headEnd = rest.indexOf(HEAD_END);
      if (headEnd === -1) return;
      const head = rest.latin1Slice(0, headEnd);
      if (head.startsWith('GET ')) {
        control(socket, head);
        return;
      }
      const end = headEnd + 4 + Number(LENGTH.exec(head)?.[1] ?? 0);
      if (rest.length < end) return;
      calls++;
      send(socket, framed(answerTo(rest.latin1Slice(headEnd + 4, end))));
      rest = rest.subarray(end);
    }
  });
}

const file = (name) => readFileSync(new URL(`../tls/${name}`, import.meta.url));
const identity = { key: file('key.pem'), cert: file('cert.pem') };
createServer(serve).listen(Number(process.env.PORT), '127.0.0.1', 2048);
createTlsServer(identity, serve).listen(Number(process.env.TLS_PORT), '127.0.0.1');
