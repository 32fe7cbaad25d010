// An upstream on bare sockets that does to its callers whatever it is asked to, and writes down every request it got.

import { createServer, type Server, type Socket } from 'node:net';
import { type SecureContext, TLSSocket } from 'node:tls';
import { createLedger, type Ledger } from '../ledger';
import { randomFor } from '../random';
import { exchangeOver } from './exchange';
import { type ConnectionFault, type Fault, faultOf, type Question, unknown } from './fault';

const AFTER_OUR_FIN_MS = 100;

/** Whatever still arrives on a connection that we have closed. */
const tooLate = faultOf('connection dies', 'written into a closing connection', unknown, () => undefined);

export interface UpstreamOptions {
  seed: number;
  faultFor: (device: string, question: Question) => Fault;
  /** What happens to the nth connection before anything is read, if anything. */
  connectionFaultFor?: (index: number) => ConnectionFault | undefined;
  secure?: SecureContext;
  ledger?: Ledger;
}

export interface HostileUpstream {
  readonly port: number;
  readonly url: string;
  readonly ledger: Ledger;
  /** Connections so far. */
  readonly connections: number;
  /** Refuses connections from now on. Those that stand are left alone. */
  refuse(): void;
  /** Takes connections again. */
  admit(): Promise<void>;
  /** Ends every connection that stands. */
  cut(): void;
  close(): Promise<void>;
}

export async function startHostileUpstream(options: UpstreamOptions): Promise<HostileUpstream> {
  const { seed, secure, connectionFaultFor = () => undefined, ledger = createLedger() } = options;
  const sockets = new Set<Socket>();
  let connections = 0;

  function cut(): void {
    for (const socket of sockets) socket.destroy();
  }

  function onConnection(raw: Socket): void {
    const index = connections++;
    sockets.add(raw);
    raw.once('close', () => sockets.delete(raw));
    raw.on('error', () => undefined);
    const socket = secure ? new TLSSocket(raw, { isServer: true, secureContext: secure }) : raw;
    socket.on('error', () => undefined);
    raw.setNoDelay(true);
    const connectionFault = connectionFaultFor(index);
    let doom = connectionFault?.fault;
    const exchangeFor = (question: Question) =>
      exchangeOver(socket, raw, question, randomFor(question.device, seed), (fault) => {
        doom = fault;
      });
    connectionFault?.play(exchangeFor({ action: '', device: `connection ${index}`, requestId: '', token: '' }));

    let pending: Buffer = Buffer.alloc(0);
    socket.on('data', (chunk: Buffer) => {
      pending = pending.length === 0 ? chunk : Buffer.concat([pending, chunk]);
      for (let request = requestFrom(pending); request; request = requestFrom(pending)) {
        pending = pending.subarray(request.length);
        if (!request.body) {
          ledger.enterFollowed(request.path);
          socket.end('HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}');
          continue;
        }
        if (request.path.startsWith('/moved')) ledger.enterFollowed(request.path);
        const question = questionFrom(request.body);
        const fault = socket.writable ? (doom ?? options.faultFor(question.device, question)) : tooLate;
        ledger.enter({ ...question, complete: true, fault, at: performance.now() });
        fault.play(exchangeFor(question));
      }
    });
    socket.once('end', () => {
      if (!socket.writableEnded) socket.end();
    });
    socket.once('finish', () => setTimeout(() => socket.destroy(), AFTER_OUR_FIN_MS));
    socket.once('close', () => {
      if (pending.length === 0) return;
      const question = questionFrom(pending.toString('latin1'));
      if (question.device === '') ledger.enterAnonymous();
      else ledger.enter({ ...question, complete: false, fault: doom ?? tooLate, at: performance.now() });
    });
  }

  let server = await listening(0, onConnection);
  const { port } = server.address() as { port: number };
  return {
    port,
    url: `${secure ? 'https' : 'http'}://localhost:${port}/api/exploreropen/tokenapi`,
    ledger,
    get connections() {
      return connections;
    },
    refuse: () => void server.close(),
    async admit() {
      server = await listening(port, onConnection);
    },
    cut,
    async close() {
      server.close();
      cut();
    },
  };
}

async function listening(port: number, onConnection: (socket: Socket) => void): Promise<Server> {
  const server = createServer({ allowHalfOpen: true }, onConnection);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ port, host: '127.0.0.1', backlog: 511 }, resolve);
  });
  return server;
}

interface RawRequest {
  path: string;
  body: string;
  length: number;
}

function requestFrom(bytes: Buffer): RawRequest | undefined {
  const headEnd = bytes.indexOf('\r\n\r\n');
  if (headEnd < 0) return undefined;
  const head = bytes.subarray(0, headEnd).toString('latin1');
  const bodyBytes = Number(/^content-length: *(\d+)/im.exec(head)?.[1] ?? 0);
  const length = headEnd + 4 + bodyBytes;
  if (bytes.length < length) return undefined;
  return { path: head.split(' ', 2)[1] ?? '', body: bytes.subarray(headEnd + 4, length).toString(), length };
}

/** Read by pattern, so that a part of a request is read as well. */
function questionFrom(body: string): Question {
  const member = (name: string) => new RegExp(`"${name}":"([^"]*)"`).exec(body)?.[1] ?? '';
  return {
    action: member('Action'),
    device: member('DeviceName'),
    requestId: member('RequestId'),
    token: member('AccessToken'),
  };
}
