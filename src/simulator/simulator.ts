// A tokenapi with devices that live: the HTTP side. It reads a call, lets the actions answer and wraps the answer; it
// stands in for the platform in the demo and in the tests, and knows nothing of the gateway.

import { randomUUID } from 'node:crypto';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { createActions } from './actions';
import { bodyOf, objectFrom } from './body';
import { type Control, createControl } from './control';
import { createDevices } from './devices';
import { type Envelope, refusalFrom, successFrom } from './envelope';
import { type Home, sampleHome } from './home';
import { ConnectionCut, Refusal } from './refusals';
import { createTroubles } from './troubles';

/** One POST as it arrived. `body` is empty and `action` is '' where there was nothing usable. */
export interface ReceivedCall {
  at: number;
  headers: IncomingHttpHeaders;
  rawBody: string;
  body: Record<string, unknown>;
  action: string;
}

export interface SimulatorOptions {
  /** 0, the default: any free one. */
  port?: number;
  host?: string;
  /** `alternate` switches with each answer. */
  envelope?: Envelope | 'alternate';
  /** How long one step of an upgrade takes; a whole one takes nine. */
  paceMs?: number;
  /** For so long after an accepted confirm, the status shows what it showed before: an earlier upgrade's end, if any. */
  staleEndMs?: number;
  /** How long every answer is held back. */
  latencyMs?: number;
  /** Whoever was upgraded is offered the next version at once. */
  offersAgain?: boolean;
  /** The fields of a list of families or of devices stand in `Data`, as one page of the documentation shows. */
  wrapsLists?: boolean;
}

export interface Simulator {
  /** Where to send the calls, path included. */
  url: string;
  /** The last 10,000 calls, the oldest first. */
  received: ReceivedCall[];
  /** Every user's families and shared devices. Whatever is changed in it shows from the next call on. */
  home: Home;
  /** Plays trouble, for one user at a time. */
  control: Control;
  /** For tests: is asked before every answer, and returns true if it answered (or cut, or keeps silent) by itself. */
  override?: ((call: ReceivedCall, res: ServerResponse) => boolean) | undefined;
  /** Stops listening and cuts every connection. */
  close(): Promise<void>;
}

const PATH = '/api/exploreropen/tokenapi';
const BODY_LIMIT_BYTES = 64 * 1024;
const RECEIVED_LIMIT = 10_000;

function send(res: ServerResponse, status: number, body: unknown): void {
  if (res.destroyed) return;
  res.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const { port = 0, host = '127.0.0.1', envelope = 'documented', latencyMs = 0 } = options;
  const { paceMs = 1000, staleEndMs = 0, offersAgain = false, wrapsLists = false } = options;
  const devices = createDevices({ paceMs, staleEndMs, offersAgain });
  const troubles = createTroubles();
  const home = () => simulator.home;
  const act = createActions({ devices, home, troubles, wrapsLists, offersAgain });
  const received: ReceivedCall[] = [];
  let answers = 0;

  const nextEnvelope = (): Envelope => {
    answers += 1;
    if (envelope !== 'alternate') return envelope;
    return answers % 2 === 1 ? 'documented' : 'client';
  };

  const answerTo = (call: ReceivedCall): unknown => {
    const shape = nextEnvelope();
    const requestId = typeof call.body.RequestId === 'string' ? call.body.RequestId : randomUUID();
    try {
      const batchKey = shape === 'documented' ? 'DeviceStatuses' : 'Devices';
      return successFrom(shape, requestId, act(call.action, call.body, batchKey));
    } catch (error) {
      if (error instanceof Refusal) return refusalFrom(shape, requestId, error);
      throw error;
    }
  };

  const serve = async (req: IncomingMessage, res: ServerResponse): Promise<void> => {
    const at = Date.now();
    if (req.url?.split('?')[0] !== PATH) return send(res, 404, { message: `Only ${PATH} is here.` });
    if (req.method !== 'POST') return send(res.setHeader('allow', 'POST'), 405, { message: 'Only POST is taken.' });
    const rawBody = await bodyOf(req, BODY_LIMIT_BYTES);
    if (rawBody === undefined) return send(res, 413, { message: 'The body is too large.' });
    const body = objectFrom(rawBody) ?? {};
    const call = {
      at,
      headers: req.headers,
      rawBody,
      body,
      action: typeof body.Action === 'string' ? body.Action : '',
    };
    received.push(call);
    if (received.length > RECEIVED_LIMIT) received.shift();
    if (simulator.override?.(call, res)) return;
    // The call takes effect when it arrives; only the answer is held back.
    const answer = answerTo(call);
    const heldMs = latencyMs + troubles.delayMs(String(body.AccessToken));
    if (heldMs > 0) await delay(heldMs, undefined, { ref: false });
    send(res, 200, answer);
  };

  const server = createServer((req, res) => {
    serve(req, res).catch((error: unknown) => {
      if (error instanceof ConnectionCut) res.destroy();
      else send(res, 500, { message: String(error) });
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(port, host, resolve);
  });

  const simulator: Simulator = {
    url: `http://${host}:${(server.address() as AddressInfo).port}${PATH}`,
    received,
    home: sampleHome(),
    control: createControl({ devices, troubles, home }),
    override: undefined,
    close: () =>
      new Promise((resolve, reject) => {
        server.close((error) => (error === undefined ? resolve() : reject(error)));
        server.closeAllConnections();
      }),
  };
  return simulator;
}
