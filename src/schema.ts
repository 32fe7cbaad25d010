// The list of operations, and the federation subgraph that they make.

import 'reflect-metadata';
import { buildSubgraphSchema, printSubgraphSchema } from '@apollo/subgraph';
import { printSchemaWithDirectives } from '@graphql-tools/utils';
import { type GraphQLObjectType, type GraphQLSchema, isObjectType, parse } from 'graphql';
import { buildSchemaSync, createResolversMap } from 'type-graphql';
import { ConfirmFirmwareUpgrade } from './operations/confirmFirmwareUpgrade';
import { ConnectivityOfDevice } from './operations/connectivity';
import { DeviceByNames } from './operations/device';
import { DevicesByIds } from './operations/devices';
import { entityResolvers } from './operations/entities';
import { FirmwareOfDevice } from './operations/firmware';
import { FirmwareUpgradeOfDevice } from './operations/firmwareUpgrade';
import { ReleaseOfFirmware } from './operations/release';

const operations = [
  ConfirmFirmwareUpgrade,
  DeviceByNames,
  DevicesByIds,
  ConnectivityOfDevice,
  FirmwareOfDevice,
  ReleaseOfFirmware,
  FirmwareUpgradeOfDevice,
] as const;

/** v2.9 is the highest that both offline composers accept. */
const LINK = 'extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key"])';

export function createSchema(): GraphQLSchema {
  const plain = withReferences(buildSchemaSync({ resolvers: operations, validate: false }));
  // Only printed and built again does it keep the directives of federation.
  const typeDefs = parse(`${LINK}\n${printSchemaWithDirectives(plain)}`);
  const resolvers = createResolversMap(plain);
  const { Query, ...others } = entityResolvers;
  return buildSubgraphSchema([
    { typeDefs, resolvers: { ...resolvers, ...others, Query: { ...resolvers.Query, ...Query } } as never },
  ]);
}

/** What an interface says of a field is said once; its implementations refer to it. A scalar's words are for clients, too. */
function withReferences(schema: GraphQLSchema): GraphQLSchema {
  const pointInTime = schema.getType('DateTimeISO');
  if (pointInTime) pointInTime.description = 'A point in time, ISO 8601 in UTC, such as `2020-09-09T05:12:45.000Z`.';
  for (const type of Object.values(schema.getTypeMap()))
    for (const parent of isObjectType(type) ? type.getInterfaces() : [])
      for (const name of Object.keys(parent.getFields())) {
        const field = (type as GraphQLObjectType).getFields()[name];
        if (field) field.description = `See \`${parent.name}.${name}\`.`;
      }
  return schema;
}

/** The text of `schema.graphql`. */
export const printedSchema = (): string => `${printSubgraphSchema(createSchema())}\n`;
