// What is refused before a stream begins, and what ends one.

import { confirm, type Pair, PRODUCT, prove, startPair, TOKEN } from '../pair';
import { follow, PROGRESS, script, subscribe, toldBy, UPGRADE } from '../stream';

const AWAITING = { Status: 8 };
const ids = (count: number) => Array.from({ length: count }, (_, i) => `${PRODUCT}/d${i}`);
const ONE = `subscription ($p: String!, $d: String!) { firmwareUpgradeProgress(productId: $p, deviceName: $d) { device { id } } }`;
let pair: Pair;

describe('a subscription that means nothing', () => {
  const roots = 'a: firmwareUpgradesProgress(ids: $ids) { device { id } }';
  const deep = (levels: number): string => (levels > 0 ? `... on Device { ${deep(levels - 1)} }` : 'id');
  beforeAll(async () => {
    pair = await startPair();
  });
  afterAll(() => pair.close());

  it.each([
    ['no ids', PROGRESS, { ids: [] }, 'BAD_USER_INPUT'],
    ['101 ids', PROGRESS, { ids: ids(101) }, 'BAD_USER_INPUT'],
    ['an id that names no device', PROGRESS, { ids: [...ids(2), 'lamp'] }, 'BAD_USER_INPUT'],
    ['a name that is none', ONE, { p: PRODUCT, d: 'a b' }, 'BAD_USER_INPUT'],
    ['a variable that does not fit', PROGRESS, { ids: [{}] }, 'BAD_USER_INPUT'],
    ['a variable that is missing', PROGRESS, {}, 'BAD_USER_INPUT'],
    ['an argument that is null', PROGRESS.replace('[ID!]!', '[ID!] = []'), { ids: null }, 'BAD_USER_INPUT'],
    [
      'two root fields',
      `subscription ($ids: [ID!]!) { ${roots} b${roots} }`,
      { ids: ids(1) },
      'GRAPHQL_VALIDATION_FAILED',
    ],
    [
      'two root fields by a fragment',
      `subscription ($ids: [ID!]!) { ${roots} ...F } fragment F on Subscription { b${roots} }`,
      { ids: ids(1) },
      'GRAPHQL_VALIDATION_FAILED',
    ],
    ['no root field', 'subscription { __typename }', {}, 'GRAPHQL_VALIDATION_FAILED'],
    [
      'a root field that is left out',
      PROGRESS.replace('(ids: $ids)', '(ids: $ids) @skip(if: true)'),
      { ids: ids(1) },
      'GRAPHQL_VALIDATION_FAILED',
    ],
    ['a field that is not there', PROGRESS.replace('id ', 'nothing '), { ids: ids(1) }, 'GRAPHQL_VALIDATION_FAILED'],
    [
      'too many aliases',
      PROGRESS.replace(
        'id ',
        ids(16)
          .map((_, i) => `a${i}: id`)
          .join(' '),
      ),
      { ids: ids(1) },
      'GRAPHQL_VALIDATION_FAILED',
    ],
    ['too deep', PROGRESS.replace('id ', deep(20)), { ids: ids(1) }, 'GRAPHQL_VALIDATION_FAILED'],
    ['introspection', 'subscription { __schema { queryType { name } } }', {}, 'GRAPHQL_VALIDATION_FAILED'],
  ])('is refused for %s, and asks nobody', async (_what, query, variables, code) => {
    pair.simulator.received.length = 0;
    const stream = await subscribe(pair.url, query, variables);
    await stream.ended;
    expect([stream.status, toldBy(stream)]).toEqual([400, [code]]);
    expect(stream.events[0].data).toBeUndefined();
    expect(pair.simulator.received).toEqual([]);
    expect(pair.log.filter(({ msg }) => msg === 'bug')).toEqual([]);
  });

  it('lets nobody introspect by a document that holds a query besides', async () => {
    const document = `subscription S { firmwareUpgradeProgress(productId: "${PRODUCT}", deviceName: "lamp-1") { device { id } } }
      query Q { __schema { subscriptionType { name } } }`;
    const ask = (operationName: string, accept: string) =>
      fetch(pair.url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', accept, authorization: 'Bearer demo-token-alice' },
        body: JSON.stringify({ query: document, operationName }),
      });
    expect((await ask('S', 'text/event-stream')).status).toBe(400);
    const { status, ...answer } = await ask('Q', 'application/json');
    expect(status ?? answer).toBe(400);
  });
});

const refusal = (name: string) => [
  {
    data: {
      firmwareUpgradesProgress: {
        device: expect.objectContaining({
          id: `${PRODUCT}/${name}`,
          firmwareUpgrade: { __typename: 'TokenApiRateLimitedError', code: 'Gateway.RateLimited', nextStep: 'RETRY' },
        }),
      },
    },
  },
];

