// schema.graphql composes under WunderGraph's composer as it is, and `wgc` makes of it what a Cosmo Router is configured by. The router
// itself is a program that no registry of packages has.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { federateSubgraphs, ROUTER_COMPATIBILITY_VERSION_ONE } from '@wundergraph/composition';
import { parse, print } from 'graphql';
import { ROOMS_SDL, STOCK_SDL } from './neighbours.mjs';
import { FIRMWARE_SDL, servicesAt } from './supergraph.mjs';

const pathOf = (path) => fileURLToPath(new URL(path, import.meta.url));
const WGC = pathOf('node_modules/wgc/dist/src/index.js');
const GRAPH = pathOf('../../deploy/cosmo-router/graph.yaml');
const urls = { firmware: 'http://firmware', rooms: 'http://rooms', stock: 'http://stock' };

for (const others of [[], ['rooms'], ['stock'], ['rooms', 'stock']])
  test(`@wundergraph/composition composes it with [${others}], without errors or warnings`, () => {
    const services = servicesAt(Object.fromEntries(['firmware', ...others].map((name) => [name, urls[name]])));
    const { success, errors, warnings, federatedGraphAST } = federateSubgraphs({
      subgraphs: services.map(({ typeDefs, ...service }) => ({ ...service, definitions: typeDefs })),
      version: ROUTER_COMPATIBILITY_VERSION_ONE,
    });
    assert.equal(success, true, String(errors));
    assert.deepEqual(warnings.map(String), []);
    assert.match(print(federatedGraphAST), /confirmFirmwareUpgrade/);
  });

/** What `wgc router compose` says, and the configuration that it writes. */
function composed(graph) {
  const out = join(mkdtempSync(join(tmpdir(), 'wgc-')), 'execution.json');
  const args = [WGC, 'router', 'compose', '--input', graph, '--out', out];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, {
    encoding: 'utf8',
    // It would tell its makers, and ask for a newer version of itself.
    env: { PATH: process.env.PATH, COSMO_TELEMETRY_DISABLED: 'true', DISABLE_UPDATE_CHECK: 'true' },
  });
  assert.equal(status, 0, `${stdout}${stderr}`);
  const config = JSON.parse(readFileSync(out, 'utf8'));
  rmSync(join(out, '..'), { recursive: true });
  return { said: stdout, config };
}

const sourceOf = (config, name) => {
  const { id } = config.subgraphs.find((subgraph) => subgraph.name === name);
  return config.engineConfig.datasourceConfigurations.find((source) => source.id === id);
};

test('wgc makes a configuration of the file under deploy/: what is asked where, and how it is followed', () => {
  const { said, config } = composed(GRAPH);
  assert.doesNotMatch(said, /warning/i);
  const firmware = sourceOf(config, 'firmware');
  const fieldsOf = (type) => firmware.rootNodes.find(({ typeName }) => typeName === type).fieldNames;
  assert.ok(fieldsOf('Mutation').includes('confirmFirmwareUpgrade'));
  assert.ok(fieldsOf('Subscription').includes('firmwareUpgradeProgress'));
  assert.deepEqual(
    firmware.keys.filter(({ typeName }) => typeName === 'Device').map(({ selectionSet }) => selectionSet),
    ['id', 'deviceName productId'],
  );
  const { subscription } = firmware.customGraphql;
  assert.deepEqual([subscription.enabled, subscription.protocol], [true, 'GRAPHQL_SUBSCRIPTION_PROTOCOL_SSE_POST']);
});

test('wgc joins it with subgraphs that know a device by its id, and by its names', () => {
  const folder = mkdtempSync(join(tmpdir(), 'graph-'));
  const sdls = { firmware: FIRMWARE_SDL, rooms: ROOMS_SDL, stock: STOCK_SDL };
  const subgraphs = Object.entries(sdls).map(([name, sdl]) => {
    writeFileSync(join(folder, `${name}.graphql`), sdl);
    return { name, routing_url: urls[name], schema: { file: `./${name}.graphql` } };
  });
  const graph = join(folder, 'graph.yaml');
  writeFileSync(graph, JSON.stringify({ version: 1, subgraphs }));
  const { said, config } = composed(graph);
  rmSync(folder, { recursive: true });
  assert.doesNotMatch(said, /warning/i);
  const deviceOf = (name) => sourceOf(config, name).keys.map(({ typeName, selectionSet }) => [typeName, selectionSet]);
  assert.deepEqual(deviceOf('stock'), [['Device', 'deviceName productId']]);
  assert.ok(deviceOf('rooms').some(([type, selection]) => type === 'Device' && selection === 'id'));
  assert.ok(parse(config.engineConfig.graphqlSchema));
});
