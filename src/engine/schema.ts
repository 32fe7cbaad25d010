// The list of operations, and the federation subgraph that they make.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { extendSchema, type GraphQLSchema, type GraphQLUnionType, isObjectType, isUnionType, parse } from 'graphql';
import { buildSchemaSync, type PubSub } from 'type-graphql';
import type { Context, LiveEvent } from '../context/context';
import { Device } from '../graph/device';
import { ConfirmFirmwareUpgrade } from '../operations/confirmFirmwareUpgrade';
import { ConfirmFirmwareUpgrades } from '../operations/confirmFirmwareUpgrades';
import { ConnectivityOfDevice, connectivityCalls, withConnectivity } from '../operations/connectivity';
import { DeviceByNames } from '../operations/device';
import { DevicesByIds } from '../operations/devices';
import { entitiesFrom } from '../operations/entities';
import { FirmwareOfDevice } from '../operations/firmware';
import { FirmwareUpgradeOfDevice } from '../operations/firmwareUpgrade';
import { FirmwareUpgradeProgress, ProgressOfOne } from '../operations/firmwareUpgradeProgress';
import { ProgressOfMany } from '../operations/firmwareUpgradesProgress';
import { CALLS_OF_A_PAGE, MyDevices } from '../operations/myDevices';
import { ReleaseOfFirmware } from '../operations/release';
import { type Pages, resolveDirectly } from './resolveDirectly';
import { nameTypesByClass } from './typeNames';

/** The fields that have a page in `operations/`: a class with one method, which is named as the field. */
const operations = {
  'Mutation.confirmFirmwareUpgrade': ConfirmFirmwareUpgrade,
  'Mutation.confirmFirmwareUpgrades': ConfirmFirmwareUpgrades,
  'Query.device': DeviceByNames,
  'Query.devices': DevicesByIds,
  'Query.myDevices': MyDevices,
  'Device.connectivity': ConnectivityOfDevice,
  'Device.firmware': FirmwareOfDevice,
  'DeviceFirmware.release': ReleaseOfFirmware,
  'Device.firmwareUpgrade': FirmwareUpgradeOfDevice,
  'Subscription.firmwareUpgradeProgress': ProgressOfOne,
  'Subscription.firmwareUpgradesProgress': ProgressOfMany,
} as const satisfies Pages;

/** @param fields how many at the root of the operation it is for: some of its items are of each */
type Calls = (devices: number, fields: number) => number;
const none: Calls = () => 0;
const oneEach: Calls = (devices) => devices;

/** The calls that each of them makes at most for so many devices, unless one has to be made again. */
export const upstreamCalls: Readonly<Record<keyof typeof operations, Calls>> = {
  'Mutation.confirmFirmwareUpgrade': oneEach,
  'Mutation.confirmFirmwareUpgrades': oneEach,
  'Query.device': none,
  'Query.devices': none,
  'Query.myDevices': (_devices, fields) => fields * CALLS_OF_A_PAGE,
  'Device.connectivity': connectivityCalls,
  'Device.firmware': oneEach,
  'DeviceFirmware.release': oneEach,
  'Device.firmwareUpgrade': oneEach,
  // Of a stream: its calls keep to a pace of their own.
  'Subscription.firmwareUpgradeProgress': none,
  'Subscription.firmwareUpgradesProgress': none,
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

const NO_PUB_SUB: PubSub = { publish: () => undefined, subscribe: () => ({ [Symbol.asyncIterator]: nobody }) };
const nobody = (): never => {
  throw new Error('expected to be resolved directly');
};

/** The operations alone, as `schema.graphql` shows them. */
export function createPlainSchema(): GraphQLSchema {
  const schema = buildSchemaSync({
    resolvers: Object.values(operations) as never,
    validate: false,
    skipCheck: true,
    // Asked by nobody: with one, type-graphql leaves it to resolveDirectly to refuse @Authorized, by the field's name.
    authChecker: () => false,
    // Asked by nobody either: what is followed has a source of its own.
    pubSub: NO_PUB_SUB,
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
  resolveDirectly(schema, operations);
  for (const field of Object.values(schema.getSubscriptionType()?.getFields() ?? {}))
    field.resolve = (event: LiveEvent) => new FirmwareUpgradeProgress(event);
  (entity as GraphQLUnionType).resolveType = () => Device.name;
  nameTypesByClass(schema);
  return schema;
}

let text: string | undefined;

/** `schema.graphql`, which a test holds equal to the code. */
function printed(): string {
  text ??= readFileSync(join(__dirname, '..', '..', 'schema.graphql'), 'utf8');
  return text;
}
