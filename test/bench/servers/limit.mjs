// LIMIT: what Node itself allows. JSON in, one POST upstream, JSON out; no GraphQL, no limits, no deadlines, no log.

import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import { callBodyFrom, dispatched } from '../upstreamCall.mjs';

// Idle connections are kept as long as the gateway keeps them: some of the bench counts what they cost.
createServer({ keepAliveTimeout: 65_000 }, (request, response) => {
  const chunks = [];
  request.on('data', (chunk) => chunks.push(chunk));
  request.on('end', async () => {
    const body = JSON.parse(Buffer.concat(chunks).toString());
    const { Response } = await dispatched(callBodyFrom(body.variables, request.headers.authorization, randomUUID()));
    const text = JSON.stringify({
      data: {
        confirmFirmwareUpgrade: { __typename: 'ConfirmFirmwareUpgradeSuccess', requestId: Response.RequestId },
      },
    });
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) });
    response.end(text);
  });
}).listen(Number(process.env.PORT), '127.0.0.1', 2048);
