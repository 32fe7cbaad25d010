// Streams as Server-Sent Events over the platform's `fetch`.

import { after, createAbort, type Signal } from './signal.js';
import {
  fetched,
  type Outgoing,
  type Payload,
  type Push,
  type PushEnd,
  type Reader,
  SILENT_MS,
  web,
} from './transport.js';

interface Decoder {
  decode(bytes: Uint8Array | undefined, options: { stream: boolean }): string;
}
declare const TextDecoder: undefined | (new () => Decoder);

/** Whether `fetch` hands an answer on as it grows: React Native's waits for its end. */
export const canStream = (): boolean =>
  web.fetch !== undefined &&
  web.AbortController !== undefined &&
  typeof TextDecoder !== 'undefined' &&
  web.Response !== undefined &&
  'body' in web.Response.prototype;

/** @returns takes the text as it comes, and says whether the stream has completed */
export function sseParser(onEvent: (payload: Payload) => void): (text: string) => boolean {
  let rest = '';
  return (text) => {
    const blocks = (rest + text).split(/\r?\n\r?\n/);
    rest = blocks.pop() ?? '';
    for (const block of blocks) {
      if (/^event: ?complete$/m.test(block)) return true;
      const data = /^event: ?next\r?\ndata: ?(.*)$/m.exec(block)?.[1];
      if (data !== undefined) onEvent(JSON.parse(data) as Payload);
    }
    return false;
  };
}

async function readAll(reader: Reader, onText: (text: string) => boolean, silent: (heard: boolean) => void) {
  const decoder = new (TextDecoder as new () => Decoder)();
  for (;;) {
    const { done, value } = await reader.read();
    silent(!done);
    if (done) return 'cut';
    if (onText(decoder.decode(value, { stream: true }))) return 'completed';
  }
}

async function stream(outgoing: Outgoing, onEvent: (payload: Payload) => void, abort: () => void): Promise<PushEnd> {
  let callOff = after(SILENT_MS, abort);
  const heard = (goesOn: boolean) => {
    callOff();
    if (goesOn) callOff = after(SILENT_MS, abort);
  };
  try {
    const { status, headers, body } = await fetched(outgoing);
    heard(true);
    // It stops, or is full: another stream may be had later.
    if (status === 429 || status >= 500) return 'cut';
    const isStream = status === 200 && /^text\/event-stream/.test(headers.get('content-type') ?? '');
    if (!isStream || !body?.getReader) return 'refused';
    return await readAll(body.getReader(), sseParser(onEvent), heard);
  } catch {
    return 'cut';
  } finally {
    callOff();
    abort();
  }
}

export const pushBySse: Push = ({ url, query, variables, authorization, signal, onEvent }) => {
  const streaming: { signal: Signal; abort(): void } = createAbort(signal);
  const headers = { 'content-type': 'application/json', accept: 'text/event-stream', authorization };
  const body = JSON.stringify({ query, variables });
  return stream({ url, method: 'POST', headers, body, signal: streaming.signal }, onEvent, streaming.abort);
};
