// The calls of the platform that one operation may need: estimated before it is executed, and never fewer than it makes.

import { PRODUCT } from '../pair';
import { entitiesOf, idsOf, type Lanes, onDevices, onEntities, sameEntity, startLanes, times } from './lanes';

let lanes: Lanes;
beforeAll(async () => {
  lanes = await startLanes();
});
afterAll(() => lanes.close());

const FIRMWARE = 'firmware { __typename }';
const RELEASE = 'firmware { ... on DeviceFirmware { release { name } } }';
const UPGRADE = 'firmwareUpgrade { __typename }';
const CONNECTIVITY = 'connectivity { __typename }';

const tooMany = (calls: number) => ({
  message: `The operation needs ${calls} calls of the platform; at most 300 are allowed.`,
  extensions: { code: 'TOO_MANY_UPSTREAM_CALLS' },
});
const oneByOne = (count: number, selection: string) =>
  `{ ${times(count, (i) => `a${i}: device(productId: "${PRODUCT}", deviceName: "lamp-${i}") { ${selection} }`)} }`;
const onMyDevices = (selection: string, first = 50) =>
  `{ myDevices(first: ${first}) { ... on MyDevicePage { devices { device { ${selection} } } } } }`;
const onPages = (count: number, first: number) =>
  `{ ${times(count, (i) => `a${i}: myDevices(first: ${first + i}) { __typename }`)} }`;
const named = (count: number) => ({
  r: Array.from({ length: count }, (_, i) => ({ __typename: 'Device', productId: PRODUCT, deviceName: `lamp-${i}` })),
});

it.each<[name: string, query: string, variables: Record<string, unknown>, calls: number]>([
  ['the firmware of 300 devices', onEntities(FIRMWARE), entitiesOf(idsOf(300)), 300],
  ['three reads of 100 devices', onDevices(`${RELEASE} ${UPGRADE}`), { ids: idsOf(100) }, 300],
  ['the connectivity of 1,000 devices', onEntities(CONNECTIVITY), entitiesOf(idsOf(1000)), 10],
  ['one device a thousand times', onEntities(`${RELEASE} a: ${FIRMWARE} ${UPGRADE}`), sameEntity(1000), 3],
  ['ids that name no device', onEntities(FIRMWARE), { r: Array(1000).fill({ __typename: 'Device', id: 7 }) }, 0],
  [
    'one device by its id and by its names',
    `query ($r: [_Any!]!) { _entities(representations: $r) { ... on Device { ${FIRMWARE} } } ${oneByOne(9, FIRMWARE).slice(1)}`,
    { r: [...named(150).r, ...entitiesOf(idsOf(300)).r] },
    300,
  ],
  ['devices by their names', oneByOne(10, `${FIRMWARE} ${UPGRADE}`), {}, 20],
  ['a page of devices with everything', onMyDevices(`${RELEASE} ${UPGRADE} ${CONNECTIVITY}`), {}, 60],
  ['as many pages as a query has roots', onPages(10, 1), {}, 12],
])('sends %s, each call once', async (_name, query, variables, calls) => {
  const answer = await lanes.answerTo(query, variables);
  expect(answer.status).toBe(200);
  // A lamp's release is read once a version, and all of them are offered the same one.
  expect(answer.calls).toBeLessThanOrEqual(calls);
  expect(answer.calls).toBeGreaterThan(calls * 0.6 - 1);
});

it.each<[name: string, query: string, variables: Record<string, unknown>, calls: number]>([
  ['the firmware of 301 devices', onEntities(FIRMWARE), entitiesOf(idsOf(301)), 301],
  ['301 devices by their names', onEntities(FIRMWARE), named(301), 301],
  [
    'three reads of 100 devices and a fourth',
    onDevices(`${RELEASE} ${UPGRADE} ${CONNECTIVITY}`),
    { ids: idsOf(100) },
    301,
  ],
  [
    'one device beside 300',
    `query ($r: [_Any!]!) { _entities(representations: $r) { ... on Device { ...F } } device(productId: "P", deviceName: "d") { ...F } } fragment F on Device { ${FIRMWARE} }`,
    entitiesOf(idsOf(300)),
    301,
  ],
  [
    'two lists',
    `query ($a: [ID!]!, $b: [ID!]!) { a: devices(ids: $a) { ${FIRMWARE} ${UPGRADE} } b: devices(ids: $b) { ${RELEASE} } }`,
    { a: idsOf(100), b: idsOf(100).map((id) => `${id}x`) },
    400,
  ],
  [
    'what a directive decides about',
    `query ($r: [_Any!]!, $x: Boolean!) { _entities(representations: $r) { ... on Device { id ... @skip(if: $x) { ${FIRMWARE} } } } }`,
    { ...entitiesOf(idsOf(301)), x: true },
    301,
  ],
  [
    'two pages of devices with everything',
    `{ a: myDevices { ...P } b: myDevices(first: 49) { ...P } } fragment P on MyDevicesResult { ... on MyDevicePage { devices { device { ${RELEASE} ${UPGRADE} } } } }`,
    {},
    6 + 99 * 3,
  ],
])('refuses %s, and sends nothing', async (_name, query, variables, calls) => {
  expect(await lanes.refusalOf(query, variables)).toEqual(tooMany(calls));
});

it('sends a confirm and what is read after it', async () => {
  const device = `device { ${RELEASE} ${UPGRADE} ${CONNECTIVITY} }`;
  const query = `mutation { confirmFirmwareUpgrade(productId: "${PRODUCT}", deviceName: "lamp-1") { __typename ... on ConfirmFirmwareUpgradeSuccess { ${device} } ... on DeviceOfflineError { ${device} } ... on FirmwareUpgradeInProgressError { ${device} } } }`;
  for (const pair of lanes.pairs) {
    pair.simulator.received.length = 0;
    expect((await pair.ask(query)).status).toBe(200);
    expect(pair.simulator.received.map(({ action }) => action)).toContain('AppPublishFirmwareUpdateMessage');
    expect(pair.simulator.received.length).toBeGreaterThan(2);
  }
});
