// An operation whose parts are found once, beside graphql's own `execute`: the same data and the same errors in the same order, for
// everything that a schema of ours could hold, and again when it is executed a second time.

import {
  buildSchema,
  type DocumentNode,
  execute,
  type GraphQLSchema,
  type OperationDefinitionNode,
  parse,
} from 'graphql';
import type { Context } from '../../src/context/context';
import { executionFor } from '../../src/engine/execution';

const schema: GraphQLSchema = buildSchema(`
  interface Named { name: String! }
  type Lamp implements Named { name: String! watts: Int shade: Shade! other: Named }
  type Room implements Named { name: String! lamps: [Lamp!] }
  type Pair { quick: String! slow: String }
  type Shade { colour: String! mood: String }
  union Thing = Lamp | Room
  enum Side { LEFT RIGHT }
  input Where { room: String!, side: Side = LEFT }
  type Query {
    thing(kind: String = "lamp"): Thing
    things(where: Where, ids: [ID!]): [Thing!]!
    maybe: [Lamp]
    sure: Lamp!
    side(side: Side!): Side
    echo(text: String, more: [Int] = [1]): String
    named: Named
    later: [String]
    pair: Pair
    wait: String
  }
  type Mutation { first(text: String!): String second: Lamp! third: String }
`);

const fail = (words: string): never => {
  throw new Error(words);
};
const lamp = (more: object = {}) => ({ __typename: 'Lamp', name: 'a', watts: 7, shade: { colour: 'red' }, ...more });
const room = { __typename: 'Room', name: 'r', lamps: [lamp(), lamp({ name: async () => null }), lamp()] };
/** What the mutation before has said, once it has ended. */
let said = '';
const pause = () => new Promise(setImmediate);
const tick = async <Value>(value: Value) => value;
const resolvers: Record<string, Record<string, (source: unknown, args: Record<string, unknown>) => unknown>> = {
  Query: {
    thing: (_source, { kind }) => ({ lamp: lamp(), room, none: null, error: new Error('given'), odd: 7 })[String(kind)],
    things: async (_source, { where, ids }) => [lamp({ name: JSON.stringify([where, ids]) }), tick(room)],
    maybe: () => [
      lamp({ shade: () => fail('no shade') }),
      tick(lamp({ shade: null })),
      new Error('item'),
      null,
      lamp(),
    ],
    sure: () => lamp({ shade: async () => fail('late'), watts: 'many', name: () => fail('no name') }),
    side: (_source, { side }) => side,
    echo: (_source, args) =>
      JSON.stringify(args, (_name, value) => (typeof value === 'function' ? 'a function' : value)),
    named: () => tick(lamp({ other: () => room })),
    // The first failure makes a null of the pair, the second is beneath that, and both are there before the answer is.
    pair: () => ({ quick: async () => fail('quick'), slow: () => pause().then(() => fail('slow')) }),
    wait: () => pause().then(pause),
    later: () => [tick('x'), tick(Promise.reject(new Error('y'))), new Error('z')],
  },
  Mutation: {
    first: async (_source, { text }) => {
      said = '';
      await tick(0);
      said = String(text);
      return said;
    },
    second: () => fail('second'),
    third: () => said,
  },
};
beforeAll(() => {
  for (const [typeName, fields] of Object.entries(resolvers))
    for (const [name, resolve] of Object.entries(fields)) {
      const type = schema.getType(typeName) as ReturnType<GraphQLSchema['getQueryType']>;
      Object.assign(type?.getFields()[name] ?? {}, { resolve });
    }
  for (const name of ['Named', 'Thing'])
    Object.assign(schema.getType(name) ?? {}, { resolveType: (value: { __typename?: string }) => value.__typename });
});

const LAMP = '... on Lamp { name watts shade { colour mood } other { __typename name } }';
const ROOM = '... on Room { name lamps { name shade { colour } } }';
const operations: [text: string, ...variables: (Record<string, unknown> | null)[]][] = [
  [
    `query ($k: String) { thing(kind: $k) { __typename ${LAMP} ${ROOM} } }`,
    {},
    { k: 'room' },
    { k: 'none' },
    { k: null },
  ],
  [
    `query ($k: String! = "error") { thing(kind: $k) { ${LAMP} } again: thing(kind: "room") { ${ROOM} } }`,
    {},
    { k: 'lamp' },
  ],
  [
    `query ($w: Where, $i: [ID!]) { things(where: $w, ids: $i) { ${LAMP} } }`,
    null,
    { i: 7 },
    { w: { room: 'x' }, i: ['y'] },
  ],
  [
    `{ things(where: { room: "x", side: RIGHT }, ids: [1, "b"]) { ${ROOM} ...N } } fragment N on Named { name n: name }`,
  ],
  [`{ maybe { ${LAMP} } named { ... on Named { name } ${LAMP} } later }`],
  ['{ sure { watts name shade { colour } } named { name } }', null],
  ['{ sure { watts shade { colour } } maybe { shade { colour } } }', null],
  ['{ pair { slow quick } wait }'],
  ['query ($s: Side!) { side(side: $s) }', { s: 'LEFT' }],
  [
    'query ($t: String, $m: [Int]) { echo(text: $t, more: $m) b: echo c: echo(text: null) }',
    {},
    { t: null, m: null },
    { t: 'x', m: 3 },
  ],
  // What every object has by its prototype is no variable that was given.
  ['query ($toString: String, $m: [Int]) { echo(text: $toString, more: $m) }', { m: 1 }, { m: 1, toString: 'x' }],
  ['query ($constructor: String!) { echo(text: $constructor) }', { constructor: 'x' }],
  [
    'query ($__proto__: String, $m: [Int]) { echo(text: $__proto__, more: $m) }',
    { m: 1 },
    JSON.parse('{ "m": 1, "__proto__": "x" }'),
  ],
  [
    'query ($__proto__: Where) { things(where: $__proto__) { __typename } }',
    JSON.parse('{ "__proto__": { "room": "x" } }'),
  ],
  ['{ named { a: name name other { ... on Room { lamps { name } } } } named { other { name } } }'],
  ['mutation ($t: String!) { first(text: $t) b: first(text: "b") third __typename }', { t: 'x' }],
  ['mutation { third first(text: "b") second { name } again: third }', {}],
];
const cases = operations.flatMap(([text, ...variables]) =>
  (variables.length > 0 ? variables : [null]).map((values) => [text, values] as const),
);

const onlyOperation = ({ definitions }: DocumentNode) => definitions[0] as OperationDefinitionNode;
const shown = (result: unknown) => JSON.stringify(result);

it.each(cases)('answers %s with %j as graphql does', async (text, variables) => {
  const document = parse(text, { noLocation: true });
  const execution = executionFor(schema, document, onlyOperation(document));
  const expected = shown(await execute({ schema, document, variableValues: variables }));
  for (let i = 0; i < 2; i++) expect(await execution(variables, {} as Context, shown)).toBe(expected);
});

it.each<[string, Record<string, unknown>]>([
  ['query ($s: Side!) { side(side: $s) }', {}],
  ['query ($s: Side!) { side(side: $s) }', { s: 'UP' }],
  ['query ($s: Side!) { side(side: $s) @skip(if: false) }', { s: null }],
  ['query ($w: Where) { things(where: $w) { __typename } }', { w: { room: 'x', floor: 1 } }],
])('executes nothing of %s with %j', (text, variables) => {
  const document = parse(text, { noLocation: true });
  expect(executionFor(schema, document, onlyOperation(document))(variables, {} as Context, shown)).toBeUndefined();
});
