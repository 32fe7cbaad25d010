// The configurations of the routers that no test starts, against the schemas that their makers publish. Those are not ours to keep, and
// no registry of packages has them: whoever has one names it, and `router config schema` prints that of Apollo Router.
//   APOLLO_ROUTER_SCHEMA=… COSMO_ROUTER_SCHEMA=… npm run test:deploy

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import Ajv from 'ajv';
import Ajv2020 from 'ajv/dist/2020.js';
import { parseDocument } from 'yaml';
import { textOf } from './machine.mjs';

const ROUTERS = {
  'deploy/apollo-router/router.yaml': 'APOLLO_ROUTER_SCHEMA',
  'deploy/cosmo-router/config.yaml': 'COSMO_ROUTER_SCHEMA',
};

for (const [file, variable] of Object.entries(ROUTERS)) {
  const { errors, warnings } = parseDocument(textOf(file), { strict: true, uniqueKeys: true });

  test(`${file} is YAML without a fault`, () => assert.deepEqual([...errors, ...warnings], []));

  const path = process.env[variable];
  test(`${file} is what the published schema allows`, { skip: path ? false : `needs ${variable}` }, () => {
    const schema = JSON.parse(readFileSync(path, 'utf8'));
    const Validator = schema.$schema.includes('2020') ? Ajv2020 : Ajv;
    const validate = new Validator({ strict: false, validateFormats: false }).compile(schema);
    const config = parseDocument(textOf(file)).toJS();
    assert.equal(validate(config), true, JSON.stringify(validate.errors, null, 2));
    assert.equal(validate({ ...config, misspelt: true }), false);
  });
}
