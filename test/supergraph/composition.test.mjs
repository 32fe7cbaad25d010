// schema.graphql composes, alone and with the neighbours, under both composers.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { composers, servicesAt } from './supergraph.mjs';

const urls = { firmware: 'http://firmware', rooms: 'http://rooms', stock: 'http://stock' };
const neighbours = [[], ['rooms'], ['stock'], ['rooms', 'stock']];

for (const [composer, compose] of Object.entries(composers))
  for (const others of neighbours)
    test(`${composer} composes it with [${others}], without errors or hints`, () => {
      const services = servicesAt(Object.fromEntries(['firmware', ...others].map((name) => [name, urls[name]])));
      const { errors = [], hints = [], supergraphSdl } = compose(services);
      assert.deepEqual([...errors, ...hints].map(String), []);
      assert.match(supergraphSdl, /confirmFirmwareUpgrade/);
    });
