// The bench sends what Apollo Client 4 really sends: the same headers, the same body.

import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { ApolloClient, gql, HttpLink, InMemoryCache } from '@apollo/client';

/** What the bench sends for a document of its own: it is made of modules that jest does not load. */
const script = `
  import { candidates } from './candidates.mjs';
  import { forms } from './forms.mjs';
  const queries = new Set(candidates.map(({ query }) => query));
  const made = [...queries].map((query) => ({ query, ...forms.apolloClient(query) }));
  process.stdout.write(JSON.stringify(made));`;
const ofBench: { query: string; headers: Record<string, string>; document: string; body: object }[] = JSON.parse(
  execFileSync(process.execPath, ['--input-type=module', '--eval', script], {
    cwd: join(__dirname, '..', 'bench'),
    encoding: 'utf8',
  }),
);

const variables = { productId: 'P', deviceName: 'lamp-1' };
/** What is the connection's, or the length of what is sent. */
const OTHERS = ['host', 'connection', 'content-length'];

const received: { headers: Record<string, unknown>; body: string }[] = [];
const server = createServer(async (request, response) => {
  const chunks: Buffer[] = await request.toArray();
  const headers = Object.fromEntries(Object.entries(request.headers).filter(([name]) => !OTHERS.includes(name)));
  received.push({ headers, body: Buffer.concat(chunks).toString() });
  response.setHeader('content-type', 'application/json').end('{"data":null}');
});
beforeAll(() => once(server.listen(0, '127.0.0.1'), 'listening'));
afterAll(() => server.close());

it.each(ofBench)('sends as Apollo Client does: $query', async ({ query, headers, document, body }) => {
  const { port } = server.address() as AddressInfo;
  const apollo = new ApolloClient({
    link: new HttpLink({ uri: `http://127.0.0.1:${port}/graphql` }),
    cache: new InMemoryCache(),
  });
  await apollo.mutate({ mutation: gql(query), variables }).catch(() => undefined);
  apollo.stop();
  expect(received.pop()).toEqual({ headers, body: JSON.stringify({ ...body, variables, query: document }) });
});
