// Device.connectivity: states, batches, and one device that never spoils another.

import { answerWith, type Pair, PRODUCT, startPair } from '../pair';

let pair: Pair;
beforeEach(async () => {
  pair = await startPair({ env: { TOKENAPI_TIMEOUT_MS: '2000' } });
});
afterEach(() => pair.close());

const FIELDS = `id connectivity {
  __typename
  ... on DeviceConnectivity { state }
  ... on TokenApiError { code nextStep retryAfterMs }
}`;
const DEVICES = `query ($ids: [ID!]!) { devices(ids: $ids) { ${FIELDS} } }`;
const idOf = (name: string) => `${PRODUCT}/${name}`;
const lamps = (count: number) => Array.from({ length: count }, (_, i) => idOf(`lamp-${i + 1}`));
const online = { __typename: 'DeviceConnectivity', state: 'ONLINE' };

it('tells online, offline, abnormal and unknown apart, in one call', async () => {
  const names = ['lamp-online', 'lamp-offline', 'lamp-abnormal', 'lamp-unlisted'];
  const { body } = await pair.ask(DEVICES, { ids: names.map(idOf) });
  expect(body.data.devices.map((device: { connectivity: { state: string } }) => device.connectivity.state)).toEqual([
    'ONLINE',
    'OFFLINE',
    'ABNORMAL',
    'UNKNOWN',
  ]);
  expect(pair.simulator.received.map(({ action, body: { DeviceIds } }) => [action, DeviceIds])).toEqual([
    ['AppGetDeviceStatuses', names.map(idOf)],
  ]);
});

it.each<[string, unknown, string]>([
  ['DeviceStatuses', { DeviceStatuses: [{ DeviceId: idOf('x'), Online: 1 }] }, 'ONLINE'],
  ['Devices', { Devices: [{ DeviceId: idOf('x'), Online: '1' }] }, 'ONLINE'],
  ['names without an id', { Devices: [{ ProductId: PRODUCT, DeviceName: 'x', Online: '-2' }] }, 'ABNORMAL'],
  ['a number that says nothing', { DeviceStatuses: [{ DeviceId: idOf('x'), Online: 7 }] }, 'UNKNOWN'],
  ['no number', { DeviceStatuses: [{ DeviceId: idOf('x'), Online: true }] }, 'UNKNOWN'],
  ['another device', { DeviceStatuses: [{ DeviceId: idOf('y'), Online: 1 }] }, 'UNKNOWN'],
  ['null', { DeviceStatuses: null }, 'UNKNOWN'],
  ['what is no text', { DeviceStatuses: [{ DeviceId: { toString: 1 }, ProductId: { toString: 1 } }] }, 'UNKNOWN'],
  ['a number that is none', { DeviceStatuses: [{ DeviceId: idOf('x'), Online: -1e300 }] }, 'UNKNOWN'],
  ['an array that is none', { DeviceStatuses: {}, Devices: [{ DeviceId: idOf('x'), Online: 1 }] }, 'ONLINE'],
  ['rubbish', { DeviceStatuses: [null, 'x', { DeviceId: idOf('x'), Online: 0 }] }, 'OFFLINE'],
])('reads %s', async (_name, fields, state) => {
  answerWith(pair, (RequestId) => ({ body: { Response: { ...(fields as object), RequestId } } }));
  const { body } = await pair.ask(DEVICES, { ids: [idOf('x')] });
  expect(body.data.devices[0].connectivity).toEqual({ __typename: 'DeviceConnectivity', state });
});

it('answers null for nothing but the typed error where there is no token', async () => {
  const { body } = await pair.ask(DEVICES, { ids: lamps(1) }, { token: null });
  expect(body.errors).toBeUndefined();
  expect(body.data.devices[0].connectivity).toMatchObject({
    __typename: 'TokenApiInvalidAccessTokenError',
    code: 'Gateway.NoAccessToken',
  });
  expect(pair.simulator.received).toEqual([]);
});

const OTHER = 'firmware { __typename }';
it.each([
  ['nothing else', `devices(ids: $ids) { ${FIELDS} }`, 3],
  ['nothing else, by fragments', 'devices(ids: $ids) { ...F ... on Device { deviceName } }', 3],
  ['nothing else, where a directive lets it', `devices(ids: $ids) { ... @include(if: $yes) { ${FIELDS} } }`, 3],
  ['another read', `devices(ids: $ids) { ${FIELDS} ${OTHER} }`, 3],
  ['another list', `devices(ids: $ids) { ${FIELDS} } others: devices(ids: $ids) { ${FIELDS} }`, 3],
  ['nothing, where a directive forbids it', `devices(ids: $ids) { id ... @skip(if: $yes) { ${FIELDS} } }`, 0],
])('says the same beside %s, with the same calls', async (_beside, selection, calls) => {
  const ids = [idOf('lamp-1'), 'nobody', idOf('error-ResourceNotFound'), idOf('lamp-1')];
  const query = `query ($ids: [ID!]!, $yes: Boolean! = true) { ${selection} } fragment F on Device { ${FIELDS} }`;
  const used = /\$yes/.test(selection) ? query : query.replace(', $yes: Boolean! = true', '');
  const { body } = await pair.ask(selection.includes('...F') ? used : used.replace(/ fragment F.*/s, ''), { ids });
  const missing = { __typename: 'TokenApiResourceNotFoundError', code: 'ResourceNotFound', nextStep: 'GIVE_UP' };
  const expected = [online, undefined, { ...missing, retryAfterMs: null }, online];
  const told = body.data.devices.map((device: { connectivity: unknown } | null) => device?.connectivity);
  expect(told).toEqual(calls === 0 ? [undefined, undefined, undefined, undefined] : expected);
  const asked = pair.simulator.received.filter(({ action }) => action === 'AppGetDeviceStatuses');
  expect(asked.map(({ body: { DeviceIds } }) => DeviceIds)).toHaveLength(calls);
});

it('looks into a fragment once, however often it is spread', async () => {
  // Each spreads the next one 60 times: followed to the end, that is 60^10 ways.
  const fragments = Array.from({ length: 10 }, (_, i) => `fragment F${i} on Device { ${`...F${i + 1} `.repeat(60)} }`);
  const all = `${fragments.join(' ')} fragment F10 on Device { ${FIELDS} }`;
  const r = [{ __typename: 'Device', id: idOf('lamp-1') }];
  const devices = await pair.ask(`query ($ids: [ID!]!) { devices(ids: $ids) { ...F0 } } ${all}`, { ids: lamps(1) });
  const entities = await pair.ask(`query ($r: [_Any!]!) { _entities(representations: $r) { ...F0 } } ${all}`, { r });
  expect(devices.body.data.devices).toEqual([{ id: idOf('lamp-1'), connectivity: online }]);
  expect(entities.body.data._entities).toEqual(devices.body.data.devices);
});
