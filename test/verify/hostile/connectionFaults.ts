// Connections that are lost, before the request was read or after, and those that never get to the point.

import { answerOf, documented, headOf } from './exchange';
import { accepted, type ConnectionFault, type Fault, faultOf, unknown } from './fault';

const dies = (name: string, play: Fault['play']) => faultOf('connection dies', name, unknown, play);

const resetAtOnce = dies('RST as the next request is written', (exchange) => exchange.reset());

const onADyingConnection = faultOf(
  'connection dies',
  'asked on an idle connection that is about to die',
  [accepted, unknown],
  (exchange) => exchange.later(5, () => exchange.send(answerOf(200, documented(exchange.requestId)))),
);

/** Up to as long as the gateway could keep an idle connection. */
const idle = ({ random }: { random: () => number }) => random() * 60;

export const deadConnections: readonly Fault[] = [
  dies('FIN after reading', (exchange) => exchange.finish()),
  dies('RST after reading', (exchange) => exchange.reset()),
  dies('FIN some time after reading', (exchange) => exchange.later(50, () => exchange.finish())),
  dies('RST some time after reading', (exchange) => exchange.later(50, () => exchange.reset())),
  dies('FIN within the status line', (exchange) => exchange.finish('HTTP/1.')),
  dies('RST after the status line', (exchange) => {
    exchange.send('HTTP/1.1 200 OK\r\n');
    exchange.later(5, () => exchange.reset());
  }),
  dies('RST after the headers', (exchange) => {
    exchange.send(headOf(200, { 'Content-Length': '80' }));
    exchange.later(5, () => exchange.reset());
  }),
  faultOf('connection dies', 'good answer, then FIN on the idle connection', accepted, (exchange) => {
    exchange.send(answerOf(200, documented(exchange.requestId)));
    exchange.doom(onADyingConnection);
    exchange.later(idle(exchange), () => exchange.finish());
  }),
  faultOf('connection dies', 'good answer, then RST on the idle connection', accepted, (exchange) => {
    exchange.send(answerOf(200, documented(exchange.requestId)));
    exchange.doom(onADyingConnection);
    exchange.later(5 + idle(exchange), () => exchange.reset());
  }),
  faultOf('connection dies', 'good answer, then RST as the next request is written', accepted, (exchange) => {
    exchange.send(answerOf(200, documented(exchange.requestId)));
    exchange.doom(resetAtOnce);
  }),
];

const silent = dies('arrived on a doomed connection', () => undefined);

const onConnect = (name: string, play: ConnectionFault['play'], fault: Fault = silent): ConnectionFault => ({
  name,
  weight: 1,
  fault,
  play,
});

/** What is done to a connection before anything is read from it. */
export const connectionFaults: readonly ConnectionFault[] = [
  onConnect('FIN before reading', (connection) => connection.finish()),
  onConnect('RST before reading', (connection) => connection.reset()),
  onConnect('RST a moment after accepting', (connection) => connection.later(idle(connection) / 10, connection.reset)),
  onConnect(
    'not HTTP before any request',
    (connection) => connection.send('SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n'),
    faultOf('not HTTP', 'asked of something that speaks first', unknown, () => undefined),
  ),
  onConnect('an answer before any request', (connection) => connection.send(answerOf(200, documented('premature')))),
];

const late = (name: string, play: Fault['play'], weight = 0.6) =>
  faultOf(
    'late',
    name,
    unknown,
    (exchange) => {
      play(exchange);
      exchange.later(1500, () => exchange.reset());
    },
    { weight },
  );

export const lateAnswers: readonly Fault[] = [
  late('no headers', () => undefined),
  late('headers, then a stalled body', (exchange) => exchange.send(`${headOf(200, { 'Content-Length': '80' })}{"Resp`)),
  late('a slow drip', (exchange) => {
    const bytes = answerOf(200, documented(exchange.requestId));
    const drip = (at: number) => {
      exchange.send(bytes.slice(at, at + 3));
      if (at + 3 < bytes.length) exchange.later(40, () => drip(at + 3));
    };
    drip(0);
  }),
  late('a good answer past the deadline', (exchange) =>
    exchange.later(1000, () => exchange.send(answerOf(200, documented(exchange.requestId)))),
  ),
  late('a refusal past the deadline', (exchange) => exchange.later(1000, () => exchange.send(answerOf(400, '{}')))),
];
