// The fast lane and Apollo Server's own pipeline, side by side: the same status, the same type, the same bytes, ids aside.

import fc from 'fast-check';
import { knownCodes } from '../../src/tokenapi/codes';
import { type Pair, PRODUCT, startPair } from '../pair';

const REQUESTS = Number(process.env.DIFFERENTIAL_REQUESTS ?? 2000);
const AT_ONCE = 40;
const seed = Number(process.env.SEED ?? Date.now() % 2 ** 31);

const codes = [...knownCodes, 'Strange.Code', 'constructor'];
const names = [
  ...codes.flatMap((code) => [`error-${code}`, `hidden-${code}`]),
  ...['lamp-1', 'lamp-2', 'lamp-offline', 'lamp-busy', 'lamp-awaiting', 'lamp-failed-before', 'lamp-no-firmware'],
  ...['lamp-statusless', 'lamp-puzzling', 'lamp-abnormal', 'lamp-unlisted', 'lamp-no-notes', 'lamp-shared'],
  ...['灯', 'ünï', 'a b', 'a/b', '', 'x'.repeat(129), '\u0007', '"quoted\\"', '__proto__'],
];
const refusedByTheWorld = /^(error-|hidden-|lamp-(offline|abnormal|busy|no-firmware|shared)$)/;
const name = fc.constantFrom(...names);
const deviceId = name.map((deviceName) => `${PRODUCT}/${deviceName}`);
const odd = fc.constantFrom<unknown>(null, 7, true, {}, [], ['x'], { a: null });

const clientLibrary = { name: '@apollo/client', version: '4.3.8' };
/** As clients send it. */
const accepted = [
  'application/json',
  '*/*',
  'application/graphql-response+json,application/json;q=0.9',
  'application/graphql-response+json; charset=utf-8, application/json; charset=utf-8',
  'multipart/mixed;deferSpec=20220824,application/json',
  'multipart/mixed;incrementalSpec=v0.2;deferSpec=20220824, application/graphql-response+json, application/json;q=0.9',
  'application/graphql-response+json, application/graphql+json, application/json, text/event-stream, multipart/mixed',
];

const ERROR = '... on TokenApiError { __typename code message requestId nextStep retryAfterMs }';
const UPGRADE = `firmwareUpgrade { __typename ... on FirmwareUpgrade { phase platformStatus percent fromVersion toVersion isFinal failureReason pollAfterMs } ${ERROR} }`;
const FIRMWARE = `firmware { __typename ... on DeviceFirmware { currentVersion targetVersion updateAvailable release { name notes md5 createdAt module } } ${ERROR} }`;
const CONNECTIVITY = `connectivity { __typename ... on DeviceConnectivity { state } ${ERROR} }`;
const DEVICE = `id productId deviceName ${CONNECTIVITY} ${UPGRADE} ${FIRMWARE}`;
const V = '$p: String!, $d: String!';
const A = 'productId: $p, deviceName: $d';

