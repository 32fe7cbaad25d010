// The list of operations, and the federation subgraph that they make.

import 'reflect-metadata';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  extendSchema,
  type GraphQLResolveInfo,
  type GraphQLSchema,
  type GraphQLUnionType,
  isObjectType,
  isUnionType,
  parse,
} from 'graphql';
import { buildSchemaSync } from 'type-graphql';
import type { Context } from '../context/context';
import { Device } from '../graph/device';
import { ConfirmFirmwareUpgrade } from '../operations/confirmFirmwareUpgrade';
import { ConnectivityOfDevice, withConnectivity } from '../operations/connectivity';
import { DeviceByNames } from '../operations/device';
import { DevicesByIds } from '../operations/devices';
import { entitiesFrom } from '../operations/entities';
import { FirmwareOfDevice } from '../operations/firmware';
import { FirmwareUpgradeOfDevice } from '../operations/firmwareUpgrade';
import { ReleaseOfFirmware } from '../operations/release';

/** The fields that have a page in `operations/`: a class with one method, which is named as the field. */
const operations = {
  'Mutation.confirmFirmwareUpgrade': ConfirmFirmwareUpgrade,
  'Query.device': DeviceByNames,
  'Query.devices': DevicesByIds,
  'Device.connectivity': ConnectivityOfDevice,
  'Device.firmware': FirmwareOfDevice,
  'DeviceFirmware.release': ReleaseOfFirmware,
  'Device.firmwareUpgrade': FirmwareUpgradeOfDevice,
};

/** What every subgraph has besides. @see https://www.apollographql.com/docs/graphos/schema-design/federated-schemas/reference/subgraph-spec */
const federation = parse(`
  scalar _Any
  union _Entity = Device
  type _Service { sdl: String }
  extend type Query {
    _entities(representations: [_Any!]!): [_Entity]!
    _service: _Service!
  }
`);

/** The operations alone, as `schema.graphql` shows them. */
export function createPlainSchema(): GraphQLSchema {
  const schema = buildSchemaSync({
    resolvers: Object.values(operations) as never,
    validate: false,
    skipCheck: true,
  });
  const pointInTime = schema.getType('DateTimeISO');
  if (pointInTime) pointInTime.description = 'A point in time, ISO 8601 in UTC, such as `2020-09-09T05:12:45.000Z`.';
  // What an interface says of a field is said once; its implementations refer to it.
  for (const type of Object.values(schema.getTypeMap()).filter(isObjectType))
    for (const parent of type.getInterfaces())
      for (const name of Object.keys(parent.getFields())) {
        const field = type.getFields()[name];
        if (field) field.description = `See \`${parent.name}.${name}\`.`;
      }
  return schema;
}

/** The subgraph as it is served. Federation's own directives are in `_service { sdl }` alone: nothing else asks for them. */
export function createSchema(): GraphQLSchema {
  const schema = extendSchema(createPlainSchema(), federation);
  const { _entities, _service } = schema.getQueryType()?.getFields() ?? {};
  const entity = schema.getType('_Entity');
  if (!_entities || !_service || !isUnionType(entity)) throw new Error('expected the fields of a subgraph');
  _entities.resolve = (_source, { representations }, context: Context, info) =>
    withConnectivity(entitiesFrom(representations), context, info);
  _service.resolve = () => ({ sdl: printed() });
  for (const [path, page] of Object.entries(operations)) resolveDirectly(schema, path, page);
  (entity as GraphQLUnionType).resolveType = () => Device.name;
  return schema;
}

/**
 * type-graphql describes the schema and stays out of the way of requests: for each call it would sort a method's parameters, build
 * and validate its arguments anew, and make four promises of it. So the methods take, in this order: the arguments, of a query or
 * mutation, or the source, of another field; the context; the info.
 */
function resolveDirectly(schema: GraphQLSchema, path: string, page: new () => object): void {
  const [typeName = '', fieldName = ''] = path.split('.');
  const type = schema.getType(typeName);
  const field = isObjectType(type) ? type.getFields()[fieldName] : undefined;
  const instance = new page() as Record<string, Method | undefined>;
  const method = instance[fieldName];
  if (!field || !method) throw new Error(`expected a field ${path} and a method of its name`);
  const isRoot = type === schema.getQueryType() || type === schema.getMutationType();
  field.resolve = (source, args, context: Context, info) =>
    method.call(instance, isRoot ? args : source, context, info);
}

type Method = (argumentsOrSource: unknown, context: Context, info: GraphQLResolveInfo) => unknown;

let text: string | undefined;

/** `schema.graphql`, which a test holds equal to the code. */
function printed(): string {
  text ??= readFileSync(join(__dirname, '..', '..', 'schema.graphql'), 'utf8');
  return text;
}
