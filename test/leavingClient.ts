// A client that leaves before its answer: its test goes on once the gateway has noticed, not after a while.

import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { TOKEN } from './pair';

export interface LeavingClient {
  /** Cuts the connection; resolves once the gateway's end of it is closed. */
  leave(): Promise<void>;
}

/** Sends one operation, by which a client that is about to leave asks for something. */
export async function askAndLeave(url: string, query: string, token = TOKEN): Promise<LeavingClient> {
  const { hostname, port, pathname } = new URL(url);
  const accepted: Socket[] = [];
  // Node announces every socket that a server of this process accepts, the gateway's among them.
  const onSocket = (message: unknown) => void accepted.push((message as { socket: Socket }).socket);
  subscribe('net.server.socket', onSocket);
  const socket = connect(Number(port), hostname);
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  const { localPort } = socket;
  const body = JSON.stringify({ query });
  const head = [
    `POST ${pathname} HTTP/1.1`,
    `host: ${hostname}`,
    'content-type: application/json',
    `authorization: Bearer ${token}`,
    `content-length: ${Buffer.byteLength(body)}`,
  ];
  socket.write(`${head.join('\r\n')}\r\n\r\n${body}`);
  return {
    async leave() {
      unsubscribe('net.server.socket', onSocket);
      const own = accepted.find(({ remotePort }) => remotePort === localPort);
      if (!own) throw new Error('expected the gateway to have accepted the connection');
      const closed = once(own, 'close');
      socket.destroy();
      await closed;
    },
  };
}
