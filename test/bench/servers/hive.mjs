// Hive Gateway's runtime over a supergraph that Mesh composes of the one POST; its REST transport makes the call.
// Nothing is written by hand here but the description of the POST: the names of the answer stay the upstream's.

import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import { createGatewayRuntime } from '@graphql-hive/gateway-runtime';
import { getUnifiedGraphGracefully } from '@graphql-mesh/fusion-composition';
import restTransport from '@graphql-mesh/transport-rest';
import { loadGraphQLSchemaFromJSONSchemas } from '@omnigraph/json-schema';
import { ACTION } from '../upstreamCall.mjs';

const upstream = new URL(process.env.TOKENAPI_URL);
const schema = await loadGraphQLSchemaFromJSONSchemas('tokenapi', {
  endpoint: upstream.origin,
  operationHeaders: { 'content-type': 'application/json' },
  operations: [
    {
      type: 'Mutation',
      field: 'confirmFirmwareUpgrade',
      path: upstream.pathname,
      method: 'POST',
      requestSchema: {
        type: 'object',
        title: 'Confirm',
        properties: { ProductId: { type: 'string' }, DeviceName: { type: 'string' } },
        required: ['ProductId', 'DeviceName'],
      },
      requestBaseBody: {
        Action: ACTION,
        RequestId: '{context.upstreamRequestId}',
        AccessToken: '{context.accessToken}',
      },
      responseSchema: {
        type: 'object',
        title: 'Answer',
        properties: {
          Response: {
            type: 'object',
            title: 'ConfirmFirmwareUpgradeSuccess',
            properties: { RequestId: { type: 'string' } },
          },
        },
      },
    },
  ],
});
const gateway = createGatewayRuntime({
  supergraph: () => getUnifiedGraphGracefully([{ name: 'tokenapi', schema }]),
  transports: { rest: { default: restTransport } },
  plugins: () => [
    {
      onContextBuilding: ({ context, extendContext }) =>
        extendContext({
          accessToken: context.request.headers.get('authorization').slice('Bearer '.length),
          upstreamRequestId: randomUUID(),
        }),
    },
  ],
  landingPage: false,
  graphiql: false,
  logging: false,
  maskedErrors: false,
});
createServer(gateway).listen(Number(process.env.PORT), '127.0.0.1', 2048);
