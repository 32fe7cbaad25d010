// What a document may hold: each limit at its edge, however the document is written. Every row is one request; what is refused
// sends nothing to the platform.

import { type Pair, startPair } from '../pair';

let pair: Pair;
beforeAll(async () => {
  pair = await startPair({ env: { INTROSPECTION: 'on' } });
});
afterAll(() => pair.close());
beforeEach(() => {
  pair.simulator.received.length = 0;
});

const times = (count: number, text: (i: number) => string) =>
  Array.from({ length: count }, (_, i) => text(i)).join(' ');
const DEVICE = 'device(productId: "P", deviceName: "d")';
const CONFIRM = 'confirmFirmwareUpgrade(productId: "P", deviceName: "d") { __typename }';
const device = (selections: string, more = '') => `{ ${DEVICE} { ${selections} } } ${more}`;
const nested = (levels: number) => `${'a { '.repeat(levels - 1)}a${' }'.repeat(levels - 1)}`;
const aliases = (count: number) => times(count, (i) => `a${i}: id`);
/** As many directives, in as many selections. */
const included = (count: number) => times(count, () => 'id @include(if: true)');
const unknown = (count: number) => '@x '.repeat(count);
const F = (selections: string, on = 'Device', directives = '') => `fragment F on ${on} ${directives} { ${selections} }`;

const excess = (count: number, what: string, limit: number) =>
  `The operation has ${count} ${what}; at most ${limit} are allowed.`;
const inQuery = (count: number) => excess(count, 'root selections in a query', 10);
const inMutation = (count: number) => excess(count, 'root selections in a mutation', 5);
const inSubscription = (count: number) => excess(count, 'root selections in a subscription', 1);
const confirms = (count: number) => times(count, (i) => `c${i}: ${CONFIRM}`);
const FOLLOW = 'firmwareUpgradeProgress(productId: "P", deviceName: "d") { __typename }';
const repeated = (count: number) => `The document has ${count} fields of one name; at most 200 are allowed.`;
const levels = (count: number) => excess(count, 'levels of fields', 8);
const aliased = (count: number) => excess(count, 'aliases', 15);
const directed = (count: number) => excess(count, 'directives', 5);

