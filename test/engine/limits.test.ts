// What a client may ask for at once, counted through fragments as if each were written out.

import { type Pair, startPair } from '../pair';
import { refusalOfDocument } from '../refused';

let pair: Pair;
beforeAll(async () => {
  pair = await startPair();
});
afterAll(() => pair.close());

const confirms = (count: number) =>
  Array(count).fill('confirmFirmwareUpgrade(productId: "P", deviceName: "d") { __typename }').join(' ');
const aliases = (count: number, letter = 'a') => Array.from({ length: count }, (_, i) => `${letter}${i}: id`).join(' ');
const directives = (count: number) => `id ${'@include(if: true) '.repeat(count)}`;
const levels = (count: number): string => (count === 1 ? 'a' : `a { ${levels(count - 1)} }`);
const onDevice = (selection: string) => `{ device(productId: "P", deviceName: "d") { ${selection} } }`;

it.each([
  ['six mutation roots', `mutation { ${confirms(6)} }`, '6 root selections in a mutation; at most 5'],
  ['200 mutation roots', `mutation { ${confirms(200)} }`, 'more than 2000 tokens'],
  [
    'roots in fragments',
    `mutation { ${confirms(3)} ...F } fragment F on Mutation { ${confirms(3)} }`,
    '6 root selections in a mutation; at most 5',
  ],
  [
    'two __typename beside five roots',
    `mutation { ${confirms(5)} __typename __typename }`,
    '6 root selections in a mutation; at most 5',
  ],
  ['11 query roots', `{ ${'__typename '.repeat(11)} }`, '11 root selections in a query; at most 10'],
  ['16 aliases', onDevice(aliases(16)), '16 aliases; at most 15'],
  ['6 directives', onDevice(directives(6)), '6 directives; at most 5'],
  ['9 levels', `{ ${levels(9)} }`, '9 levels of fields; at most 8'],
  ['2,001 tokens', `{ ${'a '.repeat(2000)} }`, 'more than 2000 tokens'],
  ['fragments in a circle', '{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }', 'Cannot spread'],
  ['a subscription', 'subscription { device { id } }', 'A subscription is answered over WebSocket'],
])('refuses %s, and sends nothing', async (_name, text, message) => {
  expect(await refusalOfDocument(pair, text)).toContain(message);
});

/** Each measure of a document: what stands directly in it and what stands in the fragment, over the limit and at it. */
const measures: [message: string, direct: string, inFragment: string, atLimit: string][] = [
  ['9 levels of fields; at most 8', 'id', levels(8), levels(7)],
  ['16 aliases; at most 15', aliases(8, 'a'), aliases(8, 'b'), aliases(7, 'b')],
  ['6 directives; at most 5', directives(3), directives(3), directives(2)],
];
const ways: [way: string, text: (direct: string, inFragment: string) => string][] = [
  ['a named fragment', (direct, part) => `{ a { ${direct} ...F } } fragment F on Device { ${part} }`],
  [
    'a named fragment in a named one',
    (direct, part) => `{ a { ${direct} ...F } } fragment F on Device { ...G } fragment G on Device { ${part} }`,
  ],
  ['an inline fragment', (direct, part) => `{ a { ${direct} ... on Device { ${part} } } }`],
  [
    'an inline fragment in a named one',
    (direct, part) => `{ a { ${direct} ...F } } fragment F on Device { ... { ${part} } }`,
  ],
];

describe.each(ways)('through %s', (_way, text) => {
  it.each(measures)('counts %s', async (message, direct, inFragment, atLimit) => {
    expect(await refusalOfDocument(pair, text(direct, inFragment))).toContain(message);
    // At the limit it is refused as well, but for its fields, which do not exist.
    expect(await refusalOfDocument(pair, text(direct, atLimit))).toContain('Cannot query field "a"');
  });
});

it('counts a fragment as often as it is spread', async () => {
  const text = `{ a { ...F ...F } } fragment F on Device { ${aliases(8)} }`;
  expect(await refusalOfDocument(pair, text)).toContain('16 aliases; at most 15');
});

it('counts directives on an operation, its variables, a spread and a fragment itself', async () => {
  const text = (last: string) => `query ($v: ID @a @b) @c { a { ...F @d } } fragment F on Device @e { id ${last} }`;
  expect(await refusalOfDocument(pair, text('@f'))).toContain('6 directives; at most 5');
  expect(await refusalOfDocument(pair, text(''))).not.toContain('at most');
});

it('takes exactly what the limits allow', async () => {
  pair.simulator.received.length = 0;
  const fiveDirectives = Array.from({ length: 5 }, (_, i) => `a${i}: __typename @include(if: true)`);
  for (const text of [onDevice(aliases(15)), `{ ${'__typename '.repeat(10)} }`, `{ ${fiveDirectives.join(' ')} }`])
    expect((await pair.ask(text)).body.errors).toBeUndefined();
  expect((await pair.ask(`mutation { ${confirms(1)} __typename }`)).body.data.confirmFirmwareUpgrade).toBeDefined();
  expect(pair.simulator.received).toHaveLength(1);
});
