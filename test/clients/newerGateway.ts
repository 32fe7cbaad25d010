// A gateway of the future: the schema with one error type and one next step more, and everything answered with them.

import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { buildSchema, graphql } from 'graphql';
import { PRODUCT } from '../pair';

const LATER = `
  type DeviceLockedError implements TokenApiError {
    code: String!
    message: String!
    requestId: ID!
    nextStep: TokenApiNextStep!
    retryAfterMs: Int
    lockedUntil: DateTimeISO
  }
  extend enum TokenApiNextStep { UNLOCK_DEVICE }
  extend union ConfirmFirmwareUpgradeResult = DeviceLockedError
  extend union DeviceConnectivityResult = DeviceLockedError
  extend union DeviceFirmwareResult = DeviceLockedError
  extend union FirmwareUpgradeResult = DeviceLockedError
`;

export const LOCKED = {
  __typename: 'DeviceLockedError',
  code: 'FailedOperation.DeviceLocked',
  message: 'The device is locked.',
  requestId: '00000000-0000-4000-8000-000000000000',
  nextStep: 'UNLOCK_DEVICE',
  retryAfterMs: null,
};

export async function startNewerGateway(): Promise<{ url: string; close(): void }> {
  const sdl = readFileSync(join(__dirname, '../../schema.graphql'), 'utf8');
  const schema = buildSchema(sdl + LATER, { assumeValidSDL: true });
  const device = ({ deviceName }: { deviceName: string }) => ({
    id: `${PRODUCT}/${deviceName}`,
    connectivity: LOCKED,
    firmware: LOCKED,
    firmwareUpgrade: LOCKED,
  });
  const rootValue = { device, confirmFirmwareUpgrade: LOCKED };
  const server = createServer(async (request, response) => {
    const { query, variables } = JSON.parse(Buffer.concat(await request.toArray()).toString());
    const answer = await graphql({ schema, source: query, variableValues: variables, rootValue });
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}
