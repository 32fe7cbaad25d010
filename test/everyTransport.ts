// One request over each of the ways in which a client may send it, and its one answer.

import { TOKEN, until } from './pair';
import { connected, type Message } from './webSocketClient';

export interface Told {
  /** Over WebSocket there is none. */
  status?: number;
  // biome-ignore lint/suspicious/noExplicitAny: an answer's shape is what the test is about
  body: any;
}

type Send = (url: string, members: Record<string, unknown>) => Promise<Told>;

const byPost =
  (accept: string): Send =>
  async (url, members) => {
    const headers = { 'content-type': 'application/json', accept, authorization: `Bearer ${TOKEN}` };
    return toldBy(await fetch(url, { method: 'POST', headers, body: JSON.stringify(members) }));
  };

async function toldBy(response: Response): Promise<Told> {
  const text = await response.text();
  const payload = /^event: next\ndata: (.*)$/m.exec(text)?.[1] ?? /^(?:data: )?(\{.*\})\s*$/m.exec(text)?.[1];
  return { status: response.status, body: JSON.parse(payload ?? text) };
}

const byGet: Send = async (url, members) => {
  const texts = Object.entries(members).map(([name, value]) => [
    name,
    typeof value === 'string' ? value : JSON.stringify(value),
  ]);
  const parameters: Record<string, string> = Object.fromEntries(texts);
  const headers = { authorization: `Bearer ${TOKEN}` };
  return toldBy(await fetch(`${url}?${new URLSearchParams(parameters)}`, { headers }));
};

const byWebSocket: Send = async (url, payload) => {
  const client = await connected(url);
  client.say({ id: '1', type: 'subscribe', payload });
  await until(() => client.messages('1').length > 0);
  const [first] = client.messages('1') as [Message];
  client.socket.close();
  return { body: first.type === 'error' ? { errors: first.payload } : first.payload };
};

export const sendBy = {
  POST: byPost('application/json'),
  GET: byGet,
  SSE: byPost('text/event-stream'),
  multipart: byPost('multipart/mixed;subscriptionSpec=1.0, application/json'),
  WebSocket: byWebSocket,
} satisfies Record<string, Send>;

export const transports = Object.keys(sendBy) as (keyof typeof sendBy)[];
