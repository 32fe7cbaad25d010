// A client that leaves before its answer: its test goes on once the gateway has noticed, not after a while.

import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { TOKEN } from './pair';
import { requestOf } from './rawClient';

export interface LeavingClient {
  /** Cuts the connection; resolves once the gateway's end of it is closed. */
  leave(): Promise<void>;
}

/** Sends one operation, by which a client that is about to leave asks for something. */
export const askAndLeave = (url: string, query: string, token = TOKEN): Promise<LeavingClient> =>
  sendAndLeave(url, requestOf(JSON.stringify({ query }), { token }));

/** Sends these bytes, and can then leave. */
export async function sendAndLeave(url: string, bytes: string): Promise<LeavingClient> {
  const { hostname, port } = new URL(url);
  const accepted: Socket[] = [];
  // Node announces every socket that a server of this process accepts, the gateway's among them.
  const onSocket = (message: unknown) => void accepted.push((message as { socket: Socket }).socket);
  subscribe('net.server.socket', onSocket);
  const socket = connect(Number(port), hostname);
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  const { localPort } = socket;
  socket.write(bytes);
  return {
    async leave() {
      unsubscribe('net.server.socket', onSocket);
      const own = accepted.find(({ remotePort }) => remotePort === localPort);
      if (!own) throw new Error('expected the gateway to have accepted the connection');
      // The gateway may close it with an error, which is no matter here.
      const closed = new Promise((resolve) => own.once('close', resolve));
      socket.destroy();
      await closed;
    },
  };
}
