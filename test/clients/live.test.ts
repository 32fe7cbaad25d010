// An upgrade followed by a subscription, through every client and each of its transports.

import { confirm, type Pair, startPair, until } from '../pair';
import type { Member } from './client';
import { type LiveClient, liveClients } from './liveClients';

const STATUS = 'AppDescribeFirmwareUpdateStatus';
/** Is downloading, and stays at 42 %. */
const BUSY = 'lamp-busy';

let pair: Pair;
beforeAll(async () => {
  // A whole upgrade takes nine paces: longer than one poll of the gateway's, shorter than two.
  pair = await startPair({ simulator: { paceMs: 300 } });
});
afterAll(() => pair.close());

const clients = Object.entries(liveClients);
const pollsBy = (token: string) =>
  pair.simulator.received.filter(({ action, body }) => action === STATUS && body.AccessToken === token).length;

interface Followed {
  events: Member[];
  /** What a query of the same device showed, by the cache alone. */
  shown: Member[];
}

async function followed(client: LiveClient, deviceName: string): Promise<Followed> {
  const events: Member[] = [];
  const shown: Member[] = [];
  client.show?.(deviceName, (upgrade) => shown.push(upgrade));
  await until(() => !client.show || shown.length > 0);
  await confirm(pair, deviceName);
  await new Promise<void>((complete, error) => {
    client.live(deviceName, { next: (upgrade) => events.push(upgrade), complete, error });
  });
  await until(() => !client.show || shown.length > events.length);
  client.stop();
  return { events, shown };
}

/** All at once: each is for long, and most of it is waiting. */
const running = new Map<string, Promise<Followed>>();
beforeAll(() => {
  clients.forEach(([name, create], i) => {
    const run = followed(create({ url: pair.url, token: 'demo-token-alice' }), `lamp-${i}`);
    run.catch(() => undefined);
    running.set(name, run);
  });
});

it.each(clients.map(([name]) => name))('%s: follows to the end, and the cache shows it', async (name) => {
  const { events, shown } = (await running.get(name)) as Followed;
  expect(events.length).toBeGreaterThan(2);
  expect(events[0]).toMatchObject({ phase: 'PROCESSING', isFinal: false });
  expect(events.at(-1)).toMatchObject({ phase: 'SUCCEEDED', isFinal: true, toVersion: '1.1.0' });
  const phases = (seen: Member[]) => seen.map(({ phase, percent }) => `${phase} ${percent}`);
  expect(new Set(phases(events)).size).toBe(events.length);
  if (name !== 'graphql-sse alone') expect(phases(shown)).toEqual(['NONE null', ...phases(events)]);
});

it('asks the platform for nobody who has unsubscribed', async () => {
  const watched = (create: (typeof clients)[number][1], token: string) =>
    new Promise<() => void>((next, error) => {
      const client = create({ url: pair.url, token });
      const unsubscribe = client.live(BUSY, { next: () => next(unsubscribe), complete: error, error });
    });
  const stay = await watched(liveClients['graphql-sse alone'] as never, 'demo-token-stays');
  const tokenOf = (name: string) => `demo-token-${name.replaceAll(' ', '-')}`;
  const left = await Promise.all(
    clients.map(async ([name, create]) => {
      const unsubscribe = await watched(create, tokenOf(name));
      unsubscribe();
      return name;
    }),
  );
  const polls = () => Object.fromEntries(left.map((name) => [name, pollsBy(tokenOf(name))]));
  const before = pollsBy('demo-token-stays');
  await until(() => pollsBy('demo-token-stays') >= before + 2);
  expect(polls()).toEqual(Object.fromEntries(left.map((name) => [name, 1])));
  stay();
});
