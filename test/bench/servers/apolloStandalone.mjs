// Apollo's standalone server, over the `fetch` that Node brings: how most gateways begin.

import { ApolloServer } from '@apollo/server';
import { startStandaloneServer } from '@apollo/server/standalone';
import { fetched } from '../upstreamCall.mjs';
import { resolversWith, typeDefs } from './schema.mjs';

const apollo = new ApolloServer({
  typeDefs,
  resolvers: resolversWith(fetched, ({ authorization }) => authorization),
});
await startStandaloneServer(apollo, {
  listen: { port: Number(process.env.PORT), host: '127.0.0.1', backlog: 2048 },
  context: async ({ req }) => ({ authorization: req.headers.authorization }),
});
