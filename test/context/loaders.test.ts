// What one operation asks upstream: the same read once, many devices in one call, ten calls at once.

import { type Pair, PRODUCT, startPair } from '../pair';

let pair: Pair;
beforeEach(async () => {
  pair = await startPair({ simulator: { latencyMs: 30 } });
});
afterEach(() => pair.close());

const FIELDS = `id connectivity {
  __typename
  ... on DeviceConnectivity { state }
  ... on TokenApiError { code nextStep retryAfterMs }
}`;
const DEVICES = `query ($ids: [ID!]!) { devices(ids: $ids) { ${FIELDS} } }`;
const ENTITIES = `query ($r: [_Any!]!) { _entities(representations: $r) { ... on Device { ${FIELDS} } } }`;
const idOf = (name: string) => `${PRODUCT}/${name}`;
const lamps = (count: number) => Array.from({ length: count }, (_, i) => idOf(`lamp-${i + 1}`));
const online = { __typename: 'DeviceConnectivity', state: 'ONLINE' };

it('asks once for 100 devices', async () => {
  const { body } = await pair.ask(DEVICES, { ids: lamps(100) });
  expect(body.data.devices).toEqual(lamps(100).map((id) => ({ id, connectivity: online })));
  expect(pair.simulator.received).toHaveLength(1);
});

it('asks three times for 250 entities', async () => {
  const { body } = await pair.ask(ENTITIES, { r: lamps(250).map((id) => ({ __typename: 'Device', id })) });
  expect(body.data._entities).toEqual(lamps(250).map((id) => ({ id, connectivity: online })));
  expect(pair.simulator.received).toHaveLength(3);
});

it('asks once about a device that is asked for by two aliases and by either key', async () => {
  const device = `device(productId: "${PRODUCT}", deviceName: "lamp-1") { ${FIELDS} }`;
  await pair.ask(`{ a: ${device} b: ${device} }`);
  const r = [
    { __typename: 'Device', id: idOf('lamp-1') },
    { __typename: 'Device', productId: PRODUCT, deviceName: 'lamp-1' },
  ];
  await pair.ask(ENTITIES, { r });
  expect(pair.simulator.received.map(({ body }) => body.DeviceIds)).toEqual([[idOf('lamp-1')], [idOf('lamp-1')]]);
});

it.each([
  ['InvalidParameterValue.NoPermission', 'TokenApiNoPermissionError', 'GIVE_UP'],
  ['ResourceNotFound.DeviceNotExist', 'TokenApiResourceNotFoundError', 'GIVE_UP'],
  ['InvalidParameterValue', 'TokenApiInvalidParameterValueError', 'FIX_REQUEST'],
])('lets one of 100 that is refused with %s spoil nobody else', async (code, __typename, nextStep) => {
  const ids = lamps(100);
  ids[61] = idOf(`error-${code}`);
  const { body } = await pair.ask(DEVICES, { ids });
  const expected = ids.map((id) => ({ id, connectivity: online as object }));
  expected[61] = { id: ids[61] as string, connectivity: { __typename, code, nextStep, retryAfterMs: null } };
  expect(body.data.devices).toEqual(expected);
  expect(pair.simulator.received.length).toBeLessThanOrEqual(15);
});

it('makes 300 calls at most, however many batches are refused', async () => {
  const r = lamps(300).map((id) => ({ __typename: 'Device', id }));
  const { body } = await pair.ask(ENTITIES, { r }, { token: 'demo-token-bob' });
  expect(pair.simulator.received).toHaveLength(300);
  const types = new Set(
    body.data._entities.map(({ connectivity }: { connectivity: { __typename: string } }) => connectivity.__typename),
  );
  expect([...types].sort()).toEqual(['TokenApiNoPermissionError', 'TokenApiUnavailableError']);
});

it.each([
  ['InvalidParameterValue.InvalidAccessToken', 'TokenApiInvalidAccessTokenError'],
  ['FailedOperation', 'TokenApiFailedOperationError'],
])('asks once when the refusal, %s, is about all of them', async (code, __typename) => {
  const { body } = await pair.ask(DEVICES, { ids: [idOf('lamp-1'), idOf(`error-${code}`), idOf('lamp-2')] });
  for (const { connectivity } of body.data.devices) expect(connectivity).toMatchObject({ __typename, code });
  expect(pair.simulator.received).toHaveLength(1);
});

it('shows no user what another’s token brings, with both in flight at once', async () => {
  const [alice, bob] = await Promise.all([
    pair.ask(DEVICES, { ids: lamps(2) }, { token: 'demo-token-alice' }),
    pair.ask(DEVICES, { ids: lamps(2) }, { token: 'demo-token-bob' }),
  ]);
  expect(alice.body.data.devices).toEqual(lamps(2).map((id) => ({ id, connectivity: online })));
  for (const { connectivity } of bob.body.data.devices)
    expect(connectivity.__typename).toBe('TokenApiNoPermissionError');
  await pair.ask(DEVICES, { ids: lamps(2) });
  const asked = pair.simulator.received.map(({ body }) => body.AccessToken);
  expect(asked.filter((token) => token === 'demo-token-alice')).toHaveLength(2);
});

it('has at most ten reads of an operation in flight', async () => {
  let [inFlight, most] = [0, 0];
  pair.simulator.override = (_call, response) => {
    most = Math.max(most, ++inFlight);
    response.once('close', () => inFlight--);
    return false;
  };
  const ids = Array.from({ length: 40 }, (_, i) => `${PRODUCT}/lamp-${i + 1}`);
  const { body } = await pair.ask(`query ($ids: [ID!]!) { devices(ids: $ids) { firmware { __typename } } }`, { ids });
  expect(body.data.devices.map((d: { firmware: { __typename: string } }) => d.firmware.__typename)).toEqual(
    Array(40).fill('DeviceFirmware'),
  );
  expect(most).toBe(10);
});

it('asks three times for 250 entities beside another field, too', async () => {
  const { body } = await pair.ask(
    `query ($r: [_Any!]!) { __typename _entities(representations: $r) { ... on Device { ${FIELDS} } } }`,
    {
      r: lamps(250).map((id) => ({ __typename: 'Device', id })),
    },
  );
  expect(body.data._entities).toEqual(lamps(250).map((id) => ({ id, connectivity: online })));
  expect(pair.simulator.received).toHaveLength(3);
});

it('answers reads whose turn does not come in time as errors that say RETRY', async () => {
  await pair.close();
  pair = await startPair({ env: { TOKENAPI_TIMEOUT_MS: '300' } });
  pair.simulator.override = () => true;
  const { body } = await pair.ask(
    'query ($ids: [ID!]!) { devices(ids: $ids) { firmware { __typename ... on TokenApiError { code nextStep } } } }',
    { ids: lamps(30) },
  );
  expect(body.errors).toBeUndefined();
  const unavailable = { __typename: 'TokenApiUnavailableError', code: 'Gateway.NoAnswer', nextStep: 'RETRY' };
  expect(body.data.devices).toEqual(Array(30).fill({ firmware: unavailable }));
  expect(pair.simulator.received.length).toBeLessThan(30);
});
