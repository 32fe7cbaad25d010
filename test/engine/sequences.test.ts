// Two requests with the same document, one after the other: whatever the first was, the second is answered as Apollo Server alone
// answers it. What one request leaves behind for the next is the only thing in which the fast lane differs.

import { createHash } from 'node:crypto';
import { type Pair, startPair } from '../pair';

const documents: [name: string, text: string][] = [
  ['valid', '{ device(productId: "P", deviceName: "d") { id } }'],
  ['valid, of variables', 'query One($d: String!) { device(productId: "P", deviceName: $d) { id } }'],
  ['of two operations', 'query One { __typename } query Two { __typename }'],
  ['of unknown fields', '{ nonsense device(productId: "a", deviceName: "b") { nope id } }'],
  ['introspection, which is off', '{ __schema { types { name } } }'],
  [
    'of fragments in a circle',
    '{ __typename ...A } fragment A on Query { __typename ...B } fragment B on Query { ...A }',
  ],
  ['no GraphQL', '{ device('],
  [
    'too costly',
    `query One { _entities(representations: [${'1 '.repeat(900)}]) { ... on Device { a: id b: id c: id d: id e: id f: id g: id h: id i: id j: id k: id l: id m: id n: id o: id connectivity { __typename } firmware { __typename } firmwareUpgrade { __typename } } } }`,
  ],
  ['of many errors', `query One { _entities(representations: [${'1 '.repeat(150)}]) { __typename } }`],
  ['of too many selection sets', `{ ${'... { '.repeat(16)}__typename${' }'.repeat(16)} }`],
];

/** The shapes in which a client may send a document. */
const shapes: [name: string, (query: string) => Record<string, unknown>][] = [
  ['plain', (query) => ({ query })],
  ['an operation that is there', (query) => ({ query, operationName: 'One', variables: { d: 'x' } })],
  ['an operation that is not', (query) => ({ query, operationName: 'None' })],
  ['variables that do not fit', (query) => ({ query, operationName: 'One', variables: { d: {} } })],
  ['null in place of a persisted query', (query) => ({ query, variables: null, extensions: { persistedQuery: null } })],
  ['a client library', (query) => ({ query, variables: { d: 'x' }, extensions: { clientLibrary: { name: 'a' } } })],
  [
    'a persisted query',
    (query) => ({ query, extensions: { persistedQuery: { version: 1, sha256Hash: hash(query) } } }),
  ],
  ['a wrong hash', (query) => ({ query, extensions: { persistedQuery: { version: 1, sha256Hash: 'ab'.repeat(32) } } })],
  ['a wrong version', (query) => ({ query, extensions: { persistedQuery: { version: 7, sha256Hash: hash(query) } } })],
  ['a persisted query that is a text', (query) => ({ query, extensions: { persistedQuery: hash(query) } })],
  ['the hash alone', (query) => ({ extensions: { persistedQuery: { version: 1, sha256Hash: hash(query) } } })],
];
const hash = (text: string) => createHash('sha256').update(text).digest('hex');

const pairs: Pair[] = [];
beforeAll(async () => {
  for (const FAST_LANE of ['on', 'off']) {
    const env = { FAST_LANE, PERSISTED_QUERIES: 'automatic', INTROSPECTION: 'off', LOG_LEVEL: 'silent' };
    pairs.push(await startPair({ env }));
  }
});
afterAll(() => Promise.all(pairs.map((pair) => pair.close())));

async function answerOf(url: string, body: unknown): Promise<string> {
  const headers = { 'content-type': 'application/json', authorization: 'Bearer demo-token-alice' };
  const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
  return `${response.status} ${await response.text()}`;
}

/** Nothing is waited for here: each document is 700 requests, whose work takes its time on a busy machine. */
const PAIRS_MS = 120_000;

let texts = 0;

it.each(documents)(
  'answers a document %s alike after every first request',
  async (_name, document) => {
    for (const [first, firstBody] of shapes)
      for (const [second, secondBody] of shapes) {
        // A text of its own, so that nothing of an earlier pair is remembered of it.
        const query = `${document} # ${texts++}`;
        const answers = await Promise.all(
          pairs.map(async ({ url }) => [
            await answerOf(url, firstBody(query)),
            await answerOf(url, secondBody(query)),
            await answerOf(url, secondBody(query)),
          ]),
        );
        expect({ first, second, answers: answers[0] }).toEqual({ first, second, answers: answers[1] });
      }
  },
  PAIRS_MS,
);
