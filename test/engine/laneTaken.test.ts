// Which lane answers, by the figure in /metrics: what clients send beside the document sends nobody through the whole of Apollo Server.

import { figureOf, type Pair, startPair } from '../pair';

const pairs: Pair[] = [];
beforeAll(async () => {
  for (const FAST_LANE of ['on', 'off']) pairs.push(await startPair({ env: { FAST_LANE, LOG_LEVEL: 'silent' } }));
});
afterAll(() => Promise.all(pairs.map((pair) => pair.close())));

interface Shape {
  headers?: Record<string, string>;
  body?: Record<string, unknown>;
}

const QUERY =
  'query Online($d: String! = "lamp-1") { __typename device(productId: "P", deviceName: $d) { __typename id } }';
let texts = 0;
/** A text of its own, so that no earlier test made it known. */
const newText = (): string => `${QUERY} # ${texts++}`;

async function send({ url }: Pair, query: string, { headers, body }: Shape) {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: 'Bearer demo-token-alice', ...headers },
    body: JSON.stringify({ query, operationName: 'Online', variables: { d: 'lamp-1' }, ...body }),
  });
  return [response.status, response.headers.get('content-type'), await response.text()];
}

async function lanesOf(pair: Pair) {
  const [fast = 0, whole = 0] = await Promise.all(
    ['fast', 'whole'].map((lane) => figureOf(pair, `requests_by_lane_total{lane="${lane}"}`)),
  );
  return { fast, whole };
}

/** The lanes of requests with the same new document, one after the other, whose answers are those of Apollo Server alone. */
async function lanesTakenBy(...shapes: Shape[]): Promise<string[]> {
  const [pair, apollo] = pairs as [Pair, Pair];
  const query = newText();
  const lanes: string[] = [];
  for (const shape of shapes) {
    const before = await lanesOf(pair);
    expect(await send(pair, query, shape)).toEqual(await send(apollo, query, shape));
    const after = await lanesOf(pair);
    lanes.push(`${'fast '.repeat(after.fast - before.fast)}${'whole '.repeat(after.whole - before.whole)}`.trim());
  }
  return lanes;
}

const clientLibrary = (name: string) => ({ extensions: { clientLibrary: { name, version: '4.3.8' } } });
const DEFER = 'deferSpec=20220824';

it.each<[string, Shape]>([
  ['Apollo Client 3', { headers: { accept: '*/*' }, body: { extensions: undefined } }],
  [
    'Apollo Client 4',
    {
      headers: { accept: 'application/graphql-response+json,application/json;q=0.9', 'sec-fetch-mode': 'cors' },
      body: clientLibrary('@apollo/client'),
    },
  ],
  [
    'Apollo Client 4 that may defer',
    {
      headers: {
        accept: `multipart/mixed;incrementalSpec=v0.2;${DEFER}, application/graphql-response+json, application/json;q=0.9`,
      },
      body: clientLibrary('@apollo/client'),
    },
  ],
  [
    'Apollo iOS',
    {
      headers: {
        accept: `multipart/mixed;${DEFER},application/graphql-response+json,application/json`,
        'x-apollo-operation-name': 'Online',
        'x-apollo-operation-type': 'query',
        'apollographql-client-name': 'apollo-ios-app',
        'apollographql-client-version': '1.0-1',
      },
      body: clientLibrary('apollo-ios'),
    },
  ],
  [
    'Apollo Kotlin',
    {
      headers: {
        accept: `multipart/mixed;${DEFER}, application/graphql-response+json, application/json`,
        'content-type': 'application/json; charset=utf-8',
        'x-apollo-operation-id': 'ab'.repeat(32),
      },
      body: clientLibrary('apollo-kotlin'),
    },
  ],
  [
    'urql',
    {
      headers: {
        accept:
          'application/graphql-response+json, application/graphql+json, application/json, text/event-stream, multipart/mixed',
      },
    },
  ],
  [
    'the specification',
    { headers: { accept: 'application/graphql-response+json; charset=utf-8, application/json; charset=utf-8' } },
  ],
  ['Relay', { body: { operationName: undefined, id: null, doc_id: 'x' } }],
  ['a name and variables that are null', { body: { operationName: null, variables: null } }],
  ['members of another protocol', { body: { extensions: { tracing: true, code: { a: [1] } }, sha256Hash: 'x' } }],
  ['empty extensions', { body: { extensions: {} } }],
  ['extensions that are null', { body: { extensions: null } }],
  ['a persisted query that is none', { body: { extensions: { persistedQuery: null } } }],
  ['one that is an empty text', { body: { extensions: { persistedQuery: '' } } }],
  ['one of the prototype', { body: { extensions: JSON.parse('{"__proto__":{"persistedQuery":{"version":1}}}') } }],
])('takes the fast lane from its second request on: %s', async (_name, shape) => {
  expect(await lanesTakenBy(shape, shape, shape)).toEqual(['whole', 'fast', 'fast']);
});

it.each<[string, unknown]>([
  ['a hash', { version: 1, sha256Hash: 'ab'.repeat(32) }],
  ['nothing in it', {}],
  ['a text', 'x'],
  ['a list', []],
  ['true', true],
])('takes no notice of a persisted query beside the document, where none are on: %s', async (_name, persistedQuery) => {
  const shape = { body: { extensions: { persistedQuery } } };
  expect(await lanesTakenBy(shape, {}, shape)).toEqual(['whole', 'fast', 'fast']);
});

it('leaves to Apollo Server what cannot be executed', async () => {
  const [nothingFits, nothingNamed] = [{ body: { variables: { d: {} } } }, { body: { operationName: 'None' } }];
  expect(await lanesTakenBy({}, nothingFits, nothingNamed, {})).toEqual(['whole', 'whole', 'whole', 'fast']);
});

it('counts no lane for what is refused before', async () => {
  const [pair] = pairs as [Pair];
  const before = await lanesOf(pair);
  await send(pair, '{ broken', {});
  await send(pair, '', {});
  expect(await lanesOf(pair)).toEqual(before);
});