describe('a stream', () => {
  afterEach(() => pair.close());

  it('shows the type Subscription where introspection is on, and there alone', async () => {
    const query = '{ __type(name: "Subscription") { fields { name } } }';
    pair = await startPair({ env: { INTROSPECTION: 'on' } });
    const { body } = await pair.ask(query);
    expect(body.data.__type.fields).toEqual([
      { name: 'firmwareUpgradeProgress' },
      { name: 'firmwareUpgradesProgress' },
    ]);
    await pair.close();
    pair = await startPair();
    expect((await pair.ask(query)).body.errors[0].extensions.code).toBe('INTROSPECTION_DISABLED');
  });

  it('a user has so many streams, and another again once one has ended', async () => {
    pair = await startPair({ env: { LIVE_STREAMS_PER_USER: '2' } });
    script(pair, { a: [AWAITING], b: [AWAITING] });
    const open = [await follow(pair, ['a']), await follow(pair, ['a'])];
    await Promise.all(open.map((stream) => stream.has(1)));
    const refused = await follow(pair, ['b', 'a']);
    await refused.ended;
    expect([refused.status, refused.isComplete(), refused.events]).toEqual([200, true, refusal('b')]);
    expect(pair.simulator.received).toHaveLength(1);
    const other = await follow(pair, ['a'], { token: 'demo-token-carol' });
    await other.has(1);
    expect(toldBy(other)).toEqual(['AWAITING_CONFIRMATION']);
    open[0]?.leave();
    for (;;) {
      const again = await follow(pair, ['a']);
      await again.has(1);
      if (toldBy(again)[0] === 'AWAITING_CONFIRMATION') break;
    }
  });

  it('the process has so many streams', async () => {
    pair = await startPair({ env: { LIVE_STREAMS: '2' } });
    script(pair, { a: [AWAITING] });
    await prove(pair);
    await prove(pair, 'demo-token-carol');
    await Promise.all([follow(pair, ['a']), follow(pair, ['a'])]);
    const refused = await follow(pair, ['a'], { token: 'demo-token-carol' });
    await refused.ended;
    expect([refused.isComplete(), refused.events]).toEqual([true, refusal('a')]);
  });

  it('streams that hold all connections that they may leave room for requests, and one more is refused', async () => {
    pair = await startPair({ env: { LIVE_STREAMS: '4' }, gateway: { limits: { connections: 1 } } });
    await prove(pair);
    script(pair, { a: [AWAITING] });
    const streams = await Promise.all([1, 2, 3, 4].map(() => follow(pair, ['a'])));
    await Promise.all(streams.map((stream) => stream.has(1)));
    const refused = await follow(pair, ['a']);
    await refused.ended;
    expect([refused.status, refused.isComplete(), refused.events]).toEqual([200, true, refusal('a')]);
    expect((await confirm(pair, 'lamp-1')).__typename).toBe('ConfirmFirmwareUpgradeSuccess');
    expect(streams.flatMap((stream) => toldBy(stream))).toEqual(Array(4).fill('AWAITING_CONFIRMATION'));
  });

  it('those whom the platform has not accepted yet share an eighth of the streams', async () => {
    pair = await startPair({ env: { LIVE_STREAMS: '16' } });
    await prove(pair);
    // The platform is away for everybody else.
    let isAway = true;
    pair.simulator.override = ({ body: { AccessToken, RequestId } }, response) => {
      if (isAway && AccessToken !== TOKEN) response.destroy();
      else response.end(JSON.stringify({ Response: { Status: 8, DstVersion: '1.1.0', RequestId } }));
      return true;
    };
    const strangers = await Promise.all(['one', 'two'].map((token) => follow(pair, ['a'], { token })));
    await Promise.all(strangers.map((stream) => stream.has(1)));
    const third = await follow(pair, ['a'], { token: 'three' });
    await third.ended;
    expect(third.events).toEqual(refusal('a'));
    const known = await follow(pair, ['a']);
    await known.has(1);
    expect(toldBy(known)).toEqual(['AWAITING_CONFIRMATION']);
    // Once the platform has answered them, they are strangers no more.
    isAway = false;
    await Promise.all(strangers.map((stream) => stream.has(2)));
    const later = await follow(pair, ['a'], { token: 'three' });
    await later.has(1);
    expect(toldBy(later)).toEqual(['AWAITING_CONFIRMATION']);
  });

  it('a stream completes after so long, and goes on when it is asked for again', async () => {
    pair = await startPair({ gateway: { limits: { streamMs: 500 } } });
    script(pair, { a: [AWAITING] });
    const startedAt = performance.now();
    const stream = await follow(pair, ['a']);
    await stream.ended;
    expect(performance.now() - startedAt).toBeGreaterThan(450);
    expect([stream.isComplete(), toldBy(stream)]).toEqual([true, ['AWAITING_CONFIRMATION']]);
  });

  it('selects any field of the device', async () => {
    pair = await startPair();
    const query = PROGRESS.replace(
      UPGRADE,
      `productId deviceName connectivity { ... on DeviceConnectivity { state } } ${UPGRADE}`,
    );
    const stream = await subscribe(pair.url, query, { ids: [`${PRODUCT}/lamp-done-before`] });
    await stream.ended;
    expect(stream.events).toHaveLength(1);
    expect(stream.events[0].errors).toBeUndefined();
  });
});
