// One request as the hostile upstream has it before it, and the bytes that it can throw back.

import type { Socket } from 'node:net';
import type { Exchange, Fault, Question } from './fault';

/** @param raw the TCP socket beneath, where the connection is encrypted */
export function exchangeOver(
  socket: Socket,
  raw: Socket,
  question: Question,
  random: () => number,
  doom: (fault: Fault) => void,
): Exchange {
  return {
    ...question,
    random,
    doom,
    send(bytes) {
      if (socket.writable) socket.write(bytes);
    },
    finish(bytes) {
      if (socket.writable) socket.end(bytes ?? '');
    },
    reset() {
      if (raw.destroyed) return;
      raw.resetAndDestroy();
      socket.destroy();
    },
    later(ms, step) {
      const timer = setTimeout(() => {
        socket.off('close', cancel);
        step();
      }, ms);
      const cancel = () => clearTimeout(timer);
      socket.once('close', cancel);
    },
  };
}

export type Headers = Readonly<Record<string, string>>;

const JSON_HEADERS: Headers = { 'Content-Type': 'application/json' };

/** The head of an HTTP answer, the empty line included. */
export function headOf(status: number, headers: Headers = {}): string {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 ${status} Whatever\r\n${lines.join('')}\r\n`;
}

/** A whole HTTP answer with its length. */
export function answerOf(status: number, body: string, headers: Headers = JSON_HEADERS): string {
  return headOf(status, { ...headers, 'Content-Length': String(Buffer.byteLength(body)) }) + body;
}

/** One chunk of a chunked body. */
export const chunkOf = (text: string): string => `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`;

/** An acceptance in the envelope that is documented. */
export const documented = (requestId: string, more: object = {}): string =>
  JSON.stringify({ Response: { RequestId: requestId, ...more } });

/** An acceptance in the envelope that the platform's own apps read. */
export const ofTheApps = (requestId: string, more: object = {}): string =>
  JSON.stringify({ code: 0, msg: '', data: { RequestId: requestId, ...more } });

export const refusedDocumented = (requestId: string, code: unknown, message: string): string =>
  documented(requestId, { Error: { Code: code, Message: message } });

export const refusedOfTheApps = (requestId: string, code: unknown, message: string): string =>
  JSON.stringify({
    code: -1000,
    msg: message,
    data: { Error: { Code: code, Message: message }, RequestId: requestId },
  });
