// What an app gets from this subgraph through each router.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { PRODUCT } from './firmware.mjs';
import { hiveCommands } from './hiveCommand.mjs';
import { routers } from './routers.mjs';
import { startOnlooker } from './sidecar.mjs';
import { CONFIRM, CONFIRMS, CONNECTIVITY, startStack } from './stack.mjs';

const PUBLISH = 'AppPublishFirmwareUpdateMessage';
const variablesFor = (deviceName) => ({ productId: PRODUCT, deviceName });

for (const [name, startRouter] of Object.entries({ ...routers, ...hiveCommands }))
  describe(`through ${name}`, () => {
    let stack;
    before(async () => {
      stack = await startStack(startRouter, { between: startOnlooker });
    });
    after(() => stack.close());

    test('a confirm is sent once, with the token of the user and no other', async () => {
      const { data, errors } = await stack.ask(CONFIRM, { variables: variablesFor('lamp-201') });
      assert.equal(errors, undefined);
      const [call, ...others] = stack.firmware.sent(PUBLISH, 'lamp-201');
      assert.deepEqual(data.confirmFirmwareUpgrade, {
        __typename: 'ConfirmFirmwareUpgradeSuccess',
        requestId: call.body.RequestId,
        device: { id: `${PRODUCT}/lamp-201` },
      });
      assert.equal(call.body.AccessToken, 'demo-token-alice');
      assert.deepEqual(others, []);
    });

    test('the connectivity of 100 devices that "rooms" lists takes one call', async () => {
      const before = stack.firmware.simulator.received.length;
      const { data, errors } = await stack.ask(CONNECTIVITY);
      assert.equal(errors, undefined);
      const states = data.rooms.flatMap(({ devices }) => devices.map(({ connectivity }) => connectivity.state));
      assert.deepEqual(states, Array(100).fill('ONLINE'));
      const calls = stack.firmware.simulator.received.slice(before);
      assert.deepEqual(
        calls.map(({ action }) => action),
        ['AppGetDeviceStatuses'],
      );
    });

    test('"stock" is joined by the names, whichever subgraph the query starts in', async () => {
      const { data, errors } = await stack.ask(
        '{ spareParts { fits { id connectivity { __typename } } } room(id: "hall") { devices { sparePart { name } } } }',
      );
      assert.equal(errors, undefined);
      const connectivity = { __typename: 'DeviceConnectivity' };
      assert.deepEqual(data.spareParts, [{ fits: [{ id: `${PRODUCT}/lamp-online`, connectivity }] }]);
      assert.deepEqual(data.room.devices, Array(25).fill({ sparePart: { name: 'bulb' } }));
    });

    test('two users who ask the same at once get each their own answer', async () => {
      const askAs = (token) => stack.ask(CONNECTIVITY, { token });
      const [alice, bob] = await Promise.all([askAs('demo-token-alice'), askAs('demo-token-bob')]);
      const typeOf = ({ data }) => data.rooms[0].devices[0].connectivity.__typename;
      assert.deepEqual([typeOf(alice), typeOf(bob)], ['DeviceConnectivity', 'TokenApiNoPermissionError']);
    });

    test('without a token, the answer is typed, nothing is sent, and the log names the missing header', async () => {
      const headers = { 'x-request-id': 'no-token' };
      const { data } = await stack.ask(CONFIRM, { token: null, headers, variables: variablesFor('lamp-202') });
      const { __typename, code, nextStep } = data.confirmFirmwareUpgrade;
      assert.deepEqual(
        [__typename, code, nextStep],
        ['TokenApiInvalidAccessTokenError', 'Gateway.NoAccessToken', 'SIGN_IN'],
      );
      assert.deepEqual(stack.firmware.sent(PUBLISH, 'lamp-202'), []);
      const line = await stack.firmware.logged(({ msg }) => msg.includes('no Authorization header'));
      assert.deepEqual([line.level, line.requestId], [40, headers['x-request-id']]);
    });

    test('the headers that count come through, to this subgraph alone', async () => {
      const headers = {
        'idempotency-key': 'one-press',
        'x-request-id': 'a-press',
        traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
      };
      await stack.ask(CONNECTIVITY, { headers });
      const came = stack.middle.headers.at(-1);
      const secrets = { authorization: 'Bearer demo-token-alice', 'x-router-secret': process.env.ROUTER_SECRET };
      for (const [header, value] of Object.entries({ ...headers, ...secrets })) assert.equal(came[header], value);
      const elsewhere = stack.rooms.headers.at(-1);
      for (const header of Object.keys(secrets)) assert.equal(elsewhere[header], undefined);
    });

    test('a second press with the same key is answered with the first and not sent', async () => {
      const headers = { 'idempotency-key': 'one-press', 'x-request-id': 'the-press' };
      const press = () => stack.ask(CONFIRM, { headers, variables: variablesFor('lamp-203') });
      assert.deepEqual(await press(), await press());
      assert.equal(stack.firmware.sent(PUBLISH, 'lamp-203').length, 1);
      await stack.firmware.logged(({ msg, requestId }) => msg === 'confirm' && requestId === 'the-press');
    });

    test('without the secret, this subgraph does not answer', async () => {
      const { data, errors } = await stack.askDirectly(CONFIRM, {
        headers: { 'x-router-secret': 'guessed' },
        variables: variablesFor('lamp-204'),
      });
      assert.deepEqual([data, errors[0].extensions.code], [undefined, 'UNAUTHENTICATED']);
      assert.deepEqual(stack.firmware.sent(PUBLISH, 'lamp-204'), []);
    });

    // Last, because a device that upgrades is offline for a while.
    test('several confirms in one mutation, a list among them, are each sent once and answered at their places', async () => {
      const before = stack.middle.headers.length;
      const ids = ['lamp-72', 'lamp-shared', 'lamp-76'].map((deviceName) => `${PRODUCT}/${deviceName}`);
      const { data, errors } = await stack.ask(CONFIRMS, { variables: { productId: PRODUCT, ids } });
      assert.equal(errors, undefined);
      const types = [data.a, data.b, ...data.c].map(({ __typename }) => __typename);
      const SUCCESS = 'ConfirmFirmwareUpgradeSuccess';
      assert.deepEqual(types, [SUCCESS, 'DeviceOfflineError', SUCCESS, 'TokenApiNoPermissionError', SUCCESS]);
      assert.deepEqual(data.c[2].device, { id: ids[2], room: { name: 'Cellar' } });
      const sent = ['lamp-71', 'lamp-offline', 'lamp-72', 'lamp-shared', 'lamp-76'];
      assert.deepEqual(
        sent.map((deviceName) => stack.firmware.sent(PUBLISH, deviceName).length),
        Array(5).fill(1),
      );
      // One of the planners asks for all fields of a mutation at once.
      if (name.includes('Rust')) assert.equal(stack.middle.headers.length - before, 1);
    });
  });
