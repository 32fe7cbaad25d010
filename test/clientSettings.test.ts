// The cache settings that apps copy from clients/ know every read of a device: one that is added needs a line in each.

import { type GraphQLObjectType, isObjectType, isUnionType } from 'graphql';
import { createSchema } from '../src/engine/schema';

// Without types: those are of client libraries, which the tests of test/clients install.
const { typePolicies } = require('../clients/apolloCache') as { typePolicies: Record<string, { fields?: object }> };
const { keys, updates } = require('../clients/graphcache') as {
  keys: Record<string, unknown>;
  updates: Record<string, object>;
};

const schema = createSchema();
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