it.each<[name: string, query: string, message: string]>([
  ['201 fields of one name', device(times(201, () => 'id')), repeated(201)],
  ['as many in a fragment of their own', `${device('id')} ${F(times(200, () => 'id'))}`, repeated(201)],
  ['as many by an alias', device(`${times(200, () => 'id')} id: deviceName`), repeated(201)],
  ['11 roots', `{ ${times(11, () => '__typename')} }`, inQuery(11)],
  ['11 roots with names', `{ ${times(11, () => `${DEVICE} { id }`)} }`, inQuery(11)],
  [
    '6 and 5 roots',
    `{ ...F ${times(5, () => '__typename')} } ${F(
      times(6, () => '__typename'),
      'Query',
    )}`,
    inQuery(11),
  ],
  [
    '2 × 6 roots of a fragment',
    `{ ...F ...F } ${F(
      times(6, () => '__typename'),
      'Query',
    )}`,
    inQuery(12),
  ],
  ['11 roots inline', `{ ... { ${times(11, () => '__typename')} } }`, inQuery(11)],
  [
    '2^20 roots',
    `{ ...F0 } ${times(20, (i) => `fragment F${i} on Query { ...F${i + 1} ...F${i + 1} }`)} fragment F20 on Query { __typename }`,
    inQuery(2 ** 20),
  ],
  [
    'a second operation of 11 roots',
    `query A { __typename } query B { ${times(11, () => '__typename')} }`,
    inQuery(11),
  ],

  ['6 mutation roots', `mutation { ${confirms(6)} }`, inMutation(6)],
  ['6 mutation roots beside a __typename', `mutation { ${confirms(6)} __typename }`, inMutation(6)],
  ['2 __typename beside 5 mutation roots', `mutation { ${confirms(5)} __typename __typename }`, inMutation(6)],
  ['a sixth mutation root in a fragment', `mutation { ${confirms(5)} ...F } ${F(CONFIRM, 'Mutation')}`, inMutation(6)],
  ['2 × 3 mutation roots of a fragment', `mutation { ...F ...F } ${F(confirms(3), 'Mutation')}`, inMutation(6)],
  ['a sixth mutation root inline', `mutation { ${confirms(5)} ... { ${CONFIRM} } }`, inMutation(6)],
  [
    'a sixth mutation root that is left out',
    `mutation { ${confirms(5)} ... @skip(if: true) { ${CONFIRM} } }`,
    inMutation(6),
  ],
  ['2 subscription roots', `subscription { ${FOLLOW} a: ${FOLLOW} }`, inSubscription(2)],

  ['9 levels', `{ ${nested(9)} }`, levels(9)],
  ['9 levels before a flat field', `{ ${nested(9)} b }`, levels(9)],
  ['9 levels behind a flat field', `{ b ${nested(9)} }`, levels(9)],
  ['9 levels through a fragment', `{ a { a { ...F } } } ${F(nested(7), 'A')}`, levels(9)],
  ['9 levels through a fragment behind a field', `{ b a { ...F } } ${F(nested(8), 'A')}`, levels(9)],
  ['9 levels inline', `{ a { ... { ${nested(8)} } b } }`, levels(9)],

  ['16 aliases', device(aliases(16)), aliased(16)],
  [
    '16 aliases on two levels',
    `{ ${times(4, (i) => `b${i}: ${DEVICE} { ${times(3, (j) => `a${j}: id`)} }`)} }`,
    aliased(16),
  ],
  ['2 × 8 aliases of a fragment', `{ ${DEVICE} { ...F } ${DEVICE} { ...F } } ${F(aliases(8))}`, aliased(16)],
  ['16 aliases inline', device(`... { ${aliases(16)} }`), aliased(16)],

  ['6 directives', device(included(6)), directed(6)],
  [
    '6 directives on roots and below',
    `{ ${times(2, (i) => `${DEVICE} @include(if: true) { ${included(2)} }${i ? '' : ' '}`)} }`,
    directed(6),
  ],
  ['6 directives of an operation', `query ${unknown(6)} { __typename }`, directed(6)],
  ['3 directives of an operation, 3 of fields', `query ${unknown(3)} ${device(included(3))}`, directed(6)],
  ['2 × 3 directives of variables', `query ($a: Int ${unknown(3)}, $b: Int ${unknown(3)}) { __typename }`, directed(6)],
  [
    '3 directives of variables, 3 of an operation',
    `query ($a: Int ${unknown(3)}) ${unknown(3)} { __typename }`,
    directed(6),
  ],
  ['6 directives of an inline fragment', device(`... ${unknown(6)} { id }`), directed(6)],
  ['6 directives in an inline fragment', device(`... { ${included(6)} }`), directed(6)],
  ['6 directives of a spread', device(`...F ${unknown(6)}`, F('id')), directed(6)],
  ['6 directives of a fragment', device('...F', F('id', 'Device', unknown(6))), directed(6)],
  ['2 × 3 directives in a fragment', device('id ... { ...F } ...F', F(included(3))), directed(6)],
  ['2 × 3 directives of a fragment', device('...F ...F', F('id', 'Device', unknown(3))), directed(6)],

  [
    'a subscription that asks for no stream',
    'subscription { __typename }',
    'A subscription is answered over WebSocket, as text/event-stream or as multipart/mixed with subscriptionSpec=1.0. The callback protocol is not supported.',
  ],
])('refuses %s before it is validated', async (_name, query, message) => {
  const { status, body } = await pair.ask(query);
  expect([status, body]).toEqual([400, { errors: [{ message, extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } }] }]);
  expect(pair.simulator.received).toEqual([]);
});

