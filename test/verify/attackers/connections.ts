// Attackers by what they do to connections: they hold them, dribble into them, tear them.

import { setTimeout as pause } from 'node:timers/promises';
import { CONFIRM } from '../client';
import { PRODUCT } from '../run';
import { type Attack, type Attacker, requestOf } from './attacker';

const HEAD = 'POST /graphql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n';

const confirmOf = (attack: Attack, number: number): Buffer =>
  requestOf(
    { query: CONFIRM, variables: { productId: PRODUCT, deviceName: `l-${number}` } },
    attack.token(number % 20),
  );

/** Half a request, then a byte a second. */
function dribble(attack: Attack, start: string, port: number) {
  const socket = attack.open(start, port);
  const adding = setInterval(() => socket.writable && socket.write('x'), 1000);
  return socket.once('close', () => clearInterval(adding));
}

/** Half a megabyte of chunks of one byte, each with an extension that nobody asked for. */
const chunked = `${HEAD}Authorization: Bearer chunks\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n${`1;x=${'y'.repeat(10)}\r\nz\r\n`.repeat(100_000)}`;

/** Heads near the limit of Node's parser: a thousand lines, or one line of a thousand values. */
const heads = [
  'X: y\r\n'.repeat(1500),
  `Accept: ${'a/b;q=0.5, '.repeat(1300)}c/d\r\n`,
  `Accept: application/json${';p="q"'.repeat(2200)}\r\n`,
].map((lines) => `${HEAD.replace('json', `json${';a=b'.repeat(300)}`)}${lines}Content-Length: 2\r\n\r\n{}`.repeat(20));

const starts = [`${HEAD}X-Slow: `, `${HEAD}Content-Length: 500000\r\n\r\n{"query":"${'x'.repeat(100_000)}`] as const;

export const connectionAttackers: readonly Attacker[] = [
  {
    name: 'half-sent requests',
    why: 'a body or a head that never ends is held until somebody cuts it',
    attack: (attack) =>
      attack.hold(600, (number) => dribble(attack, starts[number % 2] as string, attack.gateway.port)),
  },
  {
    name: 'half-sent requests on the admin port',
    why: 'whoever holds every connection there makes the orchestrator end the process',
    attack: (attack) =>
      attack.hold(400, (number) => dribble(attack, starts[number % 2] as string, adminPortOf(attack))),
  },
  {
    name: 'idle connections',
    why: 'each costs memory, and a place among the connections',
    attack: (attack) =>
      attack.hold(3500, (number) => attack.open('', number % 7 ? attack.gateway.port : adminPortOf(attack))),
  },
  {
    name: 'bodies in chunks of one byte',
    why: 'each byte is an event of its own',
    attack: (attack) => attack.hold(10, () => attack.open(chunked).resume()),
  },
  {
    name: 'heads at their limit',
    why: 'a thousand values of a header are compared before anybody is known',
    attack: (attack) =>
      attack.hold(20, (number) =>
        attack
          .open(heads[number % heads.length] as string)
          .resume()
          .end(),
      ),
  },
  {
    name: 'clients that leave at once',
    why: 'what nobody waits for any more is worked on nevertheless',
    attack: (attack) =>
      attack.repeat(30, async (number) => {
        const socket = attack.open(confirmOf(attack, number));
        await pause(5 + (number % 4) * 10);
        socket.resetAndDestroy();
      }),
  },
  {
    name: 'metrics without end',
    why: 'what tells how the process is costs it time',
    attack: (attack) =>
      attack.hold(10, () =>
        attack.open('GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n'.repeat(500), adminPortOf(attack)).resume().end(),
      ),
  },
  {
    name: 'a log that nobody reads',
    why: 'lines that cannot be written are kept in memory',
    settings: { LOG_LEVEL: 'trace' },
    attack: (attack) => {
      attack.gateway.stallLog();
      return attack.repeat(40, (number) =>
        attack.post({ query: `query q { __typename }#${number % 10}` }, attack.token(1)),
      );
    },
  },
];

const adminPortOf = ({ gateway }: Attack): number => Number(new URL(gateway.adminOrigin).port);
