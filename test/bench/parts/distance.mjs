// What one user waits for who asks now and then, in front of a platform that is far away: every round trip counts then, and CPU
// does not. The wire is one connection that is kept alive and posts the call itself, without a gateway.

import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { connect as connectTls } from 'node:tls';
import { fileURLToPath } from 'node:url';
import { CONNECTIVITY, candidates, targets } from '../candidates.mjs';
import { spreadOf, verdict, written } from '../figures.mjs';
import { postText, requestText, TOKEN } from '../firstAnswer.mjs';
import { lineOver, lineTo } from '../line.mjs';
import { freePort, scriptOf, startBeside, startCandidate } from '../subject.mjs';

const ROUND_TRIP_MS = 50;
const EVERY_MS = 2000;
/** The first presses of a process meet code that was never run. */
const NOT_COUNTED = 3;
const DEVICE = { productId: 'PR1234567890', deviceName: 'device-0001' };
const PATH = '/api/exploreropen/tokenapi';
const CERTIFICATE = fileURLToPath(new URL('../../tls/cert.pem', import.meta.url));
const gateway = candidates.find(({ name }) => name === 'gateway');

const CALL = JSON.stringify({
  Action: 'AppPublishFirmwareUpdateMessage',
  RequestId: 'a3f1c6de-0000-4000-8000-000000000001',
  ProductId: DEVICE.productId,
  DeviceName: DEVICE.deviceName,
  AccessToken: TOKEN,
});

/** Each of them has a process of its own, so that none finds a connection that another one made. */
const asked = [
  { name: 'wire', title: 'the wire', text: postText(PATH, CALL) },
  { name: 'confirm', title: 'a confirm', text: requestText(gateway.query, DEVICE), expected: '"requestId":"' },
  {
    name: 'read',
    title: 'a read of connectivity',
    text: requestText(CONNECTIVITY, { ids: [`${DEVICE.productId}/${DEVICE.deviceName}`] }),
    expected: '"ONLINE"',
  },
];
const WAYS = ['direct', 'proxy'];

export async function measure({ upstream, presses, say }) {
  const network = await startNetwork(upstream);
  const rows = WAYS.flatMap((way) => asked.map((row) => ({ ...row, way })));
  const opened = [];
  try {
    for (const row of rows) opened.push(await lineOf(row, network));
    const callsBefore = await upstream.calls();
    const startAt = performance.now() + 1000;
    const all = await Promise.all(
      rows.map((row, i) =>
        pressed(opened[i].line, row, presses + NOT_COUNTED, startAt + (i * EVERY_MS) / rows.length, say),
      ),
    );
    const calls = (await upstream.calls()) - callsBefore;
    return figuresOf(rows, all, calls / (rows.length * (presses + NOT_COUNTED)));
  } finally {
    for (const { line, subject } of opened) {
      line.close();
      await subject?.stop();
    }
    await network.stop();
  }
}

async function startNetwork({ tlsPort }) {
  const [port, proxyPort] = [await freePort(), await freePort()];
  const env = { PORT: port, TO_PORT: tlsPort, PROXY_PORT: proxyPort, ROUND_TRIP_MS };
  const isReady = async () => (await lineTo(proxyPort)).close();
  const network = await startBeside(scriptOf('network.mjs'), env, isReady);
  return { ...network, port, proxyPort };
}

async function lineOf({ name, way }, { port, proxyPort }) {
  if (name === 'wire') return { line: await wireTo(port, way === 'proxy' ? proxyPort : undefined) };
  const subject = await startCandidate(
    {
      ...gateway,
      env: {
        ...gateway.env,
        NODE_EXTRA_CA_CERTS: CERTIFICATE,
        ...(way === 'proxy' && { HTTPS_PROXY: `http://127.0.0.1:${proxyPort}` }),
      },
    },
    { url: `https://localhost:${port}${PATH}` },
  );
  return { subject, line: await lineTo(subject.port) };
}

async function wireTo(port, proxyPort) {
  const socket = connect(proxyPort ?? port, '127.0.0.1');
  await once(socket, 'connect');
  if (proxyPort !== undefined) {
    socket.write(`CONNECT localhost:${port} HTTP/1.1\r\nhost: localhost:${port}\r\n\r\n`);
    await once(socket, 'data');
  }
  // Who answers is no question here: it is the upstream that this bench started.
  const secured = connectTls({ socket, rejectUnauthorized: false });
  await once(secured, 'secureConnect');
  return lineOver(secured);
}

/** The latencies of so many presses, by the clock. */
async function pressed(line, { title, way, text, expected = '"RequestId"' }, count, startAt, say) {
  const latencies = [];
  for (let i = 0; i < count; i++) {
    await pause(Math.max(0, startAt + i * EVERY_MS - performance.now()));
    const sentAt = performance.now();
    const answer = await line.ask(text);
    if (!answer?.includes(expected)) throw new Error(`${title}, ${way}: unexpected answer ${answer?.slice(0, 600)}`);
    if (i >= NOT_COUNTED) latencies.push(performance.now() - sentAt);
  }
  say(`${title}, ${way}: p50 ${spreadOf(latencies).median.toFixed(1)} ms`);
  return latencies;
}

function figuresOf(rows, all, callsPerRequest) {
  const p50s = all.map((latencies) => spreadOf(latencies));
  const wireOf = (way) => p50s[rows.findIndex((row) => row.name === 'wire' && row.way === way)].median;
  const figures = rows.map(({ name, title, way }, i) => ({
    name,
    title,
    way,
    ms: p50s[i],
    toWire: p50s[i].median / wireOf(way),
  }));
  const verdicts = figures.flatMap(({ name, way, toWire }) => {
    const target = { confirm: targets.confirmToWire, read: targets.readToWire }[name];
    return target === undefined ? [] : [verdict(`${name} to wire, ${way}`, toWire, target, false)];
  });
  return { roundTripMs: ROUND_TRIP_MS, everyMs: EVERY_MS, callsPerRequest, rows: figures, verdicts };
}

export function print({ rows, callsPerRequest }, say) {
  say(
    `A request every ${EVERY_MS} ms, ${ROUND_TRIP_MS} ms a round trip; ${callsPerRequest.toFixed(2)} calls upstream a request`,
  );
  say(`${'median (min–max)'.padEnd(34)}${'ms'.padEnd(28)}to the wire`);
  for (const { title, way, ms, toWire } of rows)
    say(`${`${title}, ${way}`.padEnd(34)}${written(ms, 'ms').padEnd(28)}${toWire.toFixed(2)}`);
}
