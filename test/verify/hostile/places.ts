// Upstreams that no request can reach: what is behind the address does not answer, or must not be trusted.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { createSecureContext, TLSSocket } from 'node:tls';
import { type Identity, identityFrom } from '../certificates';
import { freePorts } from '../gateway';
import { createLedger, type Ledger } from '../ledger';
import { answerOf, documented } from './exchange';
import { type Fault, faultOf, unknown } from './fault';
import { startHostileUpstream } from './upstream';

export type PlaceFamily = 'no connection' | 'no handshake' | 'no trust';

export interface Place {
  readonly url: string;
  readonly ledger: Ledger;
  /** The obstacle is gone: whatever is still on its way arrives now. */
  resume(): Promise<void> | void;
  close(): Promise<void> | void;
}

export interface PlaceKind {
  readonly name: string;
  readonly family: PlaceFamily;
  readonly nextStep: 'RETRY' | 'GIVE_UP';
  open(authority: Identity): Promise<Place>;
}

/** Accepts whatever it is sent, which it should not have been. */
const impostor: Fault = faultOf('connection dies', 'taken by somebody else', unknown, ({ requestId, send }) =>
  send(answerOf(200, documented(requestId))),
);

const PATH = '/api/exploreropen/tokenapi';
const nothing = () => undefined;
const byImpostor = { seed: 0, faultFor: () => impostor };

async function refusing(): Promise<Place> {
  const upstream = await startHostileUpstream(byImpostor);
  upstream.refuse();
  return { url: upstream.url, ledger: upstream.ledger, resume: upstream.admit, close: upstream.close };
}

async function unknownHost(): Promise<Place> {
  return { url: `https://nonexistent.invalid${PATH}`, ledger: createLedger(), resume: nothing, close: nothing };
}

/** A listener that stands still with a full queue: whoever connects waits. */
async function standingStill(): Promise<Place> {
  const ledger = createLedger();
  const [port] = await freePorts(1);
  const script = `require('node:net').createServer((s) => s.on('error', () => 0).on('data', (d) => process.stdout.write(d)))
    .listen({ port: ${port}, host: '127.0.0.1', backlog: 1 }, () => process.stdout.write('listening\\n'))`;
  const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  child.stdout.on('data', (chunk: Buffer) => {
    for (const [, device = ''] of chunk.toString().matchAll(/"DeviceName":"([^"]*)"/g))
      ledger.enter({ device, requestId: '', token: '', complete: true, fault: impostor, at: performance.now() });
  });
  child.kill('SIGSTOP');
  const fillers = Array.from({ length: 4 }, () => connect(port as number, '127.0.0.1').on('error', nothing));
  await pause(100);
  return {
    url: `http://127.0.0.1:${port}${PATH}`,
    ledger,
    resume: () => void child.kill('SIGCONT'),
    close() {
      for (const filler of fillers) filler.destroy();
      child.kill('SIGKILL');
    },
  };
}

/** Holds connections before the handshake, until it is resumed. */
async function hanging(authority: Identity): Promise<Place> {
  const ledger = createLedger();
  const sockets: Socket[] = [];
  let resumed = false;
  const secureContext = contextOf(identityFrom('localhost', { host: 'localhost', issuer: authority }));
  const shakeHands = (raw: Socket) =>
    new TLSSocket(raw, { isServer: true, secureContext }).on('error', nothing).on('data', (chunk: Buffer) => {
      for (const [, device = ''] of chunk.toString().matchAll(/"DeviceName":"([^"]*)"/g))
        ledger.enter({ device, requestId: '', token: '', complete: true, fault: impostor, at: performance.now() });
    });
  const server = createServer({ pauseOnConnect: true }, (raw) => {
    raw.on('error', nothing);
    sockets.push(raw);
    if (resumed) shakeHands(raw);
  });
  return {
    url: await listeningUrl(server),
    ledger,
    resume() {
      resumed = true;
      for (const raw of sockets) if (!raw.destroyed) shakeHands(raw);
    },
    close() {
      server.close();
      for (const raw of sockets) raw.destroy();
    },
  };
}

/** Resets connections within the handshake. */
async function resetting(): Promise<Place> {
  const server = createServer((raw) => {
    raw.on('error', nothing).once('data', () => raw.resetAndDestroy());
  });
  return { url: await listeningUrl(server), ledger: createLedger(), resume: nothing, close: () => void server.close() };
}

const posing = (identityOf: (authority: Identity) => Identity) => async (authority: Identity) => {
  const upstream = await startHostileUpstream({ ...byImpostor, secure: contextOf(identityOf(authority)) });
  return { url: upstream.url, ledger: upstream.ledger, resume: nothing, close: upstream.close };
};

/** Speaks HTTP where TLS is expected, and complains in HTTP. */
async function plaintext(): Promise<Place> {
  const server = createHttpServer((_, response) => response.end('{}'));
  return { url: await listeningUrl(server), ledger: createLedger(), resume: nothing, close: () => void server.close() };
}

export const places: readonly PlaceKind[] = [
  { name: 'connection refused', family: 'no connection', nextStep: 'RETRY', open: refusing },
  { name: 'unknown host', family: 'no connection', nextStep: 'RETRY', open: unknownHost },
  { name: 'connect time-out', family: 'no connection', nextStep: 'RETRY', open: standingStill },
  { name: 'handshake hangs', family: 'no handshake', nextStep: 'RETRY', open: hanging },
  { name: 'handshake reset', family: 'no handshake', nextStep: 'RETRY', open: resetting },
  {
    name: 'self-signed',
    family: 'no trust',
    nextStep: 'GIVE_UP',
    open: posing(() => identityFrom('localhost', { host: 'localhost' })),
  },
  {
    name: 'expired',
    family: 'no trust',
    nextStep: 'GIVE_UP',
    open: posing((issuer) => identityFrom('localhost', { host: 'localhost', issuer, validDays: [-9, -2] })),
  },
  {
    name: 'wrong name',
    family: 'no trust',
    nextStep: 'GIVE_UP',
    open: posing((issuer) => identityFrom('elsewhere.example', { host: 'elsewhere.example', issuer })),
  },
  { name: 'plaintext port', family: 'no trust', nextStep: 'GIVE_UP', open: plaintext },
];

export const contextOf = ({ certificate, key }: Identity) => createSecureContext({ cert: certificate, key });

async function listeningUrl(server: Server): Promise<string> {
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return `https://localhost:${(server.address() as { port: number }).port}${PATH}`;
}
