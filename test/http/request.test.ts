// What is a GraphQL request over HTTP, and what is none.

import { request as httpRequest } from 'node:http';
import { type Pair, startPair } from '../pair';
import { CONFIRM_BODY, type RefusedRequest, refusalOf } from '../refused';

let pair: Pair;
beforeAll(async () => {
  pair = await startPair();
});
afterAll(() => pair.close());

it.each<RefusedRequest>([
  { name: 'text/plain', headers: { 'content-type': 'text/plain' }, status: 415 },
  { name: 'urlencoded', headers: { 'content-type': 'application/x-www-form-urlencoded' }, status: 415 },
  { name: 'another charset', headers: { 'content-type': 'application/json; charset=latin1' }, status: 415 },
  { name: 'an encoded body', headers: { 'content-encoding': 'gzip' }, status: 415 },
  { name: 'Accept without JSON', headers: { accept: 'text/html' }, status: 406 },
  { name: 'Accept with JSON at zero', headers: { accept: 'application/json;q=0' }, status: 406 },
  { name: 'a body over 512 KiB', body: `${CONFIRM_BODY.slice(0, -1)},"x":"${'x'.repeat(524_288)}"}`, status: 413 },
  ...[
    ['values', '1'],
    ['lists', '[]'],
    ['objects', '{}'],
  ].map(([name, value = '']) => ({
    name: `32,769 ${name}`,
    body: `${CONFIRM_BODY.slice(0, -1)},"x":[${Array(32_769).fill(value).join()}]}`,
    status: 400,
  })),
  {
    name: 'as many levels',
    body: `${CONFIRM_BODY.slice(0, -1)},"x":${'['.repeat(32_769)}${']'.repeat(32_769)}}`,
    status: 400,
  },
  { name: 'invalid UTF-8', body: new Uint8Array([0x7b, 0xff, 0x7d]), status: 400 },
  { name: 'no JSON', body: '{', status: 400 },
  { name: 'null', body: 'null', status: 400 },
  { name: 'a batch', body: `[${CONFIRM_BODY}]`, status: 400 },
  { name: 'no query', body: '{}', status: 400 },
  { name: 'a query that is no string', body: '{"query":1}', status: 400 },
  { name: 'variables that are an array', body: '{"query":"{__typename}","variables":[]}', status: 400 },
  { name: 'extensions that are a string', body: '{"query":"{__typename}","extensions":"x"}', status: 400 },
])('refuses $name with $status and JSON, and sends nothing', (request) => refusalOf(pair, request));

it('refuses two Authorization headers', async () => {
  const status = await new Promise((resolve, reject) => {
    const headers = ['content-type', 'application/json', 'Authorization', 'Bearer a', 'authorization', 'Bearer b'];
    httpRequest(pair.url, { method: 'POST', headers: [...headers, 'host', 'localhost'] as never }, (response) => {
      resolve(response.resume().statusCode);
    })
      .once('error', reject)
      .end(CONFIRM_BODY);
  });
  expect(status).toBe(400);
  expect(pair.simulator.received).toEqual([]);
});

it.each([
  ['application/graphql-response+json', 'application/graphql-response+json, application/json;q=0.9'],
  [
    'application/graphql-response+json',
    'application/graphql-response+json; charset=utf-8, application/json; charset=utf-8',
  ],
  ['application/graphql-response+json', 'multipart/mixed;deferSpec=20220824, application/graphql-response+json'],
  ['application/json', 'multipart/mixed;deferSpec=20220824,application/json'],
  ['application/json', 'application/json; charset=UTF-8'],
  ['application/json', 'application/json, text/plain, */*'],
  ['application/json', ''],
  ['application/json', `${'text/html, '.repeat(100)}application/json`],
])('answers in %s to a client that accepts %s, each time', async (type, accept) => {
  for (let i = 0; i < 3; i++) {
    const { headers } = await pair.ask('{ __typename }', {}, { headers: { accept } });
    expect(headers.get('content-type')).toBe(`${type}; charset=utf-8`);
  }
});
