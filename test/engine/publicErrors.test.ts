// What a client sees of a GraphQL error: no suggestion, and no value that was sent.

import { type Pair, startPair } from '../pair';
import { refusalOfDocument } from '../refused';

let pair: Pair;
beforeAll(async () => {
  pair = await startPair();
});
afterAll(() => pair.close());

it.each([
  ['an unknown field', '{ devize { id } }', 'Cannot query field "devize" on type "Query".'],
  [
    'a number for a string',
    '{ device(productId: 7, deviceName: "d") { id } }',
    'A value does not fit the type that is expected here.',
  ],
  ['introspection while it is off', '{ __schema { types { name } } }', 'Introspection is off.'],
])('refuses %s without a suggestion', async (_name, text, message) => {
  expect(await refusalOfDocument(pair, text)).toBe(message);
});

it.each([
  ['{ device(productId: "P", deviceName: 4711) { id } }', {}],
  ['query ($p: String!) { device(productId: $p, deviceName: "d") { id } }', { p: { secret: 4711 } }],
  ['query ($p: String!) { device(productId: $p, deviceName: 4711x) { id } }', {}],
])('repeats no value of a refused request: %s', async (text, variables) => {
  const { status, body } = await pair.ask(text, variables);
  expect(status).toBe(400);
  expect(JSON.stringify(body)).not.toContain('4711');
});
