// Apollo Server behind Fastify, over `Pool.request`.

import { ApolloServer } from '@apollo/server';
import { fastifyApolloHandler } from '@as-integrations/fastify';
import Fastify from 'fastify';
import { requested } from '../upstreamCall.mjs';
import { resolversWith, typeDefs } from './schema.mjs';

const apollo = new ApolloServer({
  typeDefs,
  resolvers: resolversWith(requested, ({ authorization }) => authorization),
});
await apollo.start();
const app = Fastify();
app.route({
  url: '/graphql',
  method: ['POST', 'OPTIONS'],
  handler: fastifyApolloHandler(apollo, {
    context: async (request) => ({ authorization: request.headers.authorization }),
  }),
});
await app.listen({ port: Number(process.env.PORT), host: '127.0.0.1', backlog: 2048 });
