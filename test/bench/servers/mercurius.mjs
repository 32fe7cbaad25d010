// mercurius, compiling a document by graphql-jit when it is seen for the second time, over `Pool.dispatch`.

import Fastify from 'fastify';
import mercurius from 'mercurius';
import { dispatched } from '../upstreamCall.mjs';
import { resolversWith, typeDefs } from './schema.mjs';

const app = Fastify();
const resolvers = resolversWith(dispatched, ({ authorization }) => authorization);
app.register(mercurius, {
  schema: typeDefs,
  resolvers: {
    ...resolvers,
    ConfirmFirmwareUpgradeResult: { resolveType: ({ __typename }) => __typename },
  },
  context: (request) => ({ authorization: request.headers.authorization }),
  jit: 1,
});
await app.listen({ port: Number(process.env.PORT), host: '127.0.0.1', backlog: 2048 });
