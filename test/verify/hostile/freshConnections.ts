// What servers do to connections that have not carried a request, and to the first request on them.

import { answerOf, documented } from './exchange';
import { accepted, type ConnectionFault, faultOf, unknown } from './fault';

/** Longer than anybody may keep a connection that asks nothing. */
const PATIENCE_MS = 10_000;

/** Asked while the server may be closing the connection. */
const onAClosingConnection = faultOf(
  'connection dies',
  'asked on a fresh connection that is being closed',
  [accepted, unknown],
  ({ send, requestId }) => send(answerOf(200, documented(requestId))),
);

const onTheWrite = (name: string, play: ConnectionFault['fault']['play']): ConnectionFault => ({
  name,
  weight: 1,
  fault: faultOf('connection dies', name, unknown, play),
  play: () => undefined,
});

const atSomeTime = (name: string, play: ConnectionFault['play']): ConnectionFault => ({
  name,
  weight: 2,
  fault: onAClosingConnection,
  play: (connection) => connection.later(connection.random() ** 3 * PATIENCE_MS, () => play(connection)),
});

export const freshConnectionFaults: readonly ConnectionFault[] = [
  atSomeTime('FIN on a fresh connection', (connection) => connection.finish()),
  atSomeTime('RST on a fresh connection', (connection) => connection.reset()),
  atSomeTime('a byte on a fresh connection', (connection) => connection.send('H')),
  onTheWrite('FIN as the first request is written', (exchange) => exchange.finish()),
  onTheWrite('RST as the first request is written', (exchange) => exchange.reset()),
  {
    name: 'half open from the start: FIN, and goes on reading',
    weight: 1,
    fault: onAClosingConnection,
    play: (connection) => connection.finish(),
  },
  // Nothing ever comes back, as where a machine in between has forgotten the connection.
  onTheWrite('half open: nobody is there any more', () => undefined),
];