const documents = [
  `mutation (${V}) { confirmFirmwareUpgrade(${A}) { __typename ... on ConfirmFirmwareUpgradeSuccess { requestId device { ${DEVICE} } } ${ERROR} } }`,
  `mutation Confirm(${V}, $k: String) { __typename result: confirmFirmwareUpgrade(${A}, idempotencyKey: $k) { ...Told } } fragment Told on ConfirmFirmwareUpgradeResult { __typename ${ERROR} ... on DeviceOfflineError { device { id } } }`,
  `query (${V}) { device(${A}) { ${DEVICE} } }`,
  `query (${V}) { a: device(${A}) { x: id ${CONNECTIVITY} } b: device(${A}) { ${UPGRADE} y: deviceName } __typename }`,
  `query (${V}, $yes: Boolean!, $no: Boolean = false) { device(${A}) { id @include(if: $yes) ... @skip(if: $no) { ${FIRMWARE} } } }`,
  'query ($ids: [ID!]!) { devices(ids: $ids) { id deviceName } }',
  `query ($ids: [ID!]!) { devices(ids: $ids) { ${CONNECTIVITY} } }`,
  `query ($r: [_Any!]!) { _entities(representations: $r) { __typename ... on Device { ${CONNECTIVITY} ...D } } } fragment D on Device { id productId }`,
  `query ($ids: [ID!]!) { devices(ids: $ids) { ${DEVICE} } }`,
  `query ($many: [_Any!]!) { _entities(representations: $many) { ... on Device { ${UPGRADE} } } }`,
  `query ($many: [_Any!]!) { _entities(representations: $many) { ... on Device { ${'long'.repeat(2000)}: id } } }`,
  `query ($many: [_Any!]!) { _entities(representations: $many) { ... on Device { ${FIRMWARE} ${UPGRADE} ${CONNECTIVITY} } } }`,
  'query ($many: [_Any!]!, $no: Boolean = false) { _entities(representations: $many) { ... on Device { id @skip(if: $no) } } }',
  `{ ${'... { '.repeat(16)}__typename${' }'.repeat(16)} }`,
  `#${'\n'.repeat(16_384)}{ __typename }`,
  `query ($n: Int! = 50, $after: String) { myDevices(first: $n, after: $after) { __typename ${ERROR} ... on MyDevicePage { devices { alias familyId familyName isShared device { ${DEVICE} } } nextCursor totalCount } } }`,
  `query ($n: Int! = 50) { a: myDevices { ...P } b: myDevices(first: $n, after: null) { ...P } myDevices(after: "x") { __typename ${ERROR} } } fragment P on MyDevicesResult { ... on MyDevicePage { devices { device { ${CONNECTIVITY} } } nextCursor } }`,
  '{ _service { sdl } }',
  '{ __typename }',
  '{ __schema { queryType { name } } }',
  'query One { __typename } query Two { device(productId: "P", deviceName: "灯") { deviceName } }',
  'query ($p: String = "P", $d: String = "d") { device(productId: $p, deviceName: $d) { id } }',
  '{ device(productId: "P", deviceName: "a b") { id } }',
  '{ device(productId: 7, deviceName: "d") { id } }',
  '{ devize { id } }',
  '{ device(productId: "P", deviceName: "d") { id(x: 1) nope } }',
  'mutation { a: confirmFirmwareUpgrade(productId: "a", deviceName: "b") { __typename } b: __typename c: __typename }',
  '{ broken',
];

/** The usual value mostly, one of the others at times. */
const mostly = <Value>(usual: Value, ...others: Value[]) =>
  fc.oneof({ weight: 12, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: fc.constantFrom(...others) });

