// Query._entities and _service: what a router asks of every subgraph.

import { type Pair, startPair } from '../pair';

let pair: Pair;
beforeAll(async () => {
  pair = await startPair();
});
afterAll(() => pair.close());
afterEach(() => expect(pair.simulator.received).toEqual([]));

const ENTITIES =
  'query ($r: [_Any!]!) { _entities(representations: $r) { ... on Device { id productId deviceName } } }';
const lamp = { id: 'P/lamp', productId: 'P', deviceName: 'lamp' };
const other = { id: 'Q/lamp', productId: 'Q', deviceName: 'lamp' };
const badUserInput = (path: (string | number)[]) =>
  expect.objectContaining({ path, extensions: { code: 'BAD_USER_INPUT' } });

it('answers entities by either key, and null for an unusable one', async () => {
  const __typename = 'Device';
  const { body } = await pair.ask(ENTITIES, {
    r: [
      { __typename, id: 'P/lamp' },
      { __typename, productId: 'Q', deviceName: 'lamp' },
      { __typename, id: 'P/lamp', productId: 'Q' },
      { __typename },
      { __typename, id: 7 },
      { __typename: 'Room', id: 'P/lamp' },
      'P/lamp',
      { __typename, id: 'P/lamp', productId: 'P', deviceName: 'lamp' },
    ],
  });
  expect(body.data).toEqual({ _entities: [lamp, other, null, null, null, null, null, lamp] });
  expect(body.errors).toEqual([2, 3, 4, 5, 6].map((place) => badUserInput(['_entities', place])));
});

it('answers 1,000 representations, and no more', async () => {
  const representations = (count: number) =>
    Array.from({ length: count }, (_, i) => ({ __typename: 'Device', id: `P/${i}` }));
  const { body } = await pair.ask(ENTITIES, { r: representations(1000) });
  expect(body.data._entities).toHaveLength(1000);
  expect((await pair.ask(ENTITIES, { r: representations(1001) })).body.errors).toHaveLength(1);
});

it('answers _service with the schema', async () => {
  const { body } = await pair.ask('{ _service { sdl } }');
  expect(body.data._service.sdl).toContain('type Device\n  @key(fields: "id")\n  @key(fields: "productId deviceName")');
});
