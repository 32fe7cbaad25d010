// Those who follow an upgrade, over each of the three ways in which a stream travels. Each gives the payloads as they came.

import { TOKEN } from './pair';
import { connected } from './webSocketClient';

export interface Follower {
  /** Every payload so far, each as the bytes in which it came. */
  payloads(): string[];
  /** Resolves with what came last, once the stream has ended: the protocol's own end, or the code of the close. */
  ended: Promise<string>;
  leave(): void;
}

type Follow = (url: string, query: string) => Promise<Follower>;

const textOf = async (response: Response, grown: (text: string) => void): Promise<string> => {
  let text = '';
  const decoder = new TextDecoder();
  for await (const chunk of response.body ?? []) {
    text += decoder.decode(chunk as Uint8Array, { stream: true });
    grown(text);
  }
  return text;
};

/** @param pattern finds the payloads @param end what a stream that has completed ends with */
const overHttp =
  (accept: string, pattern: RegExp, end: string): Follow =>
  async (url, query) => {
    const leaving = new AbortController();
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept, authorization: `Bearer ${TOKEN}` },
      body: JSON.stringify({ query }),
      signal: leaving.signal,
    });
    if (response.status !== 200) throw new Error(`refused with ${response.status}`);
    let payloads: string[] = [];
    const ended = textOf(response, (text) => {
      payloads = [...text.matchAll(pattern)].map(([, payload]) => payload as string);
    }).then(
      (text) => (text.endsWith(end) ? 'completed' : `cut after ${text.slice(-40)}`),
      () => 'left',
    );
    return { payloads: () => payloads, ended, leave: () => leaving.abort() };
  };

const BEFORE = '{"id":"1","type":"next","payload":';

const overWebSocket: Follow = async (url, query) => {
  const client = await connected(url);
  client.subscribe('1', query);
  const completed = new Promise<string>((resolve) =>
    client.socket.on('message', (text) => {
      if (String(text) === '{"id":"1","type":"complete"}') resolve('completed');
    }),
  );
  return {
    payloads: () =>
      client.texts.filter((text) => text.startsWith(BEFORE)).map((text) => text.slice(BEFORE.length, -'}'.length)),
    ended: Promise.race([completed, client.closed.then(([code]) => String(code))]).finally(() => client.socket.close()),
    leave: () => client.socket.terminate(),
  };
};

export const followBy: Readonly<Record<'sse' | 'multipart' | 'websocket', Follow>> = {
  sse: overHttp('text/event-stream', /^event: next\ndata: (.*)$/gm, 'event: complete\ndata:\n\n'),
  multipart: overHttp(
    'multipart/mixed;subscriptionSpec=1.0, application/json',
    /^\{"payload":(.*)\}\r$/gm,
    '--graphql--\r\n',
  ),
  websocket: overWebSocket,
};
