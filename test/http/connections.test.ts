// Connections: how many requests of one are worked on at once, and what happens where there are too many connections.

import { once } from 'node:events';
import type { Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { configFrom } from '../../src/config';
import { PIPELINE_LIMIT } from '../../src/http/connection';
import { NEWCOMERS_LIMIT } from '../../src/http/connections';
import { CONNECTIONS_LIMIT } from '../../src/http/public';
import { startGateway } from '../../src/server';
import { sendAndLeave } from '../leavingClient';
import { confirm, figureOf, type Pair, prove, startPair, until } from '../pair';
import { answersIn, confirmOf, connectTo, readAnswers, readToEnd, requestOf } from '../rawClient';
import { openSocket } from '../webSocketClient';

const ARRIVING_MS = 300;
let pair: Pair;
beforeEach(async () => {
  pair = await startPair({
    env: { LIVE_STREAMS: '0' },
    gateway: { limits: { connections: 4, arrivingMs: ARRIVING_MS } },
  });
});
afterEach(() => pair.close());

const SUCCESS = 'ConfirmFirmwareUpgradeSuccess';
const names = (count: number) => Array.from({ length: count }, (_, i) => `lamp-${i + 1}`);
const devicesReceived = () => pair.simulator.received.map(({ body }) => body.DeviceName);
const cutsOf = (why: string) => figureOf(pair, `connections_cut_total{why="${why}"}`);

/** Keeps each call until they are released; returns what releases those that are under way. */
function holdCalls(): () => void {
  const held: (() => void)[] = [];
  pair.simulator.override = ({ body: { RequestId } }, response) => {
    held.push(() => response.end(JSON.stringify({ Response: { RequestId } })));
    return true;
  };
  return () => {
    for (const release of held.splice(0)) release();
  };
}

describe('requests that are sent without waiting for answers', () => {
  it('are worked on one at a time, and answered in their order', async () => {
    let underWay = 0;
    let mostUnderWay = 0;
    pair.simulator.override = ({ body: { RequestId } }, response) => {
      mostUnderWay = Math.max(mostUnderWay, ++underWay);
      setTimeout(() => {
        underWay--;
        response.end(JSON.stringify({ Response: { RequestId } }));
      }, 20);
      return true;
    };
    const devices = names(PIPELINE_LIMIT + 1);
    const client = connectTo(pair.url);
    client.write(devices.map(confirmOf).join(''));
    expect(await readAnswers(client, devices.length)).toEqual(devices.map((name) => `200 ${name}`));
    client.destroy();
    expect([devicesReceived(), mostUnderWay]).toEqual([devices, 1]);
  });

  it('are answered up to the eleventh and then the connection is closed, with nothing sent of the others', async () => {
    const client = connectTo(pair.url);
    client.write(names(2000).map(confirmOf).join(''));
    const answers = answersIn(await readToEnd(client));
    const taken = names(PIPELINE_LIMIT + 1);
    expect(answers).toEqual(taken.map((name, i) => `200 ${name}${i === PIPELINE_LIMIT ? ', then closed' : ''}`));
    expect(devicesReceived()).toEqual(taken);
    expect(await cutsOf('pipelined')).toBe(1);
  });

  it('keep nobody else waiting, however quickly each is answered', async () => {
    const client = connectTo(pair.url);
    client.write(requestOf('{"query":"{ __typename }"}').repeat(5000));
    expect(answersIn(await readToEnd(client))).toHaveLength(PIPELINE_LIMIT + 1);
  });

  it('are not begun once the client has left', async () => {
    const release = holdCalls();
    const client = await sendAndLeave(pair.url, names(3).map(confirmOf).join(''));
    await until(() => pair.simulator.received.length === 1);
    await client.leave();
    release();
    pair.simulator.override = undefined;
    expect((await confirm(pair, 'lamp-9')).__typename).toBe(SUCCESS);
    expect(devicesReceived()).toEqual(['lamp-1', 'lamp-9']);
  });

  it('are not begun after an answer that ends the connection, as each does while the gateway leaves', async () => {
    const env = { PORT: '0', ADMIN_PORT: '0', TOKENAPI_URL: pair.simulator.url, DRAIN_DELAY_MS: '500' };
    const gateway = await startGateway(configFrom({ ...env, LOG_LEVEL: 'silent' }));
    const left = gateway.drain();
    const client = connectTo(gateway.url);
    client.write(names(3).map(confirmOf).join(''));
    expect(answersIn(await readToEnd(client))).toEqual(['200 lamp-1, then closed']);
    await left;
    expect(devicesReceived()).toEqual(['lamp-1']);
  });

  it('are each refused for themselves', async () => {
    const client = connectTo(pair.url);
    const other = 'POST /other HTTP/1.1\r\nhost: a\r\nx-request-id: other\r\ncontent-length: 3\r\n\r\n{"a';
    client.write(`${confirmOf('lamp-1')}${other}${requestOf('{', { id: 'no-json' })}${confirmOf('lamp-2')}`);
    expect(await readAnswers(client, 4)).toEqual(['200 lamp-1', '404 other', '400 no-json', '200 lamp-2']);
    client.destroy();
  });
});

it.each([
  ['what is no HTTP', 'no HTTP\r\n\r\n'],
  ['headers that are too large', `GET / HTTP/1.1\r\nx: ${'x'.repeat(20_000)}\r\n\r\n`],
])('answers a confirm that runs although %s follows it', async (_what, garbage) => {
  const release = holdCalls();
  const client = connectTo(pair.url);
  client.write(confirmOf('lamp-1') + garbage);
  await until(() => pair.simulator.received.length === 1);
  release();
  expect(answersIn(await readToEnd(client))).toEqual(['200 lamp-1, then closed']);
});

it.each([
  ['no HTTP', 'no HTTP\r\n\r\n', '400'],
  ['large headers', `GET / HTTP/1.1\r\nx: ${'x'.repeat(20_000)}\r\n\r\n`, '431'],
])('answers %s that stands alone by itself', async (_what, garbage, status) => {
  const client = connectTo(pair.url);
  client.write(garbage);
  expect((await readToEnd(client)).slice(9, 12)).toBe(status);
});

describe('at the limit of connections', () => {
  it('the one that was idle for longest makes room, and one with a confirm that runs does not', async () => {
    const release = holdCalls();
    const busy = connectTo(pair.url);
    busy.write(confirmOf('lamp-1'));
    await until(() => pair.simulator.received.length === 1);
    const idle = [connectTo(pair.url), connectTo(pair.url), connectTo(pair.url)] as const;
    for (const client of idle) if (client.connecting) await once(client, 'connect');
    await pause(2 * ARRIVING_MS);
    idle[2].write('POST /graphql HTTP/1.1\r\nhost: a\r\n');
    idle[0].write(requestOf('{"query":"{ __typename }"}', { id: 'used' }));
    expect(await readAnswers(idle[0], 1)).toEqual(['200 used']);

    const newcomer = connectTo(pair.url);
    newcomer.write(requestOf('{"query":"{ __typename }"}', { id: 'newcomer' }));
    expect(await readAnswers(newcomer, 1)).toEqual(['200 newcomer']);
    expect(await cutsOf('crowded')).toBe(1);
    expect(await readToEnd(idle[1])).toBe('');
    expect([idle[0].closed, idle[2].closed]).toEqual([false, false]);

    release();
    expect(await readAnswers(busy, 1)).toEqual(['200 lamp-1']);
    for (const client of [...idle, newcomer, busy]) client.destroy();
  });

  describe('where all are busy', () => {
    let release: () => void;
    let busy: Socket[];
    let answers: Promise<string[]>[];
    beforeEach(async () => {
      await prove(pair);
      release = holdCalls();
      busy = names(4).map((name) => {
        const client = connectTo(pair.url);
        client.write(confirmOf(name));
        return client;
      });
      answers = busy.map((client) => readAnswers(client, 1));
      await until(() => pair.simulator.received.length === 4);
    });
    afterEach(async () => {
      release();
      expect(await Promise.all(answers)).toEqual(names(4).map((name) => [`200 ${name}`]));
      for (const client of busy) client.destroy();
    });

    it('a newcomer is refused, nothing of it is sent, and nobody is cut', async () => {
      const newcomer = connectTo(pair.url);
      newcomer.write(confirmOf('lamp-9').repeat(2));
      const text = await readToEnd(newcomer);
      expect(answersIn(text)).toEqual(['503 lamp-9, then closed']);
      expect(text).toMatch(/\r\nretry-after: 1\r\n/i);
      expect(JSON.parse(text.slice(text.indexOf('\r\n\r\n')))).toEqual({
        errors: [{ message: 'There are too many connections.', extensions: { code: 'SERVICE_UNAVAILABLE' } }],
      });
      // The connection that had proved the user was idle, and went before.
      expect(await cutsOf('crowded')).toBe(2);
      await expect(openSocket(pair.url)).rejects.toThrow('503');
      expect(devicesReceived()).toEqual(names(4));
    });

    it('an answer that is being read is not cut for it', async () => {
      release();
      await Promise.all(answers);
      pair.simulator.override = undefined;
      const large = `{ ${Array.from({ length: 15 }, (_, i) => `a${i}: _service { sdl }`).join(' ')} }`;
      const reader = connectTo(pair.url);
      const requests = Array(10)
        .fill(requestOf(JSON.stringify({ query: large })))
        .join('');
      reader.write(requests);
      await once(reader, 'readable');
      await pause(2 * ARRIVING_MS);
      const newcomers = names(8).map((name) => {
        const newcomer = connectTo(pair.url);
        newcomer.write(confirmOf(name));
        return newcomer;
      });
      await Promise.all(newcomers.map((newcomer) => readAnswers(newcomer, 1)));
      expect(await readAnswers(reader, 10)).toHaveLength(10);
      for (const client of [reader, ...newcomers]) client.destroy();
    });

    it('health is answered all the same', async () => {
      const newcomer = connectTo(pair.url);
      newcomer.write('GET /readyz HTTP/1.1\r\nhost: a\r\n\r\n');
      expect(await readToEnd(newcomer)).toMatch(/^HTTP\/1.1 200 /);
    });

    it('a newcomer finds a place if one is idle by the time that it asks', async () => {
      const newcomer = connectTo(pair.url);
      await once(newcomer, 'connect');
      // Long enough to be taken note of.
      await pause(50);
      release();
      await Promise.all(answers);
      newcomer.write(requestOf('{"query":"{ __typename }"}', { id: 'newcomer' }));
      expect(await readAnswers(newcomer, 1)).toEqual(['200 newcomer']);
      // The one before it, of the user who was proved, and the one that it took the place of.
      expect(await cutsOf('crowded')).toBe(2);
      newcomer.destroy();
    });

    it('a newcomer that sends its body slowly sees the refusal', async () => {
      const newcomer = connectTo(pair.url);
      const answer = readToEnd(newcomer);
      const request = requestOf(JSON.stringify({ query: '{ __typename }', variables: { x: 'x'.repeat(20_000) } }));
      for (let at = 0; at < request.length; at += 1000) {
        newcomer.write(request.slice(at, at + 1000));
        await pause(5);
      }
      expect(answersIn(await answer)).toEqual(['503 raw, then closed']);
    });

    it('so many newcomers wait, and then the first goes', async () => {
      const newcomers: Socket[] = [];
      for (let i = 0; i <= NEWCOMERS_LIMIT; i++) {
        const newcomer = connectTo(pair.url);
        await once(newcomer, 'connect');
        newcomers.push(newcomer);
      }
      expect(await readToEnd(newcomers[0] as Socket)).toBe('');
      newcomers.at(-1)?.write(confirmOf('lamp-9'));
      expect(answersIn(await readToEnd(newcomers.at(-1) as Socket))).toEqual(['503 lamp-9, then closed']);
      expect(newcomers.filter((client) => client.closed)).toHaveLength(2);
      for (const client of newcomers) client.destroy();
    });
  });

  it('those who come at the same time do not take each other’s places', async () => {
    const answersOf = (name: string) => {
      const client = connectTo(pair.url);
      return new Promise<string[]>((resolve) =>
        // Its request is longer on its way than the next one takes to come.
        setTimeout(() => {
          client.write(confirmOf(name));
          resolve(readAnswers(client, 1));
        }, ARRIVING_MS / 2),
      ).finally(() => client.destroy());
    };
    const told = (await Promise.all(names(20).map(answersOf))).flat();
    expect(told).toHaveLength(20);
    expect(told.filter((answer) => answer.startsWith('200 '))).toHaveLength(4);
    expect(told.filter((answer) => /^503 .*, then closed$/.test(answer))).toHaveLength(16);
    expect(devicesReceived()).toHaveLength(4);
  });

  it('there are ten thousand', () => {
    expect(CONNECTIONS_LIMIT).toBe(10_000);
  });
});
