// Following: pushed over each way, polled where nothing is pushed, and to the end whatever is cut in between.

import { createAbort, type Push, pushBySse, pushByWebSocket, type UpgradeResult } from 'firmware-gateway-client';
import { WebSocket } from 'ws';
import { type Pair, startPair } from '../../pair';
import { all, clientOf, device, reads, refuseWith, wireOf } from './device';

// Browsers have one, and Node from version 22 on.
Object.assign(globalThis, { WebSocket });

const STATUS = 'AppDescribeFirmwareUpdateStatus';

let pair: Pair;
beforeEach(async () => {
  pair = await startPair({ simulator: { paceMs: 300 } });
});
afterEach(() => pair.close());

const phases = (told: readonly UpgradeResult[]) =>
  told.map((result) => ('phase' in result ? result.phase : result.code));

const ways: Record<string, Push | false | undefined> = {
  'by default': undefined,
  'over a WebSocket': pushByWebSocket(),
  'by polls': false,
};

it.each(Object.entries(ways))(
  'follows to the end %s',
  async (_name, push) => {
    const wire = wireOf();
    const client = clientOf(pair, { ...(push === false && wire), push });
    await client.confirm(device('lamp-1'));
    const told = await all(client.follow(device('lamp-1')));
    expect(phases(told)[0]).toMatch(/^(PROCESSING|DELIVERED)$/);
    expect(told.at(-1)).toMatchObject({ phase: 'SUCCEEDED', toVersion: '1.1.0', isFinal: true });
    const polls = wire.sent.filter(({ query }) => query.startsWith('query'));
    if (push === false) {
      expect(polls.length).toBeGreaterThan(2);
      expect(polls[1]!.at - polls[0]!.at).toBeGreaterThanOrEqual(1999);
    } else expect(polls).toEqual([]);
  },
  30_000,
);

it.each([
  ['there is nobody', async () => 'refused' as const],
  ['three streams in a row tell nothing', async () => 'cut' as const],
])(
  'polls where %s to push',
  async (_name, end) => {
    let tries = 0;
    const push: Push = () => {
      tries++;
      return end();
    };
    const told = await all(clientOf(pair, { push }).follow(device('lamp-done-before')));
    expect(phases(told)).toEqual(['SUCCEEDED']);
    expect(tries).toBe((await end()) === 'refused' ? 1 : 3);
    expect(reads(pair)).toHaveLength(1);
  },
  30_000,
);

it('polls where the gateway takes no more streams of one client', async () => {
  const client = clientOf(pair, { streamsLimit: 0 });
  expect(phases(await all(client.follow(device('lamp-done-before'))))).toEqual(['SUCCEEDED']);
});

it('asks for another stream after one was cut, and tells nothing twice', async () => {
  let streams = 0;
  const push: Push = (subscribing) => {
    if (++streams > 1) return pushBySse(subscribing);
    const { signal, abort } = createAbort(subscribing.signal);
    const onEvent: typeof subscribing.onEvent = (payload) => {
      subscribing.onEvent(payload);
      abort();
    };
    return pushBySse({ ...subscribing, signal, onEvent });
  };
  const client = clientOf(pair, { push });
  await client.confirm(device('lamp-1'));
  const told = await all(client.follow(device('lamp-1')));
  expect(streams).toBe(2);
  expect(new Set(told.map((result) => JSON.stringify(result))).size).toBe(told.length);
  expect(told.at(-1)).toMatchObject({ phase: 'SUCCEEDED' });
});

it('does not tell a failure or two in between, and ends with an error that nothing can help', async () => {
  refuseWith(pair, STATUS, 'InternalError', 2);
  const told = await all(clientOf(pair, { push: false }).follow(device('lamp-done-before')));
  expect(phases(told)).toEqual(['SUCCEEDED']);
  expect(reads(pair)).toHaveLength(3);
  refuseWith(pair, STATUS, 'UnauthorizedOperation');
  expect(await all(clientOf(pair, { push: false }).follow(device('lamp-1')))).toMatchObject([{ nextStep: 'GIVE_UP' }]);
}, 30_000);

it.each(Object.entries(ways))(
  'stops at once where it is aborted, and whom it leaves asks no more: %s',
  async (_n, push) => {
    const { signal, abort } = createAbort();
    const events = clientOf(pair, { push }).follow(device('lamp-busy'), { signal });
    expect((await events.next()).value).toMatchObject({ phase: 'DOWNLOADING', percent: 42 });
    const next = events.next();
    abort();
    await expect(next).rejects.toMatchObject({ name: 'AbortError' });
    const client = clientOf(pair, { push });
    for await (const { __typename } of client.follow(device('lamp-busy'))) {
      expect(__typename).toBe('FirmwareUpgrade');
      break;
    }
    const before = reads(pair).length;
    // Longer than from one poll to the next.
    await new Promise((resolve) => setTimeout(resolve, 2500));
    expect(reads(pair).length).toBe(before);
  },
);

it('checks what is installed and offered, and whether the device is online', async () => {
  const client = clientOf(pair);
  expect(await client.check(device('lamp-1'))).toMatchObject({
    connectivity: { state: 'ONLINE' },
    firmware: { currentVersion: '1.0.0', targetVersion: '1.1.0', updateAvailable: true },
  });
  expect(await client.check(device('a/b'))).toMatchObject({
    connectivity: { nextStep: 'FIX_REQUEST' },
    firmware: { __typename: 'TokenApiInvalidParameterValueError' },
  });
  refuseWith(pair, 'AppCheckFirmwareUpdate', 'InternalError', 1);
  expect((await client.check(device('lamp-1'))).firmware).toMatchObject({ __typename: 'DeviceFirmware' });
});

it('answers with a typed error where nobody is at the address', async () => {
  const client = clientOf({ ...pair, url: 'http://127.0.0.1:9/graphql' });
  expect((await client.check(device('lamp-1'))).firmware).toMatchObject({
    __typename: 'TokenApiUnavailableError',
    code: 'Client.NoAnswer',
    nextStep: 'RETRY',
  });
}, 60_000);
