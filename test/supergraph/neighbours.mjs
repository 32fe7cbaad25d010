// The other two subgraphs of the supergraph, as other teams would write them: "rooms" knows a device by its id, "stock" by its
// two names. Neither knows anything else of a device.

import { ApolloServer } from '@apollo/server';
import { ApolloServerPluginInlineTraceDisabled } from '@apollo/server/plugin/disabled';
import { startStandaloneServer } from '@apollo/server/standalone';
import { buildSubgraphSchema } from '@apollo/subgraph';
import { parse } from 'graphql';
import { PRODUCT } from './firmware.mjs';

const LINK = 'extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key"])';

export const ROOMS_SDL = `${LINK}
  type Query { rooms: [Room!]! room(id: ID!): Room }
  type Room @key(fields: "id") { id: ID! name: String! devices: [Device!]! }
  type Device @key(fields: "id") { id: ID! room: Room }`;

export const STOCK_SDL = `${LINK}
  type Query { spareParts: [SparePart!]! }
  type SparePart { name: String! fits: [Device!]! }
  type Device @key(fields: "productId deviceName") { productId: String! deviceName: String! sparePart: SparePart }`;

const idsOf = (names) => names.map((name) => ({ id: `${PRODUCT}/${name}` }));
const lamps = (first, count) => Array.from({ length: count }, (_, i) => `lamp-${first + i}`);

/** Codes of the platform → the type that a read answers with. Each has a device in the workshop that fails so. */
export const WORKSHOP = {
  InvalidParameterValue: 'TokenApiInvalidParameterValueError',
  'InvalidParameterValue.InvalidAccessToken': 'TokenApiInvalidAccessTokenError',
  'InvalidParameterValue.NoPermission': 'TokenApiNoPermissionError',
  ResourceNotFound: 'TokenApiResourceNotFoundError',
  FailedOperation: 'TokenApiFailedOperationError',
  InternalError: 'TokenApiInternalError',
  RequestLimitExceeded: 'TokenApiRateLimitedError',
  'Cut.Off': 'TokenApiUnavailableError',
  'Never.Heard.Of': 'TokenApiUnknownCodeError',
};

const ROOMS = [
  ...['Kitchen', 'Hall', 'Attic', 'Cellar'].map((name, i) => ({ name, devices: idsOf(lamps(1 + 25 * i, 25)) })),
  { name: 'Workshop', devices: idsOf(Object.keys(WORKSHOP).map((code) => `error-${code}`)) },
].map((room) => ({ id: room.name.toLowerCase(), ...room }));

const BULB = { name: 'bulb', fits: [{ productId: PRODUCT, deviceName: 'lamp-online' }] };

const roomsResolvers = {
  Query: {
    rooms: () => ROOMS.filter(({ id }) => id !== 'workshop'),
    room: (_, { id }) => ROOMS.find((room) => room.id === id),
  },
  Room: { __resolveReference: ({ id }) => ROOMS.find((room) => room.id === id) },
  Device: {
    __resolveReference: ({ id }) => ({ id }),
    room: ({ id }) => ROOMS.find(({ devices }) => devices.some((device) => device.id === id)),
  },
};

const stockResolvers = {
  Query: { spareParts: () => [BULB] },
  Device: { __resolveReference: (names) => names, sparePart: () => BULB },
};

export const startRooms = () => start(ROOMS_SDL, roomsResolvers);
export const startStock = () => start(STOCK_SDL, stockResolvers);

async function start(sdl, resolvers) {
  const headers = [];
  const server = new ApolloServer({
    schema: buildSubgraphSchema({ typeDefs: parse(sdl), resolvers }),
    plugins: [ApolloServerPluginInlineTraceDisabled()],
    stopOnTerminationSignals: false,
  });
  const context = async ({ req }) => void headers.push(req.headers) ?? {};
  const { url } = await startStandaloneServer(server, { listen: { port: 0, host: '127.0.0.1' }, context });
  /** `headers`: those of every request that came. */
  return { url, headers, close: () => server.stop() };
}
