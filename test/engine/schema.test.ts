// schema.graphql: described throughout, and a good neighbour in a supergraph.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { composeServices } from '@apollo/composition';
import {
  buildSchema,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
  isSpecifiedScalarType,
  parse,
  printSchema,
  printType,
} from 'graphql';
import { createSchema } from '../../src/engine/schema';

const text = readFileSync(join(__dirname, '..', '..', 'schema.graphql'), 'utf8');

it('describes every type, field, argument and enum value', () => {
  const missing: string[] = [];
  const check = (name: string, described: { description?: string | null | undefined }) => {
    if (!described.description) missing.push(name);
  };
  for (const type of Object.values(createSchema().getTypeMap())) {
    if (
      !text.includes(` ${type.name}`) ||
      /^_|__|^(String|Int|ID|Boolean|Query|Mutation|Subscription)$/.test(type.name)
    ) {
      if (!['Query', 'Mutation', 'Subscription'].includes(type.name)) continue;
    } else check(type.name, type);
    if (isEnumType(type)) for (const value of type.getValues()) check(`${type.name}.${value.name}`, value);
    if (!(isObjectType(type) || isInterfaceType(type)) || isInputObjectType(type)) continue;
    for (const field of Object.values(type.getFields())) {
      if (field.name.startsWith('_')) continue;
      check(`${type.name}.${field.name}`, field);
      for (const argument of field.args) check(`${type.name}.${field.name}(${argument.name})`, argument);
    }
  }
  expect(missing).toEqual([]);
});

it('is what is served, besides what every subgraph has', () => {
  const plain = text.replace(/extend schema[\s\S]*?\)\n/, '').replace(/\n +@key\(.*\)/g, '');
  const served = printSchema(createSchema());
  for (const type of Object.values(buildSchema(plain).getTypeMap())) {
    if (type.name.startsWith('__') || isSpecifiedScalarType(type) || type.name === 'Query') continue;
    expect(served).toContain(printType(type));
  }
  expect(served).toContain('_entities(representations: [_Any!]!): [_Entity]!\n  _service: _Service!');
});

const link = 'extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key"])';
const rooms = `${link}
  type Query { rooms: [Room!]! }
  type Room @key(fields: "id") { id: ID! devices: [Device!]! }
  type Device @key(fields: "id") { id: ID! room: Room }`;
const stock = `${link}
  type Query { parts: [String!]! }
  type Device @key(fields: "productId deviceName") { productId: String! deviceName: String! part: String }`;

it.each<[string, string[]]>([
  ['alone', []],
  ['with a subgraph that extends Device by id', [rooms]],
  ['with one that extends it by its names', [stock]],
  ['with both', [rooms, stock]],
])('composes %s, without errors or hints', (_name, others) => {
  const services = [text, ...others].map((sdl, i) => ({ name: `s${i}`, url: `http://s${i}`, typeDefs: parse(sdl) }));
  const { errors, hints, supergraphSdl } = composeServices(services);
  expect(errors ?? []).toEqual([]);
  expect(hints ?? []).toEqual([]);
  expect(supergraphSdl).toContain('confirmFirmwareUpgrade');
});
