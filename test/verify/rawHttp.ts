// HTTP by hand, so that a request can be anything at all.

import { connect } from 'node:net';

export interface RawRequest {
  method?: string;
  path?: string;
  /** In this order, and as often as they are here. */
  headers?: readonly (readonly [name: string, value: string])[];
  body?: string | Buffer;
}

export interface RawReply {
  /** Undefined if the connection ended without an answer. */
  status?: number;
  head: string;
  body: string;
}

const ANSWER_LIMIT_MS = 15_000;

/** The bytes of a request. Content-Length is put there unless the headers frame the body themselves. */
export function bytesOf({ method = 'POST', path = '/graphql', headers = [], body = '' }: RawRequest): Buffer {
  const names = headers.map(([name]) => name.toLowerCase());
  const all = [...headers];
  if (!names.includes('host')) all.unshift(['Host', 'localhost']);
  if (!names.includes('content-length') && !names.includes('transfer-encoding'))
    all.push(['Content-Length', String(Buffer.byteLength(body))]);
  if (!names.includes('connection')) all.push(['Connection', 'close']);
  const lines = all.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  return Buffer.concat([Buffer.from(`${method} ${path} HTTP/1.1\r\n${lines}\r\n`, 'latin1'), Buffer.from(body)]);
}

/** Sends bytes and takes down whatever comes until the connection ends. */
export function exchangeRaw(port: number, bytes: Buffer, { halfClose = false } = {}): Promise<RawReply> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    const limit = setTimeout(() => socket.destroy(), ANSWER_LIMIT_MS);
    socket.on('data', (chunk: Buffer) => chunks.push(chunk));
    socket.on('error', () => undefined);
    socket.once('end', () => socket.destroy());
    socket.once('close', () => {
      clearTimeout(limit);
      resolve(replyFrom(Buffer.concat(chunks).toString()));
    });
    socket.write(bytes);
    if (halfClose) socket.end();
  });
}

function replyFrom(text: string): RawReply {
  const final = text.replace(/^HTTP\/1\.1 1\d\d[\s\S]*?\r\n\r\n/, '');
  const headEnd = final.indexOf('\r\n\r\n');
  const head = headEnd < 0 ? final : final.slice(0, headEnd);
  const rest = headEnd < 0 ? '' : final.slice(headEnd + 4);
  const body = /^transfer-encoding: chunked/im.test(head) ? rest.replace(/[\da-f]+\r\n([\s\S]*?)\r\n/gi, '$1') : rest;
  const status = /^HTTP\/1\.1 (\d{3})/.exec(head)?.[1];
  return { head, body, ...(status !== undefined && { status: Number(status) }) };
}
