// A client on a plain socket: for what no HTTP library would do. Nothing is said on it that the test does not say.

import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { PRODUCT, TOKEN } from './pair';

export const connectTo = (url: string): Socket =>
  connect(Number(new URL(url).port), '127.0.0.1').on('error', () => undefined);

/** Resolves with everything that comes until the connection is closed. */
export const readToEnd = async (socket: Socket): Promise<string> => {
  let text = '';
  socket.on('data', (chunk) => {
    text += chunk;
  });
  socket.resume();
  if (!socket.closed) await once(socket, 'close');
  return text;
};

/** Resolves with the first answers, once so many have come; with fewer if the connection is closed. See `answersIn`. */
export function readAnswers(socket: Socket, count: number): Promise<string[]> {
  let text = '';
  return new Promise((resolve) => {
    socket.on('data', (chunk) => {
      text += chunk;
      if (answersIn(text).length >= count) resolve(answersIn(text));
    });
    socket.once('close', () => resolve(answersIn(text)));
  });
}

export interface RawRequestOptions {
  /** Comes back as the answer's `x-request-id`. */
  id?: string;
  token?: string;
  /** What the request says that its body has. */
  contentLength?: number;
}

/** One request as bytes. */
export function requestOf(
  body: string,
  { id = 'raw', token = TOKEN, contentLength = Buffer.byteLength(body) }: RawRequestOptions = {},
): string {
  const head = [
    'POST /graphql HTTP/1.1',
    'host: localhost',
    'content-type: application/json',
    `authorization: Bearer ${token}`,
    `x-request-id: ${id}`,
    `content-length: ${contentLength}`,
  ];
  return `${head.join('\r\n')}\r\n\r\n${body}`;
}

/** A confirm of that device as bytes; the answer's `x-request-id` is the device's name. */
export const confirmOf = (deviceName: string): string =>
  requestOf(
    JSON.stringify({
      query: `mutation { confirmFirmwareUpgrade(productId: "${PRODUCT}", deviceName: "${deviceName}") { __typename } }`,
    }),
    { id: deviceName },
  );

/** Status, request id and whether the connection ends, of each answer in a text. */
export const answersIn = (text: string): string[] =>
  [...text.matchAll(/HTTP\/1\.1 (\d{3}) .*?\r\n\r\n/gs)].map(([head, status]) => {
    const id = /x-request-id: (.*)\r\n/.exec(head)?.[1];
    return `${status} ${id}${/connection: close/i.test(head) ? ', then closed' : ''}`;
  });
