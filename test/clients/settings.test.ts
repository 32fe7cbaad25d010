// The cache settings of the client package know every read of a device: one that is added needs a line in each.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { typePolicies } from 'firmware-gateway-client/apollo';
import { keys, updates } from 'firmware-gateway-client/urql';
import { buildSchema, type GraphQLObjectType, isObjectType, isUnionType } from 'graphql';

const sdl = readFileSync(join(__dirname, '../../schema.graphql'), 'utf8');
const schema = buildSchema(sdl, { assumeValidSDL: true });
const fields = Object.values((schema.getType('Device') as GraphQLObjectType).getFields());
const reads = fields.filter(({ type }) => isUnionType(type)).map(({ name }) => name);

it('keeps the last good value of every read of a device, in Apollo Client and in Graphcache', () => {
  expect(reads).toContain('firmwareUpgrade');
  expect(Object.keys(typePolicies.Device?.fields ?? {}).sort()).toEqual([...reads].sort());
  expect(Object.keys(updates.Device ?? {}).sort()).toEqual([...reads].sort());
});

it('gives Graphcache a key for every type that has no id', () => {
  const withoutId = Object.values(schema.getTypeMap()).filter(
    (type) =>
      isObjectType(type) && !/^_|^(Query|Mutation|Subscription)$/.test(type.name) && !('id' in type.getFields()),
  );
  expect(withoutId.length).toBeGreaterThan(10);
  for (const { name } of withoutId) expect([name, typeof keys[name]]).toEqual([name, 'function']);
});
