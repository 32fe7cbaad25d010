// graphql-yoga on node:http, over `Pool.request`.

import { createServer } from 'node:http';
import { createSchema, createYoga } from 'graphql-yoga';
import { requested } from '../upstreamCall.mjs';
import { resolversWith, typeDefs } from './schema.mjs';

const yoga = createYoga({
  schema: createSchema({
    typeDefs,
    resolvers: resolversWith(requested, ({ request }) => request.headers.get('authorization')),
  }),
  graphiql: false,
  landingPage: false,
  logging: false,
});
createServer(yoga).listen(Number(process.env.PORT), '127.0.0.1', 2048);