const request = fc.record({
  query: fc.constantFrom(...documents),
  operationName: mostly<unknown>(undefined, null, 'One', 'Two', 'Confirm', 'None', 7),
  variables: fc.record({
    p: fc.oneof({ weight: 19, arbitrary: fc.constant(PRODUCT as unknown) }, { weight: 1, arbitrary: odd }),
    d: fc.oneof({ weight: 19, arbitrary: name as fc.Arbitrary<unknown> }, { weight: 1, arbitrary: odd }),
    k: fc.constantFrom<unknown>(undefined, null, 'key', '', 'a b'),
    yes: mostly<unknown>(true, false, undefined, 'yes'),
    no: fc.constantFrom<unknown>(true, false, undefined, null),
    ids: fc.oneof(
      { weight: 19, arbitrary: fc.array(deviceId, { maxLength: 5 }) as fc.Arbitrary<unknown> },
      { weight: 1, arbitrary: odd },
    ),
    many: fc.constantFrom<unknown>(
      Array(1000).fill({ __typename: 'Device', id: `${PRODUCT}/lamp-1` }),
      Array.from({ length: 320 }, (_, i) => ({ __typename: 'Device', id: `${PRODUCT}/lamp-${i}` })),
      Array(150).fill({ __typename: 'Device', id: 'lamp' }),
      ...Array(9).fill(undefined),
    ),
    n: fc.constantFrom<unknown>(undefined, undefined, 50, 3, 1, 0, 51, null, '3', 1.5),
    // Of a new reader, of the shared devices, of a family that is not there, and of nobody.
    after: fc.constantFrom<unknown>(undefined, null, 'AgAA', 'AQAEAAAAAA', 'AQAEAAAAAA=', '', 7),
    r: fc.array(
      fc.oneof(
        deviceId.map((id): unknown => ({ __typename: 'Device', id })),
        name.map((deviceName): unknown => ({ __typename: 'Device', productId: PRODUCT, deviceName })),
        fc.constantFrom<unknown>({ __typename: 'Room', id: 'x' }, {}, 'x', 7, null),
      ),
      { maxLength: 5 },
    ),
  }),
  extensions: fc.oneof(
    { weight: 8, arbitrary: fc.constantFrom<unknown>(undefined, {}, { clientLibrary }, { a: [{}], b: null }) },
    {
      weight: 1,
      arbitrary: fc.oneof(
        odd,
        odd.map((persistedQuery) => ({ persistedQuery, clientLibrary })),
      ),
    },
  ),
  accept: fc.oneof(
    { weight: 12, arbitrary: fc.constantFrom(...accepted) },
    { weight: 1, arbitrary: fc.constantFrom('text/html', 'multipart/mixed;deferSpec=20220824') },
  ),
  contentType: mostly('application/json', 'application/json; charset=utf-8', 'application/json;charset="UTF-8"'),
  hasToken: fc.constantFrom(true, true, true, false),
});

type Generated = typeof request extends fc.Arbitrary<infer One> ? One : never;

/** Ids and the jitter of a retry are each answer's own. */
const comparable = (text: string) =>
  text.replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, 'id').replace(/"retryAfterMs":\d+/g, '"retryAfterMs":0');

const pairs: Pair[] = [];
beforeAll(async () => {
  for (const FAST_LANE of ['on', 'off']) {
    const pair = await startPair({ env: { FAST_LANE, INTROSPECTION: 'off', LOG_LEVEL: 'silent' } });
    // Nothing that the world would accept gets through to it: an upgrade moves by the clock, and each lane asks at its own time.
    pair.simulator.override = ({ action, body }, response) => {
      if (action !== 'AppPublishFirmwareUpdateMessage' || refusedByTheWorld.test(String(body.DeviceName))) return false;
      response.end(JSON.stringify({ Response: { RequestId: body.RequestId } }));
      return true;
    };
    pairs.push(pair);
  }
});
afterAll(() => Promise.all(pairs.map((pair) => pair.close())));

async function answersOf({ accept, contentType, hasToken, ...body }: Generated, index: number) {
  return Promise.all(
    pairs.map(async ({ url }) => {
      const headers = {
        'content-type': contentType,
        accept,
        ...(hasToken && { authorization: `Bearer demo-token-${index}` }),
      };
      const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
      return [response.status, response.headers.get('content-type'), comparable(await response.text())];
    }),
  );
}

it(`gives the same answer as Apollo Server to ${REQUESTS} generated requests (SEED=${seed})`, async () => {
  const requests = fc.sample(request, { numRuns: REQUESTS, seed });
  const statuses = new Map<unknown, number>();
  for (let start = 0; start < requests.length; start += AT_ONCE) {
    const batch = requests.slice(start, start + AT_ONCE);
    const answers = await Promise.all(batch.map((one, i) => answersOf(one, start + i)));
    for (const [i, [fast, whole]] of answers.entries()) {
      if (String(fast) !== String(whole))
        expect({ request: batch[i], answer: fast }).toEqual({ request: batch[i], answer: whole });
      statuses.set(whole?.[0], (statuses.get(whole?.[0]) ?? 0) + 1);
    }
  }
  // A generator that only brought refusals would show nothing.
  expect(statuses.get(200)).toBeGreaterThan(REQUESTS / 4);
  expect(statuses.get(400)).toBeGreaterThan(REQUESTS / 10);
}, 400_000);
