// Connections: how many requests of one are worked on at once, and what happens where there are too many connections.

import { once } from 'node:events';
import { configFrom } from '../../src/config';
import { PIPELINE_LIMIT } from '../../src/http/connections';
import { CONNECTIONS_LIMIT } from '../../src/http/public';
import { startGateway } from '../../src/server';
import { sendAndLeave } from '../leavingClient';
import { confirm, type Pair, prove, startPair, until } from '../pair';
import { answersIn, confirmOf, connectTo, readAnswers, readToEnd, requestOf } from '../rawClient';

let pair: Pair;
beforeEach(async () => {
  pair = await startPair({ gateway: { limits: { connections: 4 } } });
});
afterEach(() => pair.close());

const SUCCESS = 'ConfirmFirmwareUpgradeSuccess';
const names = (count: number) => Array.from({ length: count }, (_, i) => `lamp-${i + 1}`);
const devicesReceived = () => pair.simulator.received.map(({ body }) => body.DeviceName);
const cutsOf = async (why: string) =>
  (await (await fetch(`${pair.adminUrl}/metrics`)).text()).includes(
    `firmware_gateway_connections_cut_total{why="${why}"} 1`,
  );

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
    expect(await cutsOf('pipelined')).toBe(true);
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
    idle[2].write('POST /graphql HTTP/1.1\r\nhost: a\r\n');
    idle[0].write(requestOf('{"query":"{ __typename }"}', { id: 'used' }));
    expect(await readAnswers(idle[0], 1)).toEqual(['200 used']);

    const newcomer = connectTo(pair.url);
    newcomer.write(requestOf('{"query":"{ __typename }"}', { id: 'newcomer' }));
    expect(await readAnswers(newcomer, 1)).toEqual(['200 newcomer']);
    expect(await cutsOf('crowded')).toBe(true);
    expect(await readToEnd(idle[1])).toBe('');
    expect([idle[0].closed, idle[2].closed]).toEqual([false, false]);

    release();
    expect(await readAnswers(busy, 1)).toEqual(['200 lamp-1']);
    for (const client of [...idle, newcomer, busy]) client.destroy();
  });

  it('nobody is cut whose answer is being made: the newcomer goes', async () => {
    await prove(pair);
    const release = holdCalls();
    const clients = names(4).map((name) => {
      const client = connectTo(pair.url);
      client.write(confirmOf(name));
      return client;
    });
    await until(() => pair.simulator.received.length === 4);
    expect(await readToEnd(connectTo(pair.url))).toBe('');
    release();
    for (const [i, client] of clients.entries()) expect(await readAnswers(client, 1)).toEqual([`200 lamp-${i + 1}`]);
    for (const client of clients) client.destroy();
  });

  it('there are ten thousand', () => {
    expect(CONNECTIONS_LIMIT).toBe(10_000);
  });
});