it.each<[name: string, query: string, message: string, locations: object[] | undefined]>([
  ['2,001 tokens', `{ ${'a '.repeat(1999)}}`, 'The document has more than 2000 tokens.', undefined],
  ['a document that breaks off', '{\n  a {', 'The document is not valid GraphQL.', [{ line: 2, column: 6 }]],
  ['no document', ' ', 'The document is not valid GraphQL.', [{ line: 1, column: 2 }]],
  ['a word of the parser’s', 'tokens', 'The document is not valid GraphQL.', [{ line: 1, column: 1 }]],
])('refuses %s, which is not read to its end', async (_name, query, message, locations) => {
  const { status, body } = await pair.ask(query);
  const error = { message, ...(locations && { locations }), extensions: { code: 'GRAPHQL_PARSE_FAILED' } };
  expect([status, body]).toEqual([400, { errors: [error] }]);
  expect(pair.simulator.received).toEqual([]);
});

it.each<[name: string, query: string]>([
  ['10 roots', `{ ${times(10, () => '__typename')} }`],
  ['11 fields in a fragment that is no root', device('...F', F(times(11, () => 'id')))],
  ['15 aliases', device(aliases(15))],
  ['15 aliases in a fragment that is not within itself', device('... { ...F }', F(aliases(15)))],
  ['5 directives', device(included(5))],
  [
    '9 levels of introspection',
    `{ __schema { types { fields { type { ${'ofType { '.repeat(4)}name${' }'.repeat(4)} } } } } }`,
  ],
])('accepts %s', async (_name, query) => {
  const { status, body } = await pair.ask(query);
  expect([status, body.errors]).toEqual([200, undefined]);
  expect(pair.simulator.received).toEqual([]);
});

it.each([
  ['alone', `mutation { ${CONFIRM} }`],
  ['beside a __typename', `mutation { ${CONFIRM} __typename }`],
  ['beside a __typename in a fragment', `mutation { ${CONFIRM} ...F } ${F('__typename', 'Mutation')}`],
  ['beside an inline __typename', `mutation { ... { __typename } ${CONFIRM} }`],
  ['in a fragment', `mutation { ...F } ${F(CONFIRM, 'Mutation')}`],
])('accepts one mutation root %s, and sends it once', async (_name, query) => {
  const { body } = await pair.ask(query);
  expect(body.data.confirmFirmwareUpgrade.__typename).toMatch(/Error$|Success$/);
  expect(pair.simulator.received).toHaveLength(1);
});

it.each([
  ['2,000 tokens', `query ($a: [Int] = [${'1 '.repeat(1985)}]) { __typename }`, 'Variable "$a" is never used.'],
  ['8 levels', `{ ${nested(8)} }`, 'Cannot query field "a" on type "Query".'],
  ['5 directives of an operation', `query ${unknown(5)} { __typename }`, 'Unknown directive "@x".'],
  ['5 directives of a variable', `query ($a: Int ${unknown(5)}) { __typename }`, 'Unknown directive "@x".'],
  ['a fragment that is not there', '{ ...None }', 'Unknown fragment "None".'],
  ['a fragment within itself', `{ ...F } ${F('...F', 'Query')}`, 'Cannot spread fragment "F" within itself.'],
  [
    'two fragments within each other',
    `{ ...F } ${F('...G', 'Query')} fragment G on Query { ...F }`,
    'Cannot spread fragment "F" within itself via "G".',
  ],
  ['a type', 'type A { b: Int } { __typename }', 'The "A" definition is not executable.'],
  [
    '15 aliases in each of two operations',
    `query A ${device(aliases(15))} query B ${device(aliases(15))}`,
    '`operationName` is expected to name one of the operations, or the document to hold one.',
  ],
])('leaves %s to Apollo Server', async (_name, query, message) => {
  const { status, body } = await pair.ask(query);
  expect([status, body.errors[0].message]).toEqual([400, message]);
  expect(pair.simulator.received).toEqual([]);
});
