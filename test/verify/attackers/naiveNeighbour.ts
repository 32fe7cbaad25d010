// The control: a gateway that knows no users. One pool of connections for all, whatever is asked is worked on whole, and every answer is
// kept until somebody has read it. Started and set as the real one is.

import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { buildSchema, execute, parse, validate } from 'graphql';
import { Pool } from 'undici';

const CONNECTIONS = 50;
const { PORT, ADMIN_PORT, TOKENAPI_URL = '', HOST } = process.env;

const schema = buildSchema(
  `${readFileSync(join(__dirname, '../../../../schema.graphql'), 'utf8')}
  scalar _Any
  union _Entity = Device
  type _Service { sdl: String }
  extend type Query { _entities(representations: [_Any!]!): [_Entity]! _service: _Service! }`,
  { assumeValidSDL: true },
);
const { origin, pathname } = new URL(TOKENAPI_URL);
const pool = new Pool(origin, { connections: CONNECTIONS });

type Fields = Record<string, unknown>;

async function call(Action: string, parameters: Fields, AccessToken: string): Promise<Fields> {
  const { body } = await pool.request({
    path: pathname,
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ Action, RequestId: crypto.randomUUID(), ...parameters, AccessToken }),
  });
  return ((await body.json()) as { Response: Fields }).Response;
}

function deviceFrom(id: string, token: string): Fields {
  const [ProductId, DeviceName] = id.split('/');
  const read =
    (action: string, __typename: string, more: Fields = {}) =>
    async () => ({
      __typename,
      ...(await call(action, { ProductId, DeviceName }, token)),
      ...more,
    });
  const release = async () => {
    const { Name, Description } = await call('AppDescribeFirmware', { ProductID: ProductId }, token);
    return { name: Name, notes: Description };
  };
  return {
    __typename: 'Device',
    id,
    connectivity: read('AppGetDeviceStatuses', 'DeviceConnectivity', { state: 'ONLINE' }),
    firmware: read('AppCheckFirmwareUpdate', 'DeviceFirmware', { release }),
    firmwareUpgrade: read('AppDescribeFirmwareUpdateStatus', 'FirmwareUpgrade'),
  };
}

const rootValueFor = (token: string) => ({
  device: ({ productId, deviceName }: Fields) => deviceFrom(`${productId}/${deviceName}`, token),
  devices: ({ ids }: { ids: string[] }) => ids.map((id) => deviceFrom(id, token)),
  _service: { sdl: 'x'.repeat(20_000) },
  _entities: ({ representations }: { representations: Fields[] }) =>
    representations.map(({ id }) => (id ? deviceFrom(String(id), token) : new Error('no id'))),
  confirmFirmwareUpgrade: async ({ productId: ProductId, deviceName: DeviceName }: Fields) => {
    const { RequestId } = await call('AppPublishFirmwareUpdateMessage', { ProductId, DeviceName }, token);
    return { __typename: 'ConfirmFirmwareUpgradeSuccess', requestId: RequestId, device: { id: '' } };
  },
});

async function answer(body: string, token: string): Promise<object> {
  const { query, variables } = JSON.parse(body) as { query: string; variables?: Fields };
  const document = parse(query);
  const errors = validate(schema, document);
  if (errors.length > 0) return { errors };
  return execute({ schema, document, rootValue: rootValueFor(token), variableValues: variables });
}

createServer(async (request, response) => {
  try {
    response.end(JSON.stringify(await answer(await text(request), request.headers.authorization?.slice(7) ?? '')));
  } catch (cause) {
    response.writeHead(500).end(String(cause));
  }
}).listen(Number(PORT), HOST);
createServer((_, response) => response.end()).listen(Number(ADMIN_PORT), HOST);
