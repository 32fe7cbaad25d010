// The user's devices in the caches that are shipped: each page stays what it was, and shows what is learnt of its devices elsewhere.

import { MyDevicesDocument as MY_DEVICES, type MyDevicesQuery } from 'firmware-gateway-client/documents';
import { answerWith, type Pair, startPair } from '../pair';
import { createApollo } from './apollo';
import { type Client, required } from './client';
import { createUrql } from './urql';

let pair: Pair;
beforeEach(async () => {
  pair = await startPair();
});
afterEach(() => pair.close());

type Page = Extract<NonNullable<MyDevicesQuery['myDevices']>, { __typename: 'MyDevicePage' }>;
type Result = MyDevicesQuery['myDevices'] | undefined;
interface Variables {
  first: number;
  after?: string | null;
}

/** A client that asks for a page, and that shows one without asking anybody. */
interface Reader {
  client: Client;
  ask(variables: Variables): Promise<Result>;
  view(variables: Variables): Result;
}

function apollo(url: string, ...settings: [] | [object]): Reader {
  const client = createApollo({ url }, ...settings);
  const read = { fetchPolicy: 'network-only' } as const;
  return {
    client,
    ask: async (variables) => (await client.apollo.query({ query: MY_DEVICES, variables, ...read })).data?.myDevices,
    view: (variables) => client.apollo.readQuery({ query: MY_DEVICES, variables })?.myDevices,
  };
}

function urql(url: string): Reader {
  const client = createUrql({ url });
  return {
    client,
    ask: async (variables) =>
      (await client.urql.query(MY_DEVICES, variables, { requestPolicy: 'network-only' })).data?.myDevices,
    view: (variables) => client.urql.readQuery(MY_DEVICES, variables)?.data?.myDevices,
  };
}

function pageIn(result: Result): Page {
  const page = required(result);
  if (page.__typename !== 'MyDevicePage') throw new Error(`expected a page, got ${page.__typename}`);
  return page;
}

const idsIn = (page: Page) => page.devices.map(({ device }) => device.id);

/** As the platform refuses the next calls. */
const refuse = () =>
  answerWith(pair, (RequestId) => ({
    body: { Response: { Error: { Code: 'FailedOperation', Message: 'no' }, RequestId } },
  }));

describe.each([
  ['Apollo Client', apollo],
  ['Graphcache', urql],
])('%s', (_name, create) => {
  it('keeps pages apart, whatever order they come in', async () => {
    const { client, ask, view } = create(pair.url);
    const page = pageIn(await ask({ first: 2 }));
    const next = pageIn(await ask({ first: 2, after: page.nextCursor }));
    expect([...idsIn(page), ...idsIn(next)]).toHaveLength(new Set([...idsIn(page), ...idsIn(next)]).size);
    expect(idsIn(pageIn(view({ first: 2 })))).toEqual(idsIn(page));
    await ask({ first: 2 });
    expect(idsIn(pageIn(view({ first: 2, after: page.nextCursor })))).toEqual(idsIn(next));
    client.stop();
  });

  it('shows in a page what a poll of one of its devices brought', async () => {
    const { client, ask, view } = create(pair.url);
    expect(pageIn(await ask({ first: 1 })).devices[0]?.device).toMatchObject({ firmwareUpgrade: { phase: 'NONE' } });
    await client.confirm('lamp-online');
    await client.follow('lamp-online');
    const { device } = required(pageIn(view({ first: 1 })).devices[0]);
    expect(device.id).toBe('PRDEMO0001/lamp-online');
    expect(device).not.toMatchObject({ firmwareUpgrade: { phase: 'NONE' } });
    client.stop();
  });
});

it('keeps the page in Apollo Client while a refresh fails with RETRY', async () => {
  for (const [settings, kept] of [
    [[], true],
    [[{}], false],
  ] as const) {
    const { client, ask, view } = apollo(pair.url, ...(settings as [] | [object]));
    await ask({ first: 2 });
    refuse();
    await ask({ first: 2 });
    pair.simulator.override = undefined;
    expect(view({ first: 2 })?.__typename === 'MyDevicePage').toBe(kept);
    client.stop();
  }
});
