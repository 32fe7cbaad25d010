// One confirm by hand over a bare socket: cheap enough to be tried every other millisecond, and read to the letter.

import { connect } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

const EVERY_MS = 2;
const DEVICE = { productId: 'PR1234567890', deviceName: 'device-0001' };
export const TOKEN = 'bench-token-0123456789abcdef0123456789abcdef';

/** The bytes of one request to `/graphql`. */
export const requestText = (query, variables = DEVICE, headers = {}) =>
  postText('/graphql', JSON.stringify({ query, variables }), { authorization: `Bearer ${TOKEN}`, ...headers });

/** The bytes of a POST of JSON. */
export function postText(path, body, headers = {}) {
  const lines = Object.entries({
    host: '127.0.0.1',
    'content-type': 'application/json',
    accept: 'application/json',
    'content-length': Buffer.byteLength(body),
    ...headers,
  }).map(([name, value]) => `${name}: ${value}\r\n`);
  return `POST ${path} HTTP/1.1\r\n${lines.join('')}\r\n${body}`;
}

/** The answer to one request, head and body, once its body is JSON to the end. */
export function ask(port, text) {
  return new Promise((resolve, reject) => {
    let answer = '';
    const socket = connect(port, '127.0.0.1', () => socket.write(text));
    socket.on('data', (chunk) => {
      answer += chunk;
      const body = answer.slice(answer.indexOf('\r\n\r\n') + 4);
      if (!/[}\]]\s*(?:\r\n0\r\n\r\n)?$/.test(body)) return;
      socket.destroy();
      resolve(answer);
    });
    socket.once('error', reject);
    socket.once('close', () => reject(new Error('The connection was closed.')));
  });
}

/**
 * Asks until there is a right answer: HTTP 200, the echoed RequestId, no errors.
 *
 * @throws Error if there is a wrong one, or none before `deadline` (of `performance.now()`)
 */
export async function firstAnswer(port, query, deadline) {
  const text = requestText(query);
  for (;;) {
    const answer = await ask(port, text).catch((cause) => cause);
    if (typeof answer === 'string') {
      if (/^HTTP\/1\.1 200 /.test(answer) && /"requestId":"[\w-]{36}"/i.test(answer)) return;
      throw new Error(`unexpected answer ${answer.slice(0, 1000)}`);
    }
    if (performance.now() > deadline) throw new Error(`no answer in time, ${answer.message}`);
    await pause(EVERY_MS);
  }
}
