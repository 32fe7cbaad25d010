// A kept-alive connection that carries one request at a time, and requests over some of them by the clock.

import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

const LENGTH = /\r\ncontent-length: *(\d+)/i;
/** An answer in chunks ends with the JSON's own end, and perhaps the last chunk. */
const JSON_END = /[}\]]\s*(?:\r\n0\r\n\r\n)?$/;

/** The connection to a server of this machine, once it is there. */
export async function lineTo(port) {
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  return lineOver(socket);
}

/** A line over any socket that is connected already. */
export function lineOver(socket) {
  let asked;
  let answer = '';
  const end = (text) => {
    answer = '';
    asked?.(text);
    asked = undefined;
  };
  socket.setNoDelay(true);
  socket.on('error', () => socket.destroy());
  socket.once('close', () => end(undefined));
  socket.on('data', (chunk) => {
    answer += chunk.latin1Slice();
    if (isWhole(answer)) end(answer);
  });
  return {
    /** The whole answer, head and body; undefined if the connection was closed. */
    ask(text) {
      return new Promise((resolve) => {
        asked = resolve;
        if (socket.destroyed) end(undefined);
        else socket.write(text);
      });
    },
    isOpen: () => !socket.destroyed,
    close: () => socket.destroy(),
  };
}

function isWhole(answer) {
  const headEnd = answer.indexOf('\r\n\r\n');
  if (headEnd === -1) return false;
  const length = LENGTH.exec(answer.slice(0, headEnd))?.[1];
  return length === undefined ? JSON_END.test(answer) : answer.length >= headEnd + 4 + Number(length);
}

/** How long one request took, in ms; undefined if it was not answered. */
export async function msOf(line, text) {
  const sentAt = performance.now();
  const answer = await line.ask(text);
  return answer === undefined ? undefined : performance.now() - sentAt;
}

/**
 * Latencies in ms, the shortest first, at a steady rate: requests are sent by the clock, whether or not earlier ones are answered.
 *
 * @param textOf the bytes of the i-th request
 */
export async function latenciesOf(port, textOf, seconds, { requestsPerSecond, connections }) {
  const all = await Promise.all(Array.from({ length: connections }, () => lineTo(port)));
  const free = [...all];
  const latencies = [];
  const asked = [];
  const startedAt = performance.now();
  for (let i = 0; i < Math.round(seconds * requestsPerSecond); i++) {
    const waitMs = startedAt + (i * 1000) / requestsPerSecond - performance.now();
    if (waitMs > 0) await pause(waitMs);
    const line = free.shift() ?? (await lineTo(port));
    if (!all.includes(line)) all.push(line);
    asked.push(
      msOf(line, textOf(i)).then((ms) => {
        if (ms !== undefined) latencies.push(ms);
        free.push(line);
      }),
    );
  }
  await Promise.race([Promise.all(asked), pause(5000)]);
  for (const line of all) line.close();
  return latencies.sort((a, b) => a - b);
}
